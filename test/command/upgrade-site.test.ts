import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import { expectRefusal, newPlace, noEngine, type Place } from '../support/command.ts'
import { fakeDrush, made, type FakeDrush } from '../support/fake-drush.ts'
import { mapping, secretsOf } from '../support/mapped-site.ts'
import { silentDrupal } from '../support/silent-drupal.ts'

const theirs = ['admin', 'contract_shop']
const some = ['--only', 'access-token.keys-public']
/** Without line breaks of the screen. */
const unwrapped = (text: string): string => text.replace(/\n {2,}/gu, ' ')

/** A site with a drush, on which an upgrade can begin. */
async function site(behaviour: FakeDrush = {}) {
  const place = newPlace()
  const drush = fakeDrush(place.folder, behaviour)
  const url = await silentDrupal()
  const cache = ['--cache', place.at('cache')]
  const begin = ['upgrade', 'begin', '--base-url', url, '--drush', drush.command, ...cache]
  const state = (): string => place.at('cache', 'upgrades', readdirSync(place.at('cache', 'upgrades'))[0] ?? '')
  return { place, drush, url, cache, begin, state }
}

describe('an existing site with drush', () => {
  test('keeps what begin created until finish has asked and removed it; a second finish only says so', async () => {
    const { place, drush, url, cache, begin, state } = await site()
    const begun = await place.run([...begin, ...some])
    expect(begun.code, begun.stdout + begun.stderr).toBe(0)
    expect(begun.stdout).toContain('result      begun: upgrade the site now, and then finish\n')
    expect(begun.stdout).toMatch(/\n\d passed, \d failed, \d skipped\n$/u)
    expect(drush.names()).toHaveLength(made + theirs.length)
    expect(statSync(state()).mode & 0o777).toBe(0o600)
    expect(statSync(place.at('cache', 'upgrades')).mode & 0o777).toBe(0o700)

    const swept = await place.run(['cleanup', ...cache])
    expect(swept.stdout).toContain(`on ${url} waits for "upgrade finish": left alone.`)
    expect(drush.names()).toHaveLength(made + theirs.length)

    const finished = await place.run(['upgrade', 'finish', ...cache])
    expect(finished.stdout).toContain(`· removed from the site: ${made} consumers, ${made} tokens\n`)
    expect(finished.stdout).toContain('result      clients keep working')
    expect(finished.code).toBe(0)
    expect(drush.names()).toEqual(theirs)
    expect(readFileSync(state(), 'utf8')).not.toMatch(/secret|password|token/u)

    const again = await place.run(['upgrade', 'finish', ...cache])
    expect(again.stdout).toMatch(
      /^The upgrade of \S+ was finished at \S+Z; nothing was asked again\.\nresult {6}clients keep working/u,
    )
    expect(again.stdout.endsWith('\n1 passed, 0 failed, 0 skipped\n')).toBe(true)
    expect(again.code).toBe(0)
    const late = await place.run(['upgrade', 'abort', ...cache])
    expect(late.stdout).toContain('nothing is left to remove.')
    expect((await place.run(['cleanup', ...cache])).stdout).toBe(`Nothing was left over.\n${noEngine}`)
  })

  test('can be finished on another machine, with its own drush command and the file', async () => {
    const { place, drush, url, cache, begin, state } = await site()
    await place.run([...begin, ...some])
    const other = newPlace()
    copyFileSync(state(), other.at('carried.json'))
    const there = ['--state', 'carried.json', '--drush', `${drush.command} --there`, '--cache', other.at('cache')]
    const finished = await other.run(['upgrade', 'finish', ...there])
    expect(finished.code, finished.stdout).toBe(0)
    expect(drush.names()).toEqual(theirs)
    expect(drush.calls().at(-1)?.args[0]).toBe('--there')
    // The first machine still has its copy, with the secrets.
    const again = await place.run(['upgrade', 'finish', ...cache])
    expect(again.stdout).toContain(`UPGRADE NOT JUDGED nothing-left\n  ${url} has none of the users, roles, scopes`)
    expect(again.stdout).toMatch(/^next {8}remove the secrets from this copy of the file: .+\n? +.*upgrade abort$/mu)
    expect(again.code).toBe(2)
    expect((await place.run(['upgrade', 'abort', ...cache])).stdout).toContain(
      'was given up. Removed from the site: nothing.',
    )
    expect(readFileSync(state(), 'utf8')).not.toMatch(/secret|password|token/u)
  })

  test('in a file that the user names is finished with that file', async () => {
    const { place, drush, cache, begin } = await site()
    const begun = await place.run([...begin, ...some, '--state', 'my state.json'])
    const named = `upgrade finish --state '${place.at('my state.json')}'`
    expect(unwrapped(begun.stdout)).toContain(`${named}, also from another machine that has the file; "upgrade abort"`)
    expect((await place.run(['upgrade', 'finish', ...cache])).stderr).toContain('No upgrade was begun on this machine.')
    rmSync(drush.command)
    const failed = await place.run(['upgrade', 'finish', ...cache, '--state', 'my state.json'])
    expect(unwrapped(failed.stdout)).toMatch(
      /Once the cause is gone: .*upgrade finish --state '.*my state\.json'; to give up: .*upgrade abort --state '/u,
    )
  })

  test('is removed by abort, and a second one cannot begin meanwhile', async () => {
    const { place, drush, url, cache, begin, state } = await site()
    await place.run([...begin, ...some])
    const second = await place.run([...begin, ...some])
    expect(second.stdout).toContain('UPGRADE NOT JUDGED already-begun')
    expect(second.code).toBe(2)
    expect(drush.names()).toHaveLength(made + theirs.length)
    const aborted = await place.run(['upgrade', 'abort', ...cache])
    expect(aborted.stdout).toMatch(
      new RegExp(`^The upgrade of ${url}, begun \\S+, was given up\\. Removed from the site: ${made} consumers`, 'u'),
    )
    expect(drush.names()).toEqual(theirs)
    expect(readFileSync(state(), 'utf8')).not.toMatch(/secret|password|token/u)
    const late = await place.run(['upgrade', 'finish', ...cache])
    expect(late.stdout).toMatch(
      /^The upgrade of \S+ was given up at \S+Z; nothing was asked again\.\nresult {6}no verdict: given up\n0 passed/u,
    )
    expect(late.code).toBe(2)
    expect((await place.run(['upgrade', 'abort', ...cache])).stdout).toContain('was given up at')
  })

  test('keeps the verdict where the removal fails, and finish repeats the removal alone', async () => {
    const { place, drush, cache, begin } = await site()
    await place.run([...begin, ...some])
    fakeDrush(place.folder, { fails: 'site.cleanup' })
    const failed = await place.run(['upgrade', 'finish', ...cache])
    expect(failed.stdout).toContain('UPGRADE NOT JUDGED cleanup-failed')
    expect(failed.stdout).toContain('only the\n            removal is repeated')
    expect(failed.code).toBe(2)
    fakeDrush(place.folder)
    const again = await place.run(['upgrade', 'finish', ...cache])
    expect(again.stdout).toContain('nothing was asked again.\n· removed from the site: ')
    expect(again.stdout).toContain('result      clients keep working')
    expect(again.code).toBe(0)
    expect(drush.names()).toEqual(theirs)
  })

  test.each(['SIGINT', 'SIGKILL'] as const)('is left clean by %s in begin, at once or by cleanup', async (signal) => {
    const { place, drush, cache, begin } = await site()
    const { seen, kill, ended } = place.start(begin)
    await seen(/running the contract before/u)
    kill(signal)
    const { code, stdout } = await ended
    if (signal === 'SIGINT') {
      expect(stdout).toContain('INTERRUPTED by SIGINT while running the contract before the upgrade')
      expect(code).toBe(2)
    } else expect((await place.run(['cleanup', ...cache])).stdout).toContain(`removed: ${made} consumers`)
    expect(drush.names()).toEqual(theirs)
  })

  test('keeps everything where finish is interrupted, and says what to do', async () => {
    const { place, drush, cache, begin } = await site({ hangs: 'site.describe' })
    await place.run([...begin, ...some])
    const { seen, kill, ended } = place.start(['upgrade', 'finish', ...cache])
    await seen(/asking the site with drush/u)
    kill('SIGINT')
    const { code, stdout } = await ended
    expect(stdout).toContain('INTERRUPTED by SIGINT while asking the site after the upgrade')
    expect(stdout).toContain('next        what "upgrade begin" created is still on the site.')
    expect(code).toBe(2)
    expect(drush.names()).toHaveLength(made + theirs.length)
  })
})

/** The reference server as a mapped site, which the test upgrades. */
async function mapped(fault?: string) {
  const server = referenceTarget({
    profile: 'ideal',
    upgradeTo: { profile: 'ideal', ...(fault === undefined ? {} : { fault }) },
  })
  onTestFinished(() => {
    server.stop()
  })
  const info = await server.start(() => undefined)
  const place = newPlace()
  const content = {
    baseUrl: info.baseUrl,
    versions: { simple_oauth: '6.0.9' },
    ...mapping(info, ['publicPkce', 'machine']),
  }
  writeFileSync(place.at('site.yaml'), JSON.stringify(content))
  const env = secretsOf(info)
  const run = (...args: string[]) => place.run(['upgrade', ...args, '--cache', place.at('cache')], { env })
  const questions = ['--only', 'upgrade.access-token,upgrade.code,upgrade.refresh-token,client-credentials.defaults']
  return {
    place,
    run,
    begin: () => run('begin', '--site', 'site.yaml', ...questions),
    upgrade: () => server.upgrade?.(() => undefined),
  }
}

const stateOf = (place: Place): string =>
  place.at('cache', 'upgrades', readdirSync(place.at('cache', 'upgrades'))[0] ?? '')

describe('a mapped site', () => {
  test('that loses nothing keeps its clients working', async () => {
    const { run, begin, upgrade } = await mapped()
    const begun = await begin()
    expect(begun.stdout).toContain('kept        what 4 checks will ask about')
    await upgrade()
    const { code, stdout } = await run('finish')
    expect(stdout).toContain('survived    4 of 4 checks')
    expect(code, stdout).toBe(0)
  })

  test('that loses codes is noticed, and each question is asked once', async () => {
    const { place, run, begin, upgrade } = await mapped('upgrade-loses-codes')
    await begin()
    await upgrade()
    const state = JSON.parse(readFileSync(stateOf(place), 'utf8')) as object
    const { code, stdout } = await run('finish')
    expect(stdout).toContain('A code from before the upgrade can be redeemed after it')
    expect(stdout).toContain('result      clients will notice: 1 thing did not survive')
    expect(code).toBe(1)
    // As after a crash while the code was redeemed.
    writeFileSync(stateOf(place), JSON.stringify({ ...state, asked: ['upgrade.code'] }))
    const crashed = await run('finish')
    expect(crashed.stdout).toContain('upgrade.code: an earlier "upgrade finish" was interrupted')
    expect(crashed.code).toBe(1)
  })
})

describe('tokens of a mapped site', () => {
  const tokensIn = (place: Place): string[] => [
    ...new Set(readFileSync(stateOf(place), 'utf8').match(/eyJ[\w.-]{20,}/gu)),
  ]

  test('are removed at the end by drush, exactly those that begin kept, and once', async () => {
    const { place, run, begin, upgrade } = await mapped()
    const drush = fakeDrush(place.folder)
    await begin()
    await upgrade()
    const kept = tokensIn(place)
    expect(kept.length).toBeGreaterThan(0)
    const finished = await run('finish', '--drush', drush.command)
    expect(finished.stdout).toMatch(/^· removed from the site: \d+ tokens of the mapped clients$/mu)
    expect(finished.code, finished.stdout + finished.stderr).toBe(0)
    const asked = JSON.parse(
      Buffer.from(/base64_decode\('([^']*)'\)/u.exec(drush.calls()[0]?.input ?? '')?.[1] ?? '', 'base64').toString(),
    ) as { op: string; data: { tokens: string[] } }
    expect(asked.op).toBe('site.forget')
    // Access tokens, refresh tokens and a code.
    expect(asked.data.tokens.length).toBeGreaterThan(kept.length)
    expect(tokensIn(place)).toEqual([])
    const again = await run('finish', '--drush', drush.command)
    expect(again.stdout).not.toContain('removed from the site')
    expect(drush.calls()).toHaveLength(1)
  })

  test('are kept if the removal fails, so that finish or abort can repeat it', async () => {
    const { place, run, begin, upgrade } = await mapped()
    const drush = fakeDrush(place.folder, { fails: 'site.forget' })
    await begin()
    await upgrade()
    const failed = await run('finish', '--drush', drush.command)
    expect(failed.stdout).toContain('UPGRADE NOT JUDGED cleanup-failed')
    expect(failed.stdout).not.toMatch(/eyJ[\w-]{20}/u)
    expect(failed.code).toBe(2)
    const without = await run('finish')
    expect(without.stdout + without.stderr).toContain('can be removed with --drush COMMAND alone')
    expect(without.code).toBe(2)
    fakeDrush(place.folder)
    expect((await run('finish', '--drush', drush.command)).stdout).toContain('· removed from the site: ')
    expect(tokensIn(place)).toEqual([])
  })

  test('stay if nothing can remove them, which is reported', async () => {
    const { run, begin, upgrade } = await mapped()
    await begin()
    await upgrade()
    expect((await run('finish')).stdout).toMatch(
      /^· \d+ tokens and codes of the mapped clients stay on the site until they expire/mu,
    )
  })

  test('are removed by abort, too', async () => {
    const { place, run, begin } = await mapped()
    await begin()
    const drush = fakeDrush(place.folder)
    expect((await run('abort', '--drush', drush.command)).stdout).toMatch(
      /was given up\. Removed from the site: \d+ tokens of the mapped clients\.$/mu,
    )
    expect(tokensIn(place)).toEqual([])
  })
})

describe('bad input', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown phase', ['fnish'], '"upgrade" does not know "fnish". Did you mean finish?'],
    [
      'no drush and no site file',
      ['begin', '--base-url', 'http://127.0.0.1:1'],
      '"upgrade begin" needs the address of the site and its drush command',
    ],
    [
      'two codebases at begin',
      ['begin', '--to', 'x', '--drush', 'x'],
      '--to cannot be used here. "upgrade begin" is about an existing site',
    ],
    [
      'another selection at finish',
      ['finish', '--only', 'x'],
      '--only cannot be used here. "upgrade finish" asks of the site what "upgrade begin" kept.',
    ],
    ['nothing begun', ['finish'], 'No upgrade was begun on this machine.'],
    ['nothing to give up', ['abort'], 'No upgrade was begun on this machine.'],
    [
      'a state that is not there',
      ['finish', '--state', 'no.json'],
      'no.json cannot be read. Give the file that "upgrade begin" wrote',
    ],
    ['a state that was cut short', ['finish', '--state', 'cut.json'], 'cut.json is not complete JSON.'],
    ['another file', ['finish', '--state', 'other.json'], 'other.json is not the state of an upgrade'],
  ])('%s', async (_, args, message) => {
    const place = newPlace()
    writeFileSync(place.at('cut.json'), '{"schemaVersion":1,')
    writeFileSync(place.at('other.json'), '{"schemaVersion":3}')
    expectRefusal(place, await place.run(['upgrade', ...args, '--cache', place.at('cache')]), message)
  })
})
