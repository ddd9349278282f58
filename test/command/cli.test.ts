import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { packageRoot, suite } from '../../helpers/model/package.ts'
import { counts, expectRefusal, newPlace, noEngine } from '../support/command.ts'

const one = ['--target', 'reference', '--only', 'access-token.keys-public']

// Most tests run the command in their own process; that must make no difference.
test.each([
  [['--version']],
  [['list', '--group', 'own']],
  [['explain', 'pcke.plain']],
  [['--onyl', 'x']],
  [['cleanup', '0123456789ab']],
])('%j ends in the same way in its own process and in that of a test', async (args) => {
  const ended = await newPlace().run(args)
  expect(ended).toEqual(await newPlace({ ownProcess: true }).run(args))
  expect(ended.stdout).not.toBe('')
})

describe('without a run', () => {
  test('--version is the version and nothing else', async () => {
    expect(await newPlace({ ownProcess: true }).run(['--version'])).toEqual({
      code: 0,
      stdout: `${suite.version}\n`,
      stderr: '',
    })
  })

  test('the reader of its output may go away', async () => {
    expect(await newPlace().run(['--help'], { unread: true })).toMatchObject({ code: 0, stderr: '' })
  })

  test('list shows what the settings select, and its counts', async () => {
    const place = newPlace()
    const args = ['list', '--only', 'pkce.verifier-length,code.*', '--severity', 'critical,medium', '--group', 'token']
    const { code, stdout } = await place.run(args, { env: { CONTRACT_SOURCE: 'rfc7636/4,rfc6749/10.5' } })
    expect(stdout).toMatch(/^code\.replay +critical +1 {2}RFC 6749 §4\.1\.2 MUST · RFC 6749 §10\.5 MUST$/mu)
    expect(stdout).toMatch(/^pkce\.verifier-length +medium +2 {2}RFC 7636/mu)
    expect(stdout.endsWith('\n\n3 contracts, 7 checks\n')).toBe(true)
    expect(code).toBe(0)
    expect(place.temporary()).toEqual([])
  })

  test('list --json prints the same for programs', async () => {
    const { code, stdout } = await newPlace().run([
      'list',
      '--json',
      '--client',
      'machine',
      '--only',
      'client-credentials.no-refresh-token',
    ])
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      counts: { contracts: 1, checks: 1, observations: 0, observationChecks: 0 },
      contracts: [
        {
          id: 'client-credentials.no-refresh-token',
          group: 'token',
          own: false,
          sources: [{ document: 'RFC6749', section: '4.4.3', level: 'SHOULD', binds: 'server' }],
          client: 'machine',
          user: null,
          checks: 1,
          variants: [],
        },
      ],
    })
    expect(code).toBe(0)
  })

  test('cleanup of nothing says so', async () => {
    const place = newPlace()
    const ended = await place.run(['cleanup', '--cache', place.at('cache')])
    expect(ended).toEqual({ code: 0, stdout: `Nothing was left over.\n${noEngine}`, stderr: '' })
  })
})

describe('bad input ends with code 2, says what to do, and leaves nothing behind', () => {
  test.each<[string, string[], Record<string, string>, string[]]>([
    [
      'an unknown subcommand',
      ['lists'],
      {},
      [
        'Unknown subcommand "lists". Did you mean list or lint? Valid values: run, list, explain, replay, report, merge, compare, upgrade, doctor, init, lint, record, reference, baseline, cleanup, help.',
      ],
    ],
    [
      'an unknown flag',
      ['--onyl', 'x'],
      {},
      ['Unknown flag --onyl. Did you mean --only? "simple-oauth-contract help run" lists all flags.'],
    ],
    [
      'an unknown variable',
      [],
      { CONTRACT_TARGTE: 'php' },
      ['Unknown setting CONTRACT_TARGTE in the environment. Did you mean CONTRACT_TARGET?'],
    ],
    [
      'a list of nothing',
      ['list', '--only', 'nonsense'],
      {},
      ['No contract matches "nonsense". "simple-oauth-contract list" lists all IDs.'],
    ],
    ['an unknown id', ['--only', 'code.replays'], {}, ['RUN FAILED nothing-selected', 'Did you mean code.replay']],
    [
      'a combination that selects nothing',
      ['--target', 'reference', '--source', 'rfc6750', '--client', 'remembered'],
      {},
      ['RUN FAILED nothing-selected', 'No contract matches --source rfc6750 and --client remembered together'],
    ],
    ['explain without an id', ['explain'], {}, ['"explain" requires the ID of a contract.']],
    [
      'explain of an unknown id',
      ['explain', 'pcke.plain'],
      {},
      ['There is no contract "pcke.plain". Did you mean pkce.plain?'],
    ],
    ['explain of several', ['explain', 'pkce.p', 'code'], {}, ['"explain" does not accept the argument "code".']],
    ['--json without list', ['--json'], {}, ['"run" does not accept --json; "list", "doctor" and "lint" do.']],
    [
      'the subcommand after the flags',
      [...one, 'list'],
      {},
      ['The subcommand comes first: simple-oauth-contract list'],
    ],
    ['help of nothing', ['help', 'lst'], {}, ['Unknown subcommand "lst". Did you mean list or lint?']],
    [
      'a deprecated flag where it does not belong',
      ['list', '--ledger', 'x'],
      {},
      ['"list" does not accept --ledger; "run", "explain", "replay", "upgrade" and "record" do.'],
    ],
    [
      'settings that cannot act together',
      one,
      { CONTRACT_CODEBASE: 'x' },
      ['CONTRACT_CODEBASE (environment) cannot be used with --target reference. The reference server is built in'],
    ],
    [
      'a record of some contracts',
      ['record', '--severity', 'high+'],
      {},
      ['"record" does not accept --severity; "run", "list" and "upgrade" do.'],
    ],
    [
      'a record of some contracts, by the environment',
      ['record'],
      { CONTRACT_SEVERITY: 'high+', CONTRACT_GROUP: 'token' },
      ['A record contains every contract of the suite: unset CONTRACT_SEVERITY, CONTRACT_GROUP.'],
    ],
    [
      'own contracts that are nowhere',
      ['list', '--contracts', 'none'],
      {},
      ['cannot be read (ENOENT', 'with --contracts.'],
    ],
    ['a folder without contracts', ['list', '--contracts', '.'], {}, ['No file in . ends in .spec.ts or .spec.js.']],
    ['no target in a pipeline', [], { CI: 'true' }, ['RUN FAILED no-target', '--codebase DIR', '--target reference']],
    ['no codebase', ['--target', 'php'], {}, ['RUN FAILED codebase-missing', 'give its folder with --codebase DIR']],
    [
      'an unknown fault',
      [...one, '--reference-fault', 'pkce'],
      {},
      [
        'RUN FAILED unknown-fault',
        'There is no fault "pkce". Did you mean pkce-any-verifier',
        '--list-faults" lists all',
      ],
    ],
  ])('%s', async (_, args, env, messages) => {
    const place = newPlace()
    expectRefusal(place, await place.run(args, { env }), ...messages)
  })

  test('an unknown setting in .env', async () => {
    const place = newPlace({ ownProcess: true })
    writeFileSync(place.at('.env'), 'CONTRACT_COLOUR=red\n')
    expectRefusal(
      place,
      await place.run(one),
      'Unknown setting CONTRACT_COLOUR in .env. "simple-oauth-contract help run" lists all settings.',
    )
  })

  test('a malformed baseline', async () => {
    const place = newPlace()
    writeFileSync(place.at('my.yaml'), '- contract: code.replay\n  path: [token.error\n')
    expectRefusal(
      place,
      await place.run([...one, '--baseline', 'my.yaml']),
      'RUN FAILED malformed-baseline',
      'my.yaml:3:1: ',
    )
  })
})

describe('a run', () => {
  test('that is quiet prints only its conclusion', async () => {
    const ended = await newPlace().run([...one, '--quiet'])
    expect(ended).toEqual({ code: 0, stdout: 'result      demonstration\n1 passed, 0 failed, 0 skipped\n', stderr: '' })
  })

  test('that is quiet still says why it failed', async () => {
    const { code, stdout } = await newPlace().run(['--target', 'php', '--quiet'])
    expect(stdout).toMatch(
      /^RUN FAILED codebase-missing\n {2}\S.*\n\nresult {6}no verdict: .*\n0 passed, 0 failed, 0 skipped\n$/u,
    )
    expect(code).toBe(2)
  })

  test('in color, where FORCE_COLOR asks for it', async () => {
    const colored = await newPlace().run(one, { env: { FORCE_COLOR: '1' } })
    expect(colored.stdout).toContain('\x1b[1mdemonstration\x1b[22m')
    const plain = await newPlace().run(one, { env: { FORCE_COLOR: '0' } })
    expect(plain.stdout).not.toContain('\x1b')
  })

  test('with a deprecated flag says what to use', async () => {
    const place = newPlace()
    writeFileSync(place.at('my.yaml'), '')
    const { code, stderr } = await place.run([...one, '--ledger', 'my.yaml'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'note: --ledger is deprecated: use --baseline.\n' })
  })

  test('that meets the contract ends with 0; on the reference server it is a demonstration', async () => {
    const place = newPlace({ ownProcess: true })
    // A folder of this name is a virtual environment of Python.
    mkdirSync(place.at('.env'))
    const ended = await place.run(one, { env: { CI: 'true' } })
    expect(counts(ended)).toEqual({ passed: 1, failed: 0, skipped: 0 })
    expect(ended.stdout).toContain('DEMONSTRATION: no Drupal was tested.')
    expect(ended.stdout).toMatch(/^result {6}demonstration$/mu)
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(place.report()).toMatchObject({ interrupted: null, failure: null, planned: 1 })
    expect(place.temporary()).toEqual([])
  })

  test('with a broken promise ends with 1, the message, evidence and the place of the contract', async () => {
    const place = newPlace()
    writeFileSync(place.at('.env'), 'CONTRACT_REFERENCE_PROFILE=ideal\nCONTRACT_ONLY=pkce.*\n')
    const ended = await place.run(['run', '--reference-fault', 'pkce-any-verifier', '--verbose'])
    const { failed } = counts(ended)
    expect(failed).toBeGreaterThan(0)
    expect(ended.stdout).toMatch(/^FAIL pkce\.verifier-mismatch {3}critical {3}RFC 7636 §4\.6 \(Server Verifies/mu)
    expect(ended.stdout).toMatch(
      /again: node \S+simple-oauth-contract\.js --reference-fault pkce-any-verifier --only pkce\.verifier-mismatch$/mu,
    )
    expect(ended.code).toBe(1)
    const verdicts = place.verdicts()
    expect(verdicts['pkce.verifier-mismatch']).toBe('fail')
    expect(Object.values(verdicts).filter((verdict) => verdict !== 'pass').length).toBe(failed)
    expect(readFileSync(place.at('results', 'latest', 'evidence', 'pkce.verifier-mismatch.md'), 'utf8')).toContain(
      '/oauth/token',
    )
    const [, file = '', line = '0'] = /^ ❯ (specs\/token\/\S+):(\d+):3$/mu.exec(ended.stdout) ?? []
    const declaration = readFileSync(`${packageRoot}/${file}`, 'utf8').split('\n')[Number(line) - 1]
    expect(declaration).toMatch(/contractTest\('pkce\./u)
    expect(place.temporary()).toEqual([])
  })

  test('with a warning ends with 1 when it is strict', async () => {
    const place = newPlace()
    const args = ['--reference-profile', 'ideal', '--reference-fault', 'claim-private-added', '--strict']
    const ended = await place.run([...args, '--only', 'access-token.no-further-claims'])
    expect(counts(ended)).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(ended.stdout).toContain('WARN access-token.no-further-claims')
    expect(ended.stdout).toContain('1 warning, counted as failed (strict)')
    expect(ended.code).toBe(1)
  })

  test('whose baseline covers what no longer occurs ends with 1', async () => {
    const place = newPlace()
    writeFileSync(
      place.at('my.yaml'),
      `- contract: access-token.keys-public
  path: keys
  actual: { absent: true }
  kind: difference
  versions: { simple_oauth: { seen: [], assumed: '*' } }
  reason: It was so in the past.
  source: our own issue 12
`,
    )
    const ended = await place.run([...one, '--baseline', 'my.yaml'])
    expect(counts(ended)).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(ended.stdout).toContain('STALE access-token.keys-public')
    expect(ended.code).toBe(1)
  })
})

describe('a report that cannot be written', () => {
  test('because a file is in its place is refused before anything starts', async () => {
    const place = newPlace()
    writeFileSync(place.at('results'), 'mine')
    const { code, stdout, stderr } = await place.run(one)
    expect(stderr).toMatch(
      /^The report cannot be written to \S*results\S*: \S*results is a file\. Choose another folder/u,
    )
    expect({ code, stdout }).toEqual({ code: 2, stdout: '0 passed, 0 failed, 0 skipped\n' })
    expect(readFileSync(place.at('results'), 'utf8')).toBe('mine')
  })

  test("because somebody else's is there is refused before anything starts", async () => {
    const place = newPlace()
    writeFileSync(place.at('report.json'), '{"mine":true}')
    const { code, stdout, stderr } = await place.run([...one, '--report', '.'])
    expect(stderr).toMatch(/report\.json is not a report of simple-oauth-contract and would be overwritten\./u)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '0 passed, 0 failed, 0 skipped\n' })
    expect(readFileSync(place.at('report.json'), 'utf8')).toBe('{"mine":true}')
  })

  test('because the disk is full ends the run with 2, and no half of it stays', async () => {
    const place = newPlace()
    const full = place.at('full.mjs')
    writeFileSync(
      full,
      `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const write = fs.writeFileSync
fs.writeFileSync = (file, text, options) => {
  if (!String(file).includes('report.json')) return write(file, text, options)
  write(file, text.slice(0, 100), options)
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
}
syncBuiltinESMExports()
`,
    )
    const ended = await place.run(one, { ownProcess: true, env: { NODE_OPTIONS: `--import=${full}` } })
    expect(counts(ended)).toEqual({ passed: 1, failed: 0, skipped: 0 })
    expect(ended.stdout).toMatch(/could not be written to .*results\S*: ENOSPC: no space left/u)
    expect(ended.code).toBe(2)
    expect(() => place.report()).toThrow(/ENOENT/)
    expect(place.temporary()).toEqual([])
  })
})
