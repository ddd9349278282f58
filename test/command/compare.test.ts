import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compare, compareOptions } from '../../helpers/command/compare.ts'
import { parseCommand } from '../../helpers/command/program.ts'
import type { Reason } from '../../helpers/model/reason.ts'
import { reportJson } from '../../helpers/report/json.ts'
import { reportOf } from '../../helpers/report/report.ts'
import { linkToLatest, runFolder } from '../../helpers/report/run-folders.ts'
import type { RunOutcome } from '../../helpers/report/run.ts'
import { painter } from '../../helpers/report/text.ts'
import { readSettings } from '../../helpers/settings/settings.ts'
import { newPlace } from '../support/command.ts'
import { issued, refused, tokenCheck } from '../support/compare-factory.ts'
import { header, outcome } from '../support/report-factory.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contract-compare-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})
const at = (...path: string[]): string => join(folder, ...path)

/** Writes the report of a run into a folder of its own and gives its path. */
function report(name: string, difference: Partial<RunOutcome> = {}, checks = [tokenCheck('a.b', issued())]): string {
  mkdirSync(at(name), { recursive: true })
  writeFileSync(at(name, 'report.json'), reportJson(reportOf(outcome(checks, difference))))
  return at(name)
}
const broken = [tokenCheck('a.b', refused(400, 'x'))]
const startedAt = (time: string, label = 'php, a copy of /srv/site'): Partial<RunOutcome> => ({
  header: { ...header, startedAt: time, target: header.target && { ...header.target, label, subject: label } },
})

async function run(...argv: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = []
  const terminal = { print: (text: string) => lines.push(text), paint: painter(false), width: 100 }
  const parsed = await parseCommand(['compare', ...argv], { print: terminal.print, columns: 100 })
  const { flags = {}, args = [] } = parsed ?? {}
  return { code: compare(compareOptions(flags, args), terminal), text: lines.join('\n') }
}

describe('compare', () => {
  test('takes reports, or folders that hold one', async () => {
    const [before, after] = [report('before'), report('after', startedAt('2026-02-03T00:00:00.000Z'), broken)]
    expect(await run(before, join(after, 'report.json'))).toMatchObject({
      code: 1,
      text: expect.stringContaining('token endpoint: 200, tokens issued → 400 x (1 check)') as string,
    })
    expect(await run(before, before)).toMatchObject({
      code: 0,
      text: expect.stringContaining('Both reports are of the same run.') as string,
    })
  })

  test('knows the checks of an older report by their former names', async () => {
    const named = (contract: string, variant: string) => [{ ...tokenCheck(contract, issued()), variant }]
    const before = report(
      'before',
      startedAt('2026-02-02T00:00:00.000Z'),
      named('client-credentials.subset', 'named once'),
    )
    const after = report(
      'after',
      startedAt('2026-02-03T00:00:00.000Z'),
      named('client-credentials.subset', 'requested once'),
    )
    const same = await run(before, after)
    expect(same).toMatchObject({
      code: 0,
      text: expect.stringContaining('No change that OAuth clients can see.') as string,
    })
    expect(same.text).not.toContain('ran only in')
  })

  test('without arguments takes the last two complete runs of one target', async () => {
    report('results/1', startedAt('2026-02-01T00:00:00.000Z'), broken)
    report('results/2', startedAt('2026-02-02T00:00:00.000Z'))
    report('results/3', startedAt('2026-02-03T00:00:00.000Z', 'another site'))
    report('results/4', { ...startedAt('2026-02-04T00:00:00.000Z'), interrupted: 'SIGINT', planned: 9 })
    report('results/5', startedAt('2026-02-05T00:00:00.000Z'))
    mkdirSync(at('results/6'))
    mkdirSync(at('results/7'))
    writeFileSync(at('results/7/report.json'), '{')
    linkToLatest(at('results/5'), at('results'), () => undefined)
    const { code, text } = await run('--results', at('results'))
    expect(code).toBe(0)
    expect(text).toMatch(/^before {6}2026-02-02 .*\nafter {7}2026-02-05 /mu)
    expect(text).not.toContain('is not compared')

    report('results/8', startedAt('2026-02-06T00:00:00.000Z', 'a third site'))
    const later = await run('--results', at('results'))
    expect(later.text.replace(/\s+/gu, ' ')).toMatch(
      /^note the newest run, \S+results\/8, is not compared: it is the only one of its target\. compare BEFORE AFTER/u,
    )
    expect(later.text).toMatch(/^after {7}2026-02-05 /mu)
  })

  test('of three is a matrix', async () => {
    const [one, two] = [report('one'), report('two', {}, broken)]
    expect(await run(one, two, two)).toMatchObject({
      code: 0,
      text: expect.stringContaining('1 check compared: 1 difference') as string,
    })
    expect((await run(one, two, two, '--out', at('out'))).text).toContain(
      `written to ${at('out')}: matrix.md, matrix.html`,
    )
    for (const name of ['matrix.md', 'matrix.html']) expect(statSync(at('out', name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(at('out/matrix.md'), 'utf8')).toContain(
      '| token endpoint | 1 | `200, tokens issued` | `400 x` | `400 x` |',
    )
  })

  test('writes its files for their owner alone', async () => {
    expect((await run(report('one'), report('two', {}, broken), '--out', at('out'))).text).toContain(
      `written to ${at('out')}: comparison.json, comparison.md, comparison.html`,
    )
    for (const name of ['comparison.json', 'comparison.md', 'comparison.html'])
      expect(statSync(at('out', name)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(at('out/comparison.json'), 'utf8'))).toMatchObject({ exitCode: 1 })
  })

  test('writes a file of changes to accept, which counts once reason and owner are filled in', async () => {
    const args = [report('one'), report('two', {}, broken)]
    const file = at('accept.yaml')
    expect((await run(...args, '--write-accept', file)).code).toBe(1)
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('# breaking: token endpoint: 200, tokens issued → 400 x')
    await expect(run(...args, '--accept', file)).rejects.toThrow(
      /accept\.yaml:\d+:\d+: reason is empty\. Say why the change is accepted\./u,
    )
    writeFileSync(file, text.replace('reason: ""', 'reason: all clients were told').replace('owner: ""', 'owner: Ann'))
    const accepted = await run(...args, '--accept', file)
    expect(accepted.code).toBe(0)
    expect(accepted.text).toContain('accepted by Ann: all clients were told')
    // Its reasons are not overwritten.
    await expect(run(...args, '--write-accept', file)).rejects.toThrow(/it exists, and its reasons would be lost/u)
  })

  test('says of an accepted change that it did not occur', async () => {
    writeFileSync(at('accept.yaml'), '- { change: "a: b -> c", reason: r, owner: o }\n')
    expect((await run(report('one'), report('two'), '--accept', at('accept.yaml'))).text).toContain(
      'Accepted, but did not occur: a: b -> c',
    )
  })

  test('of an interrupted run ends with 2, unless a part is allowed', async () => {
    const args = [report('one'), report('two', { interrupted: 'SIGINT', planned: 9 })]
    expect(await run(...args)).toMatchObject({
      code: 2,
      text: expect.stringContaining('was interrupted by SIGINT after 1 of 9 checks') as string,
    })
    expect((await run(...args, '--allow-partial')).code).toBe(0)
  })

  test('of another selection compares the common part and ends with 2', async () => {
    const { code, text } = await run(
      report('one'),
      report('two', {}, [tokenCheck('a.b', issued()), tokenCheck('c.d', issued())]),
    )
    expect([code, text.includes('1 check ran only in')]).toEqual([2, true])
  })
})

/** One of each kind: TypeScript reports missing ones. */
const reasons: { readonly [K in Reason['kind']]: Extract<Reason, { kind: K }> } = {
  capability: { kind: 'capability', capability: 'jwks' },
  'needs-stress': { kind: 'needs-stress' },
  'needs-slow': { kind: 'needs-slow' },
  'not-returned': { kind: 'not-returned', fact: 'json.scope' },
  'not-advertised': { kind: 'not-advertised', member: 'code_challenge_methods_supported' },
  filtered: { kind: 'filtered' },
  unmapped: { kind: 'unmapped', roles: ['client machine'] },
  'not-provisioned': { kind: 'not-provisioned', roles: ['user editor'] },
  'no-grant': { kind: 'no-grant', client: 'machine', grant: 'refresh_token' },
  'no-consent': { kind: 'no-consent', client: 'publicPkce' },
  'default-scopes': { kind: 'default-scopes', client: 'machine' },
  'no-password': { kind: 'no-password', user: 'editor' },
  'authorization-header-taken': { kind: 'authorization-header-taken' },
  'login-elsewhere': { kind: 'login-elsewhere' },
  'otherwise-before': { kind: 'otherwise-before', value: 'token.issued' },
  'absent-before': { kind: 'absent-before', value: 'access_token.claims.iss' },
  'lives-too-long': { kind: 'lives-too-long', value: 'access_token', seconds: 3600 },
  'needs-drush': { kind: 'needs-drush' },
  'unreachable-key-set': { kind: 'unreachable-key-set' },
  'suite-error': { kind: 'suite-error', message: 'a bug' },
  'site-not-restored': { kind: 'site-not-restored', message: 'the user is still blocked' },
}

test('a report with a check that was skipped for each of the reasons is read', async () => {
  const checks = Object.values(reasons).map((reason) =>
    tokenCheck(`a.${reason.kind}`, {}, { verdict: 'skipped', reason, findings: [] }),
  )
  const path = report('each', { planned: checks.length }, checks)
  expect(await run(path, path)).toMatchObject({
    code: 0,
    text: expect.stringContaining(`compared    ${String(checks.length)} checks`) as string,
  })
})

describe('what cannot be compared is refused with what to do', () => {
  test.each<[string, () => string, RegExp]>([
    ['a folder without a report', () => folder, /this folder holds no report\.json\. Give the folder of one run\./u],
    ['a path to nothing', () => at('none'), /there is no such file or folder/u],
    [
      'another schema version',
      () => spoiled((text) => text.replace(/"schemaVersion": \d+/u, '"schemaVersion": 1')),
      /it has schema version 1; version \d+ is needed\. Run the contract again/u,
    ],
    [
      'the report of a newer version of the suite',
      () => spoiled((text) => text.replace(/"schemaVersion": \d+/u, '"schemaVersion": 99')),
      /it has schema version 99; version \d+ is needed\. A newer version of the suite wrote it: update this one\.$/u,
    ],
    [
      'a truncated file',
      () => spoiled((text) => text.slice(0, text.length / 2)),
      /it is not complete JSON, as after a run that was killed/u,
    ],
    ['JSON that is not a report', () => spoiled(() => '{"a":1}'), /is not a report of this suite/u],
    [
      'a manually written report',
      () => spoiled((text) => text.replace('"verdict": "pass"', '"verdict": "green"')),
      /must be equal to one of the allowed values\. Run the contract again/u,
    ],
  ])('%s', async (_name, path, message) => {
    const good = report('good')
    await expect(run(good, path())).rejects.toThrow(
      expect.objectContaining({
        code: 'report-unreadable',
        message: expect.stringMatching(message) as string,
      }) as Error,
    )
  })

  const spoiled = (spoil: (text: string) => string): string => {
    const file = join(report('spoiled'), 'report.json')
    writeFileSync(file, spoil(readFileSync(file, 'utf8')))
    return file
  }

  test.each([
    ['one report', ['a'], /^"compare" needs two reports, or none: without any it takes the last two runs\.$/u],
    ['an unknown flag', ['a', 'b', '--acept', 'x'], /^Unknown flag --acept\. Did you mean --accept\?/u],
    ['no runs', ['--results', '/nonexistent'], /it does not hold two complete runs of one target/u],
  ])('%s', async (_name, argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message)
  })
})

describe('the folder of a run', () => {
  const settings = (...argv: string[]) => readSettings(argv, {}, {}).settings
  const begun = new Date('2026-11-27T03:05:29.321Z')
  test.each([
    [['--target', 'reference'], '2026-11-27T03-05-29Z-reference'],
    [['--codebase', '/srv/my site/web/..'], '2026-11-27T03-05-29Z-my-site'],
    [['--base-url', 'https://a.example:8443/x'], '2026-11-27T03-05-29Z-a.example-8443'],
    [['--base-url', '../../x'], '2026-11-27T03-05-29Z-auto'],
  ])('%j: %s', (argv, expected) => {
    expect(runFolder(folder, settings(...argv), begun)).toBe(at(expected))
  })

  test('is never that of another run', () => {
    mkdirSync(at('2026-11-27T03-05-29Z-auto'))
    expect(runFolder(folder, settings(), begun)).toBe(at('2026-11-27T03-05-29Z-auto-2'))
  })

  test('a file called latest that is not a link stays', () => {
    mkdirSync(at('latest'))
    const notes: string[] = []
    linkToLatest(at('a'), folder, (note) => notes.push(note))
    expect(notes).toEqual([`${at('latest')} is not a link and was left as it is`])
    expect(statSync(at('latest')).isDirectory()).toBe(true)
  })
})

describe('a run', () => {
  const one = ['--target', 'reference', '--only', 'pkce.verifier-mismatch']
  test('has a folder of its own, and two of one server compare as equal', async () => {
    const place = newPlace()
    await place.run(one)
    const second = await place.run([...one, '--compare-with', 'results/latest'])
    expect(second.stdout).toContain('compared    1 check\nresult      No change that OAuth clients can see.')
    expect(second.code).toBe(0)
    expect(existsSync(place.at('results', 'latest', 'comparison.html'))).toBe(true)
    const ended = await place.run(['compare'])
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout.endsWith('compared    1 check\nresult      No change that OAuth clients can see.\n')).toBe(true)
  })

  test('that grants more than an earlier one ends with 1, and with its usual last line', async () => {
    const place = newPlace()
    await place.run([...one, '--reference-fault', 'pkce-any-verifier'])
    const ended = await place.run([...one, '--compare-with', 'results/latest'])
    expect(ended.stdout).toContain('FIXED')
    expect(ended.stdout.endsWith('\n1 passed, 0 failed, 0 skipped\n')).toBe(true)
    const worse = await place.run([
      ...one,
      '--reference-fault',
      'pkce-any-verifier',
      '--compare-with',
      'results/latest',
    ])
    expect(worse.stdout).toContain('LOOSENED')
    expect(worse.code).toBe(1)
  })

  test('with an invalid report ends with 2 before anything starts', async () => {
    const place = newPlace()
    const ended = await place.run([...one, '--compare-with', 'nothing'])
    expect(ended.code).toBe(2)
    expect(ended.stdout).toContain('nothing cannot be read: there is no such file or folder')
    expect(existsSync(place.at('results'))).toBe(false)
  })
})
