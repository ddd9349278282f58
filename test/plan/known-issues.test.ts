import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import semver from 'semver'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  applicableKnownIssues,
  KnownIssuesError,
  readKnownIssues,
  type KnownIssueEntry,
} from '../../helpers/plan/known-issues.ts'
import { packageRoot } from '../../helpers/model/package.ts'
import { collect } from '../../helpers/plan/collect.ts'

const { checks } = await collect()

const good = `# mine
- contract: code.replay
  path: token.error
  actual: { status: 400, error: invalid_request }
  versions: { simple_oauth: { seen: [6.0.9], assumed: '>=6.0.0 <6.2.0' } }
  kind: difference
  reason: The library answers so.
  source: https://example.org/issue/1
`

function written(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'baseline.yaml')
  writeFileSync(file, text)
  return file
}

/** The message, without the folder. */
function refusal(text: string): string {
  const file = written(text)
  try {
    readKnownIssues(file, checks)
  } catch (error) {
    if (!(error instanceof KnownIssuesError)) throw error
    expect(error.code).toBe('malformed-baseline')
    expect(error.message.startsWith(`${file}:`)).toBe(true)
    return error.message.slice(file.length - 'baseline.yaml'.length)
  }
  throw new Error('the baseline was accepted')
}

describe('a baseline', () => {
  test('is read', () => {
    expect(readKnownIssues(written(good), checks)).toEqual([
      {
        contract: 'code.replay',
        path: 'token.error',
        actual: { status: 400, error: 'invalid_request' },
        versions: { simple_oauth: { seen: ['6.0.9'], assumed: '>=6.0.0 <6.2.0' } },
        kind: 'difference',
        reason: 'The library answers so.',
        source: 'https://example.org/issue/1',
      },
    ])
  })

  test.each(['', '# nothing\n', '[]'])('may be empty: %j', (text) => {
    expect(readKnownIssues(written(text), checks)).toEqual([])
  })

  test('is read under the current names of renamed contracts and variants', () => {
    const former = good.replace('code.replay', 'bearer.forged-beside-good\n  variants: [no token, signature changed]')
    expect(readKnownIssues(written(former), checks)).toMatchObject([
      { contract: 'bearer.forged-with-valid', variants: ['arbitrary string', 'signature changed'] },
    ])
  })

  test('of the released versions names contracts and variants that exist', () => {
    const file = join(packageRoot, 'fixtures', 'known-issues.yaml')
    expect(readKnownIssues(file, checks).length).toBeGreaterThan(0)
  })
})

describe('a malformed baseline is refused with file, line and column', () => {
  const entry = (from: string, to: string): string => {
    expect(good).toContain(from)
    return good.replace(from, to)
  }
  test.each<[string, () => string, string]>([
    [
      'YAML syntax',
      () => entry('{ status: 400, error: invalid_request }', '{ status: 400'),
      'baseline.yaml:5:3: Flow map',
    ],
    ['a tab as indentation', () => entry('  path', '\tpath'), 'baseline.yaml:3:2: Unexpected scalar at node end'],
    ['a member twice', () => `${good}  path: token.issued\n`, 'baseline.yaml:9:3: Map keys must be unique'],
    ['no list', () => 'contract: code.replay\n', 'baseline.yaml:1:1: must be array'],
    ['no entry', () => '- code.replay\n', 'baseline.yaml:1:3: must be object'],
    [
      'an unknown member',
      () => `${good}  excuse: because\n`,
      'baseline.yaml:9:3: must NOT have additional properties: "excuse"',
    ],
    [
      'a missing member',
      () => entry('  path: token.error\n', ''),
      "baseline.yaml:2:3: must have required property 'path'",
    ],
    ['a wrong type', () => entry('token.error', '[token.error]'), 'baseline.yaml:3:9: must be string'],
    [
      'a reason that says nothing',
      () => entry('The library answers so.', 'so'),
      'baseline.yaml:7:11: must NOT have fewer',
    ],
    [
      'an owner without a date',
      () => `${good}  owner: me\n`,
      'baseline.yaml:2:3: must have property until when property owner',
    ],
    [
      'an invalid date',
      () => `${good}  owner: me\n  until: 2027-02-30\n`,
      'baseline.yaml:10:10: must match format "date"',
    ],
    [
      'an unknown contract',
      () => entry('code.replay', 'code.played'),
      'baseline.yaml:2:13: no contract has the id "code.played"',
    ],
    [
      'an unknown variant',
      () => entry('code.replay', 'pkce.method-unknown\n  variants: [none, some]'),
      'baseline.yaml:3:13: pkce.method-unknown has no variant "some"',
    ],
    [
      'no kind',
      () => entry('  kind: difference\n', ''),
      'baseline.yaml:2:3: kind is missing: weakness for something issued, opened or disclosed, else difference.',
    ],
    [
      'a weakness that nobody answers for',
      () => entry('difference', 'weakness'),
      'baseline.yaml:2:3: owner is missing: somebody has to answer for it until a date. Add owner and until.',
    ],
    [
      'versions of an earlier form',
      () => entry("{ seen: [6.0.9], assumed: '>=6.0.0 <6.2.0' }", "'>=6.0.0 <6.2.0'"),
      'baseline.yaml:5:29: the versions are in the form of an earlier version. Run: simple-oauth-contract baseline migrate',
    ],
    [
      'accepted drift of an unknown contract',
      () =>
        `- drift: a change\n  contracts: [code.replay, code.played]\n  reason: We wanted it so.\n  owner: me\n  until: 2099-01-01\n`,
      'baseline.yaml:2:28: no contract has the id "code.played". Did you mean code.redirect',
    ],
    [
      'accepted drift that nobody answers for',
      () => `- drift: a change\n  contracts: [code.replay]\n  reason: We wanted it so.\n`,
      'baseline.yaml:1:3: owner is missing',
    ],
    [
      'a bad range',
      () => entry('>=6.0.0 <6.2.0', 'six'),
      'baseline.yaml:5:55: "six" is not a version range, e.g. ">=6.0.0 <6.2.0"',
    ],
    [
      'the second entry',
      () => good + good.replace('code.replay', 'x'),
      'baseline.yaml:10:13: no contract has the id "x"',
    ],
    [
      'aliases that grow without end',
      () =>
        `- &a [x, x, x, x, x, x, x, x, x, x]\n- &b [${'*a, '.repeat(20)}]\n- &c [${'*b, '.repeat(20)}]\n- [${'*c, '.repeat(20)}]\n`,
      'baseline.yaml:1:1: Excessive alias count',
    ],
  ])('%s', (_, text, message) => {
    expect(refusal(text())).toContain(message)
  })

  test('one that cannot be read', () => {
    const missing = join(tmpdir(), 'no-such-baseline.yaml')
    const message =
      /no-such-baseline\.yaml: the baseline cannot be read\. Give the path of a YAML file with --baseline\.$/
    expect(() => readKnownIssues(missing, checks)).toThrow(message)
    expect(() => readKnownIssues(tmpdir(), checks)).toThrow(/: the baseline cannot be read/)
  })
})

describe('which entries apply', () => {
  const [base] = [
    {
      contract: 'code.replay',
      kind: 'difference' as const,
      path: 'p',
      actual: 'a',
      reason: 'because of it',
      source: 'here',
    },
  ]
  const any = { seen: [], assumed: '*' }
  const applies = (entry: Partial<KnownIssueEntry>, versions: Record<string, string>, today = '2026-06-15'): boolean =>
    applicableKnownIssues(
      [{ ...base, versions: { simple_oauth: any }, ...entry }],
      versions,
      new Date(`${today}T12:00:00Z`),
    ).length === 1
  const range = { seen: ['6.0.9', '8.x-4.4'], assumed: '>=6.0.0 <6.2.0' }
  const six = { versions: { simple_oauth: range } }
  const withLeague = { versions: { simple_oauth: range, league: { seen: ['9.2.0'], assumed: '^9.0.0' } } }

  test.each<[string, Partial<KnownIssueEntry>, Record<string, string>, boolean]>([
    ['a version inside the range', six, { simple_oauth: '6.0.9' }, true],
    ['its lower end', six, { simple_oauth: '6.0.0' }, true],
    ['its upper end', six, { simple_oauth: '6.2.0' }, false],
    ['a version below it', six, { simple_oauth: '5.2.6' }, false],
    ['a pre-release counts as its release', six, { simple_oauth: '6.1.0-beta2' }, true],
    ['an old name of a release', six, { simple_oauth: '8.x-4.5' }, false],
    ['a version outside the range on which it was seen', six, { simple_oauth: '8.x-4.4' }, true],
    ['an unknown version', six, {}, false],
    ['an unknown version where any will do', { versions: { simple_oauth: any } }, {}, true],
    ['an invalid version', six, { simple_oauth: 'dev-main' }, false],
    ['league inside its range', withLeague, { simple_oauth: '6.0.9', league: '9.2.0' }, true],
    ['league outside its range', withLeague, { simple_oauth: '6.0.9', league: '8.5.5' }, false],
    ['league unknown', withLeague, { simple_oauth: '6.0.9' }, false],
    ['league does not matter', six, { simple_oauth: '6.0.9', league: '1.0.0' }, true],
  ])('%s', (_, entry, versions, expected) => {
    expect(applies(entry, versions)).toBe(expected)
  })

  test.each([
    ['2026-06-14', false],
    ['2026-06-15', true],
    ['2026-06-16', true],
  ])('on 15 June an entry until %s', (until, expected) => {
    expect(applies({ owner: 'me', until }, { simple_oauth: '6.0.9' })).toBe(expected)
  })

  test('what the judge needs of it is kept', () => {
    const entry = { ...base, versions: { simple_oauth: any }, variants: ['none'], owner: 'me', until: '2027-01-01' }
    expect(applicableKnownIssues([entry], { simple_oauth: '6.0.9' }, new Date(0))).toEqual([
      {
        ...{ ...base, variants: ['none'], owner: 'me', until: '2027-01-01', list: 'baseline', expected: true },
        unseen: ['simple_oauth 6.0.9'],
      },
    ])
    const { variants: _, ...every } = entry
    expect(applicableKnownIssues([every], { simple_oauth: '6.0.9' }, new Date(0))[0]?.variants).toBeNull()
  })

  test('it names the versions on which nobody has seen the issue', () => {
    const unseen = (versions: Record<string, string>) =>
      applicableKnownIssues([{ ...base, ...withLeague }], versions, new Date(0))[0]?.unseen
    expect(unseen({ simple_oauth: '6.0.9', league: '9.2.0' })).toBeUndefined()
    expect(unseen({ simple_oauth: '6.0.5', league: '9.2.0' })).toEqual(['simple_oauth 6.0.5'])
    expect(unseen({ simple_oauth: '6.0.5', league: '9.9.0' })).toEqual(['simple_oauth 6.0.5', 'league 9.9.0'])
  })
})

describe('the list of released versions', () => {
  const list = readKnownIssues(join(packageRoot, 'fixtures', 'known-issues.yaml'), checks)

  test('excuses nothing that is granted in a critical contract', () => {
    const critical = new Set(checks.filter(({ severity }) => severity === 'critical').map(({ contract }) => contract))
    expect(list.filter(({ kind, contract }) => kind === 'weakness' && critical.has(contract))).toEqual([])
  })

  test('calls what gives a token, a code, a resource or claims a weakness', () => {
    const gives = ({ path, actual }: KnownIssueEntry): boolean =>
      /"(?:issued|found)":(?:\[|true)|"code"/u.test(JSON.stringify(actual)) ||
      (path === 'resource.access' && (actual as { status?: number }).status === 200)
    expect(list.filter(gives).length).toBeGreaterThan(10)
    expect(
      list.filter((entry) => gives(entry) !== (entry.kind === 'weakness')).map(({ contract }) => contract),
    ).toEqual([])
  })

  test('expires a few entries at a time, so that no day makes every site red', () => {
    const days = list.flatMap(({ until }) => until ?? [])
    const perDay = [...new Set(days)].map((day) => days.filter((other) => other === day).length)
    expect(days.length).toBeGreaterThan(10)
    expect(Math.max(...perDay)).toBeLessThanOrEqual(3)
  })

  test('names for each version where it was seen a version that its range holds', () => {
    for (const { contract, versions } of list)
      for (const { seen, assumed } of Object.values(versions)) {
        expect(seen.length, contract).toBeGreaterThan(0)
        expect(
          seen.filter((version) => !semver.satisfies(version, assumed)),
          contract,
        ).toEqual([])
      }
  })
})
