import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isAlive } from '../../../helpers/drupal/child-process.ts'
import { askSiteNow, commandWords } from '../../../helpers/drupal/site-drush.ts'
import { namedForRun, provisionData, withoutContent, type ProvisionData } from '../../../helpers/drupal/provision.ts'
import { namesOf, readManifest } from '../../../helpers/targets/site/manifest.ts'
import { cleanUpSite, SiteProvision } from '../../../helpers/targets/site/provision-site.ts'
import { removedText } from '../../../helpers/targets/site/removed.ts'
import type { TargetError } from '../../../helpers/model/target.ts'
import { fakeDrush, made as all, type FakeDrush } from '../../support/fake-drush.ts'
import { emptyFolder } from '../../support/fake-php.ts'

function provisioning(behaviour: FakeDrush = {}, options: { drush?: string[]; timeout?: number } = {}) {
  const folder = emptyFolder()
  const drush = fakeDrush(folder, behaviour)
  const provision = new SiteProvision({
    drush: [drush.command, '--root=/a b'],
    baseUrl: 'https://shop.example.test',
    manifest: (run) => join(folder, 'manifests', `${run}.json`),
    keepManifest: false,
    timeout: 20_000,
    ...options,
  })
  const stages: string[] = []
  return { folder, drush, provision, stages, progress: (stage: string) => stages.push(stage) }
}

const failing = (work: Promise<unknown>): Promise<TargetError> =>
  work.then(
    () => expect.unreachable('it did not fail'),
    (error: unknown) => error as TargetError,
  )
const theirs = ['admin', 'contract_shop']

test('makes all roles under names of the run and removes them again, tokens included', async () => {
  const { drush, provision, stages, progress } = provisioning()
  const made = await provision.make(progress)
  const { run } = provision
  expect(made.users.editor).toMatchObject({ name: `contract_${run}_editor`, uid: '7' })
  expect(made.clients.publicPkce).toMatchObject({
    client_id: `contract_${run}_public_pkce`,
    requests: [`contract_${run}:debug`, `contract_${run}:content`],
  })
  expect(made.scopes.codeOnly).toBe(`contract_${run}:code-only`)
  expect(made.versions).toEqual({ drupal: '10.5.5', simple_oauth: '6.0.9' })
  expect(drush.names().filter((name) => !theirs.includes(name))).toHaveLength(all)
  expect(drush.names().filter((name) => !name.startsWith(`contract_${run}`))).toEqual(theirs)
  expect(stages).toContain(`making contract_${run}_editor`)

  expect(removedText(provision.remove() ?? {})).toBe(`${all} consumers, ${all} tokens`)
  expect(drush.names()).toEqual(theirs)
  expect(existsSync(provision.manifest)).toBe(false)
  expect(provision.remove()).toBeUndefined()
})

test('no name is one that another run has, too', () => {
  const run = '0123456789ab'
  const data = withoutContent(provisionData({ random: () => '' }))
  const named = JSON.stringify(namedForRun(data, run))
  expect(named.match(/contract[_:]\w*/g)?.filter((name) => !name.startsWith(`contract_${run}`))).toEqual([])
  expect(named.split(run).length).toBe(JSON.stringify(data).split(/contract[_:]|Contract/).length)
})

test('two runs share no name and no secret', async () => {
  const one = await provisioning().provision.make(() => undefined)
  const other = await provisioning().provision.make(() => undefined)
  for (const key of ['name', 'password'] as const) expect(one.users.editor?.[key]).not.toBe(other.users.editor?.[key])
  expect(one.clients.machine?.client_secret).not.toBe(other.clients.machine?.client_secret)
  expect(one.clients.machine?.client_secret?.length).toBeGreaterThanOrEqual(22)
})

test('script and secrets go over standard input, never on the command line', async () => {
  const { drush, provision } = provisioning()
  const made = await provision.make(() => undefined)
  provision.remove()
  expect(drush.calls().map(({ op }) => op)).toEqual(['site.check', 'site.provision', 'site.cleanup'])
  for (const { args, input } of drush.calls()) {
    expect(args).toEqual(['--root=/a b', 'php:script', '-'])
    expect(input).not.toContain(made.users.editor?.password)
  }
})

test('the manifest names everything before anything is made, and holds no secret', async () => {
  const { provision, stages, drush } = provisioning({ hangs: 'site.provision' }, { timeout: 1500 })
  const going = failing(provision.make((stage) => stages.push(stage)))
  await expect.poll(() => drush.calls().length, { timeout: 10_000 }).toBe(2)
  const text = readFileSync(provision.manifest, 'utf8')
  const manifest = readManifest(provision.manifest)
  expect(statSync(provision.manifest).mode & 0o777).toBe(0o600)
  expect(manifest).toMatchObject({ run: provision.run, baseUrl: 'https://shop.example.test' })
  expect(manifest.drush.at(-1)).toBe('--root=/a b')
  const request = Buffer.from(/base64_decode\('([^']*)/.exec(drush.calls()[1]?.input ?? '')?.[1] ?? '', 'base64')
  const { data } = JSON.parse(request.toString()) as { data: ProvisionData }
  const names = [data.scopes, data.users].flat().map(({ name }) => name)
  const roles = new Set(data.users.flatMap((user) => Object.keys(user.roles)))
  expect(Object.values(manifest.creates).flat().sort()).toEqual(
    [...names, ...data.clients.map(({ client_id }) => client_id), ...roles].sort(),
  )
  const secrets: readonly { password?: string; client_secret?: string }[] = [...data.users, ...data.clients]
  for (const { password, client_secret } of secrets)
    for (const secret of [password, client_secret]) if (secret !== undefined) expect(text).not.toContain(secret)
  await going
})

test('a plan lists the names and makes nothing', async () => {
  const { drush, provision, progress } = provisioning()
  const { data } = await provision.plan(progress)
  expect(namesOf(data).consumer).toContain(`contract_${provision.run}_machine`)
  expect(drush.calls().map(({ op }) => op)).toEqual(['site.check'])
  expect(existsSync(provision.manifest)).toBe(false)
  provision.remove()
  expect(drush.calls()).toHaveLength(1)
})

test('a user who must lack a permission is left out if everyone has it', async () => {
  const { provision, progress, drush } = provisioning({ authenticated: ['grant simple_oauth codes', 'access content'] })
  const made = await provision.make(progress)
  expect(made.leftOut).toEqual([
    { role: 'member', why: 'this site gives "grant simple_oauth codes" to every authenticated user' },
    { role: 'superUser', why: 'the suite creates no account with every permission on an existing site' },
    { role: 'administrator', why: 'the suite creates no account with every permission on an existing site' },
  ])
  expect(Object.keys(made.clients)).not.toContain('machineAdministrator')
  expect(drush.names().filter((name) => /super_user|administrator/u.test(name))).toEqual([])
  expect(Object.keys(made.users)).not.toContain('member')
  expect(drush.names()).not.toContain(`contract_${provision.run}_member`)
})

test('no drush command: says so and has made nothing', async () => {
  const { provision, progress, drush } = provisioning({}, { drush: ['/nowhere/drush'] })
  const error = await failing(provision.make(progress))
  expect(error.code).toBe('drush-missing')
  expect(error.message).toContain('"/nowhere/drush php:script -" could not be run')
  expect(existsSync(provision.manifest)).toBe(false)
  expect(drush.calls()).toEqual([])
})

test('drush fails: exit code and last lines are shown, secrets are not', async () => {
  const { provision, progress, drush } = provisioning({ fails: 'site.check' })
  const error = await failing(provision.make(progress))
  expect(error.code).toBe('drush-failed')
  expect(error.message).toMatch(
    /ended with exit code 3\.\n {2}\[error\] password is ‹password:1›\n {2}SQLSTATE\[HY000\]: server has gone away$/,
  )
  expect(drush.names()).toEqual(theirs)
})

test('notices, colours and banners around the answer do no harm', async () => {
  const { provision, progress, drush } = provisioning({ noise: true })
  expect((await provision.make(progress)).users.editor?.uid).toBe('7')
  provision.remove()
  expect(drush.names()).toEqual(theirs)
})

test('a command that does not pass on its standard input is distinguished from one that fails', async () => {
  const { provision, progress } = provisioning({ deaf: true })
  const error = await failing(provision.make(progress))
  expect(error.code).toBe('drush-silent')
  expect(error.message).toContain('needs -T')
})

test('drush hangs: ended within the time limit with all that it started, and what it made is removed', async () => {
  const { provision, progress, drush, stages } = provisioning({ hangs: 'site.provision' }, { timeout: 2000 })
  const begun = Date.now()
  const error = await failing(provision.make(progress))
  expect(error.code).toBe('drush-timeout')
  expect(error.message).toContain('did not respond within 2 s')
  expect(stages).toContain('drush is still running: 1 s of at most 2 s')
  expect(Date.now() - begun).toBeLessThan(10_000)
  const pid = drush.calls()[1]?.pid ?? -1
  await expect.poll(() => isAlive({ pid, started: '' })).toBe(false)
  expect(drush.names()).toEqual(theirs)
})

test('a clean-up that hangs is ended, too, whatever it left running', () => {
  const { command } = fakeDrush(emptyFolder(), { hangs: 'site.cleanup' })
  const options = { command: [command], timeout: 1000, redact: (text: string) => text }
  const begun = Date.now()
  expect(() => askSiteNow(options, { op: 'site.cleanup', run: '0'.repeat(12) })).toThrow(/did not respond within 1 s/)
  expect(Date.now() - begun).toBeLessThan(10_000)
})

test.each([
  ['module-missing', 'The module Simple OAuth is not enabled on this site.'],
  ['config-read-only', 'The configuration of this site is read-only (config_readonly).'],
])('a site that refuses (%s) is left alone', async (code, message) => {
  const { provision, progress, drush } = provisioning({ refuses: [code, message] })
  const error = await failing(provision.make(progress))
  expect(error.code).toBe(code)
  expect(error.message).toBe(`Provisioning the site failed. ${message}`)
  expect(drush.calls()).toHaveLength(1)
  expect(existsSync(provision.manifest)).toBe(false)
})

test('half made, then failed: the half is removed', async () => {
  const { provision, progress, drush } = provisioning({ fails: 'site.provision' })
  const error = await failing(provision.make(progress))
  expect(error.code).toBe('drush-failed')
  expect(error.message).toMatch(/^Provisioning the site failed\. .*\nRemoved again: 1 consumer, 1 token\.\n/)
  expect(drush.names()).toEqual(theirs)
  expect(existsSync(provision.manifest)).toBe(false)
})

test('a clean-up that fails says what to do, keeps the manifest, and can be done again', async () => {
  const { provision, progress, drush, folder } = provisioning({ fails: 'site.cleanup' })
  await provision.make(progress)
  expect(() => provision.remove()).toThrow(
    new RegExp(`may still be on the site.* cleanup --manifest ${provision.manifest} --drush`),
  )
  expect(existsSync(provision.manifest)).toBe(true)
  fakeDrush(folder)
  const { drush: command, run } = readManifest(provision.manifest)
  expect(removedText(cleanUpSite(command, run, null))).toBe(`${all} consumers, ${all} tokens`)
  expect(removedText(cleanUpSite(command, run, null))).toBe('nothing')
  expect(drush.names()).toEqual(theirs)
})

test('a manifest that cannot be written keeps everything from being made', async () => {
  const { folder, provision, progress, drush } = provisioning()
  writeFileSync(join(folder, 'manifests'), 'a file where a folder is due')
  const error = await failing(provision.make(progress))
  expect(error.code).toBe('manifest-unwritable')
  expect(drush.calls().map(({ op }) => op)).toEqual(['site.check'])
})

test('a manifest the user named stays, says that all is removed, and is replaced only then', async () => {
  const folder = emptyFolder()
  const file = join(folder, 'mine.json')
  const begin = () =>
    new SiteProvision({
      ...{ drush: [fakeDrush(folder).command], baseUrl: 'https://shop.example.test', timeout: 20_000 },
      ...{ manifest: () => file, keepManifest: true },
    })
  const first = begin()
  await first.make(() => undefined)
  expect(readManifest(file).cleanedAt).toBeUndefined()
  expect((await failing(begin().make(() => undefined))).message).toContain('has to be cleaned up first')
  first.remove()
  expect(readManifest(file)).toMatchObject({ run: first.run, cleanedAt: expect.any(String) as string })
  const second = begin()
  await second.make(() => undefined)
  expect(readManifest(file).run).toBe(second.run)
})

test.each([
  ['no JSON', 'x', /cannot be read/],
  ['no manifest', '{"schemaVersion":1}', /is not a manifest: {2}must have required property 'run'/],
])('a manifest that is %s is refused', (_what, text, message) => {
  const file = join(emptyFolder(), 'manifest.json')
  writeFileSync(file, text)
  expect(() => readManifest(file)).toThrow(message)
})

test('a command is split at spaces; quotes keep a word together and nothing else means anything', () => {
  expect(commandWords('ddev drush')).toEqual(['ddev', 'drush'])
  expect(commandWords(`  ssh  host "cd '/my site' && drush" --x='a "b"' $HOME *`)).toEqual([
    ...['ssh', 'host', `cd '/my site' && drush`, '--x=a "b"', '$HOME', '*'],
  ])
  for (const wrong of ['ddev "drush', "'", '  ']) expect(() => commandWords(wrong)).toThrow(/is not valid/)
})
