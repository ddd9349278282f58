import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectRefusal, newPlace, type Ended, type Place } from '../support/command.ts'
import { emptyFolder, fakeCodebase, fakePhp } from '../support/fake-php.ts'

/** What has to survive, and a contract. */
const some = ['--only', 'upgrade.secret,client-credentials.defaults']
const demonstration = ['upgrade', '--target', 'reference', '--reference-profile', 'ideal']

const json = (place: Place, ...path: string[]): Record<string, unknown> =>
  JSON.parse(readFileSync(place.at(...path), 'utf8')) as Record<string, unknown>

/** The one folder of results: `latest` is for runs, whose report the other subcommands read. */
function folderOf(place: Place): string {
  const folders = readdirSync(place.at('results'))
  expect(folders).toHaveLength(1)
  return folders[0] ?? ''
}

/** Without what differs from run to run. */
const steady = ({ stdout }: Ended): string =>
  stdout.replace(/(took|in) \d:\d\d/gu, '$1 0:00').replace(/20\d\d-\S+Z/gu, 'TIME')

describe('an upgrade of the reference server', () => {
  test('that nothing is lost in ends with 0, one screen and the reports of its parts', async () => {
    const place = newPlace()
    const ended = await place.run([...demonstration, ...some])
    expect(ended.code).toBe(0)
    await expect(steady(ended)).toMatchFileSnapshot('../golden/upgrade-command.txt')
    const folder = place.at('results', folderOf(place))
    expect(readdirSync(folder).sort()).toEqual([
      ...['after', 'before', 'comparison.html', 'comparison.json', 'comparison.md', 'survival'],
      ...['upgrade.html', 'upgrade.json'],
    ])
    for (const part of ['before', 'survival', 'after'])
      expect(readdirSync(join(folder, part)).sort()).toEqual(['evidence', 'report.html', 'report.json'])
    expect(statSync(join(folder, 'upgrade.json')).mode & 0o777).toBe(0o600)
    expect(json(place, 'results', folderOf(place), 'upgrade.json')).toMatchObject({
      conclusion: 'clients keep working',
      exitCode: 0,
      lost: [],
      parts: { survival: { counts: { pass: 1 }, report: 'survival/report.json' } },
    })
    expect(readFileSync(join(folder, 'upgrade.html'), 'utf8')).toContain('href="survival/evidence/upgrade.secret.md"')
    expect(place.temporary()).toEqual([])
  })

  test('that loses something ends with 1, and evidence of both sides without a secret', async () => {
    const place = newPlace()
    const lost = ['--reference-fault', 'upgrade-loses-access-tokens', '--only', 'upgrade.access-token']
    const ended = await place.run([...demonstration, ...lost, '--report', 'out'])
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain('An access token from before the upgrade is still accepted')
    expect(ended.stdout).toContain('result      clients will notice: 2 things did not survive\n')
    const evidence = readFileSync(place.at('out', 'survival', 'evidence', 'upgrade.access-token.md'), 'utf8')
    expect(evidence).toContain('/oauth/token')
    expect(evidence).toMatch(/‹access_token:\d+›/u)
    expect(readFileSync(place.at('out', 'survival', 'report.json'), 'utf8')).not.toMatch(/eyJ[\w-]{20}/u)
  })

  test('prints its result alone with --quiet', async () => {
    const { code, stdout } = await newPlace().run([...demonstration, '--only', 'upgrade.secret', '--quiet'])
    expect(stdout).toBe('result      clients keep working: everything survived\n1 passed, 0 failed, 0 skipped\n')
    expect(code).toBe(0)
  })

  test('to another profile is compared, and changes can be accepted', async () => {
    const place = newPlace()
    const args = [...demonstration, '--to', 'simple-oauth-6.0', '--only', 'access-token.scope']
    const ended = await place.run(args)
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain('BREAKING  A client that worked may stop working.')
    const { openChanges } = json(place, 'results', folderOf(place), 'upgrade.json') as { openChanges: { id: string }[] }
    const entries = openChanges.map(({ id }) => ({ change: id, reason: 'Our clients were changed.', owner: 'team' }))
    writeFileSync(place.at('accept.yaml'), JSON.stringify(entries))
    const accepted = await place.run([...args, '--accept', 'accept.yaml'])
    expect(accepted.stdout).toContain('accepted by team')
    expect(accepted.code).toBe(0)
  })
})

describe('bad input', () => {
  test.each<[string, readonly string[], string]>([
    ['no new code', ['upgrade', '--codebase', 'old'], '"upgrade" needs the current code and the new code'],
    ['no current code', ['upgrade', '--to', 'new'], '"upgrade" needs the current code and the new code'],
    ['the same code', ['upgrade', '--codebase', 'x', '--to', './x'], '--codebase and --to are the same folder'],
    ['a file of accepted changes that is not there', [...demonstration, '--accept', 'no.yaml'], 'no.yaml'],
    [
      'an unknown profile',
      [...demonstration, '--to', 'other'],
      'to ideal, simple-oauth-6.0, or simple-oauth-21, not to "other"',
    ],
    [
      'a container without an engine',
      ['upgrade', '--target', 'container', '--codebase', 'old', '--to', 'new'],
      'Without an engine, --target php tests a codebase with the PHP of this machine.',
    ],
    ['an unknown contract', [...demonstration, '--only', 'upgrade.nothing'], 'No contract matches "upgrade.nothing"'],
    ['a codebase that is not there', ['upgrade', '--codebase', 'no', '--to', 'new'], 'does not exist'],
    [
      'a setting of another target',
      ['upgrade', '--base-url', 'https://x.example'],
      'An existing site is upgraded by you',
    ],
    [
      'a run of it',
      ['--target', 'reference', '--only', 'upgrade.*'],
      'are run by "simple-oauth-contract upgrade" alone',
    ],
  ])('%s', async (_, args, message) => {
    const place = newPlace()
    expectRefusal(place, await place.run(args), message)
  })

  test('an unknown fault is reported before the server is stopped', async () => {
    const place = newPlace()
    const ended = await place.run([...demonstration, '--reference-fault', 'upgrade-loses-cods', ...some])
    expect(ended.code).toBe(2)
    expect(ended.stdout).toContain('There is no fault "upgrade-loses-cods". Did you mean')
  })
})

describe('a signal ends it, says what was going on, and leaves nothing', () => {
  // By contracts that wait for an expiry, so that the phase is not over at once.
  test.each([
    ['before', 'bearer.expired', /running the contract before/u, 'running the contract before the upgrade'],
    [
      'keeping',
      'upgrade.access-token-expired',
      /keeping tokens/u,
      'keeping tokens, codes and sessions from before the upgrade',
    ],
    ['survival', 'upgrade.refresh-lifetime', /asking what survived/u, 'asking what survived the upgrade'],
    ['after', 'bearer.expired', /running the contract after/u, 'running the contract after the upgrade'],
  ])('%s', async (_, only, seen, during) => {
    const place = newPlace()
    const { ended, seen: waitFor, kill } = place.start([...demonstration, '--only', only, '--report', 'out'])
    await waitFor(seen)
    kill('SIGINT')
    const { code, stdout } = await ended
    expect(stdout).toContain(`INTERRUPTED by SIGINT while ${during}`)
    expect(stdout).toContain('result      no verdict: interrupted by SIGINT\n')
    expect(code).toBe(2)
    expect(place.temporary()).toEqual([])
    expect(existsSync(place.at('out', 'upgrade.json'))).toBe(existsSync(place.at('out')))
  })

  test.each([
    ['the installation', { install: 'hangs' }, 'site:install', 'starting the site before the upgrade'],
    ['drush updatedb', { update: 'hangs' }, 'updatedb', 'upgrading the site'],
  ] as const)('%s', async (_, behaviour, call, during) => {
    const place = newPlace()
    const php = fakePhp(emptyFolder(), behaviour)
    const [old, to] = [fakeCodebase(), fakeCodebase()]
    const code = ['--codebase', old, '--to', to, '--php', php.command, '--cache', place.at('cache')]
    const { ended, seen, kill } = place.start(['upgrade', ...code, '--only', 'upgrade.keys'])
    await seen(call === 'updatedb' ? /running drush updatedb/u : /installing Drupal/u)
    await expect.poll(() => php.calls().some((one) => one.startsWith(call)), { timeout: 20_000 }).toBe(true)
    kill('SIGTERM')
    const { code: exit, stdout } = await ended
    expect(stdout).toContain(`INTERRUPTED by SIGTERM while ${during}`)
    expect(exit).toBe(2)
    expect(place.temporary()).toEqual([])
    const left = readdirSync(place.at('cache'), { recursive: true }).filter((path) => /lock|making/u.test(String(path)))
    expect(left).toEqual([])
  })
})

test('updates that fail are a verdict, with their last lines and exit code 1', async () => {
  const place = newPlace()
  const php = fakePhp(emptyFolder(), { update: 'fails' })
  const code = [
    '--codebase',
    fakeCodebase(),
    '--to',
    fakeCodebase(),
    '--php',
    php.command,
    '--cache',
    place.at('cache'),
  ]
  const ended = await place.run(['upgrade', ...code, '--only', 'upgrade.keys'])
  expect(ended.stdout).toContain(
    [
      'UPGRADE FAILED: drush updatedb ended with exit code 1',
      '   [notice] Update started: simple_oauth_update_8999',
      '   [error]  The table has rows that cannot be converted.',
    ].join('\n'),
  )
  expect(ended.stdout.endsWith('\n0 passed, 1 failed, 0 skipped\n')).toBe(true)
  expect(ended.code).toBe(1)
  expect(json(place, 'results', folderOf(place), 'upgrade.json')).toMatchObject({ broken: { code: 'update-failed' } })
  expect(place.temporary()).toEqual([])
})
