import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import addFormatsModule from 'ajv-formats'
import { Ajv } from 'ajv'
import AjvDraft04 from 'ajv-draft-04'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import type { DriftChange, RecordDrift } from '../../helpers/compare/record-drift.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import {
  formatNames,
  formatOf,
  formats,
  type FormatName,
  type RenderOptions,
} from '../../helpers/report/formats/table.ts'
import { locationOf } from '../../helpers/report/formats/location.ts'
import { reportOf } from '../../helpers/report/report.ts'
import type { RunOutcome } from '../../helpers/report/run.ts'
import { settingRows } from '../../helpers/settings/settings-table.ts'
import { check, finding, header, hostile, oneOfEach, onSite, outcome } from '../support/report-factory.ts'

const options: RenderOptions = { rerunCommand: 'npm run contract --', folder: 'results/latest' }
const shown = async (name: FormatName, run: RunOutcome): Promise<string> =>
  (await formatOf(name).load())(reportOf(run), options)

const loosened: DriftChange = {
  ...{ id: 'answer at resource: 401 -> 200', fact: 'answer', endpoint: 'resource', accepted: null },
  ...{ sentence: 'What was rejected is granted.', class: 'loosened', checks: ['a.b'], contracts: ['a.b'] },
}
const drift: RecordDrift = {
  record: 'simple_oauth-6.0.9',
  deviations: [],
  compared: 9,
  unused: [],
  expired: [],
  changes: [loosened],
}
const weakness = check({
  contract: 'pkce.plain',
  variant: 'requested',
  verdict: 'known',
  findings: [
    finding({
      granted: true,
      knownIssue: { kind: 'weakness', reason: 'the library accepts `plain`', source: 'https://example.test/1' },
    }),
  ],
})
const full = outcome([...oneOfEach, weakness], { drift, milliseconds: 61_000 })
const nothing = outcome([])
const interrupted = outcome([check()], { planned: 9, interrupted: 'SIGINT' })
const failure = { code: 'install-failed', message: 'Drupal was not installed.\nPDOException: disk full' }
const neverBegan = outcome([], { planned: 9, failure, header: { ...header, target: null } })
const hostileRuns = Object.entries(hostile).map(([name, text]): [string, RunOutcome] => {
  const change: DriftChange = { ...loosened, id: text, sentence: text, checks: [text], contracts: [text] }
  const results = oneOfEach.map((one) =>
    check({
      ...one,
      ...{ contract: `${text}.${one.verdict}`, variant: text, location: text, title: text, group: text },
      reason: one.reason && { kind: 'suite-error', message: text },
      blocker: one.blocker && { cause: text, message: text },
      findings: one.findings.map((each) => ({ ...each, path: text, actual: text, expected: text })),
    }),
  )
  const versions = { drupal: text, simple_oauth: text }
  const more = { failure: { code: text, message: text }, drift: { ...drift, record: text, changes: [change] } }
  return [
    `hostile ${name}`,
    outcome(results, {
      ...more,
      header: { ...header, target: { label: text, baseUrl: text, versions, demonstration: false } },
    }),
  ]
})
const runs: readonly [string, RunOutcome][] = [
  ['every verdict', full],
  ['no checks', nothing],
  ['interrupted', interrupted],
  ['never began', neverBegan],
  ['a site', onSite],
  ...hostileRuns,
]

/** 5,000 checks, half of which fail. */
const many = outcome(
  Array.from({ length: 5_000 }, (_, index) =>
    index % 2 === 0
      ? check({ contract: `a.${index}` })
      : check({ contract: `a.${index}`, verdict: 'fail', findings: [finding({ granted: true })] }),
  ),
)

test('every reporter is in the help of --reporter', () => {
  for (const name of formatNames) expect(settingRows.reporter.help).toContain(name)
})

test.each(formatNames.filter((name) => name !== 'json'))('%s: golden', async (name) => {
  const extension = formats[name].file?.replace(/^[^.]*/u, '') ?? '.txt'
  await expect(await shown(name, full)).toMatchFileSnapshot(`../golden/format-${name}${extension}`)
})

describe('nothing that a server says gets through', () => {
  test.each(formatNames.flatMap((name) => hostileRuns.map(([which, run]) => [name, which, run] as const)))(
    '%s, %s',
    async (name, _which, run) => {
      for (const line of (await shown(name, run)).split('\n')) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        if (name !== 'github') expect(line).not.toMatch(/^\s*::/u)
        expect(line).not.toMatch(/##\w*\[/u)
      }
    },
  )
})

test.each(formatNames)('%s keeps letters of any script', async (name) => {
  const text = 'größe — 漢字 😀'
  const failing = check({ verdict: 'fail', title: text, findings: [finding({ granted: true, expected: text })] })
  const label = { ...header, target: header.target && { ...header.target, label: text } }
  expect(await shown(name, outcome([failing], { header: label }))).toContain(text)
})

describe('sarif', () => {
  const require = createRequire(import.meta.url)
  const folder = join(dirname(require.resolve('@microsoft/jest-sarif')), 'schemas')
  const schema = JSON.parse(readFileSync(join(folder, 'sarif-2.1.0-rtm.5.json'), 'utf8')) as object
  const ajv = new AjvDraft04.default({ strict: false, unicodeRegExp: false })
  addFormatsModule.default(ajv)
  const valid = ajv.compile(schema)
  interface Log {
    readonly runs: readonly {
      readonly tool: {
        readonly driver: { readonly rules: readonly { id: string; properties: Record<string, unknown> }[] }
      }
      readonly invocations: readonly { executionSuccessful: boolean; toolExecutionNotifications: readonly object[] }[]
      readonly results: readonly {
        ruleId: string
        ruleIndex: number
        level: string
        locations: readonly { physicalLocation: { artifactLocation: { uri: string } } }[]
        partialFingerprints: Record<string, string>
      }[]
    }[]
  }
  const log = async (run: RunOutcome): Promise<Log['runs'][number]> => {
    const parsed = JSON.parse(await shown('sarif', run)) as Log
    const [first] = parsed.runs
    if (!first) throw new Error('no run')
    return first
  }

  test.each(runs)('follows the schema of OASIS: %s', async (_name, run) => {
    expect(valid(JSON.parse(await shown('sarif', run))) ? [] : valid.errors).toEqual([])
  })

  test('the schema refuses what is not SARIF', () => {
    expect(valid({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false)
  })

  test('has a rule for each result, and no result for what is known or unproven', async () => {
    const { results, tool, invocations } = await log(full)
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['pkce.verifier-mismatch', 'error'],
      ['record-drift', 'error'],
      ['claims.exp-integer', 'warning'],
      ['authorize.state-echoed', 'note'],
    ])
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
    expect(tool.driver.rules.find(({ id }) => id === 'pkce.verifier-mismatch')?.properties).toMatchObject({
      'security-severity': '9.5',
      tags: expect.arrayContaining(['security', 'oauth', 'external/cwe/cwe-345']) as unknown,
    })
    expect(invocations[0]?.toolExecutionNotifications).toHaveLength(2)
  })

  test.each([
    ['interrupted', interrupted],
    ['never began', neverBegan],
    ['no checks', nothing],
  ])('says that a run came to no verdict: %s', async (_name, run) => {
    const [invocation] = (await log(run)).invocations
    expect(invocation?.executionSuccessful).toBe(false)
    expect(invocation?.toolExecutionNotifications.length).toBeGreaterThan(0)
  })

  test('has fingerprints that another run repeats, and that differ between variants', async () => {
    const fails = (difference: Partial<CheckResult>): CheckResult =>
      check({ verdict: 'fail', findings: [finding()], ...difference })
    const prints = async (run: RunOutcome): Promise<(string | undefined)[]> =>
      (await log(run)).results.map(({ partialFingerprints }) => partialFingerprints['primaryLocationLineHash'])
    const one = await prints(outcome([fails({ variant: 'a' }), fails({ variant: 'b' })]))
    const moved = { ...header, startedAt: '2027-01-01T00:00:00.000Z' }
    const later = [
      fails({ variant: 'b', milliseconds: 9 }),
      fails({ variant: 'a', location: 'specs/token/other.spec.ts:1:1' }),
    ]
    expect(await prints(outcome(later, { header: moved }))).toEqual([...one].reverse())
    expect(new Set(one).size).toBe(2)
  })

  test('encodes file names', async () => {
    const files = { site: 'sites/größe "1".yaml' }
    const { results } = await log(outcome(full.results, { header: { ...header, files } }))
    expect(results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('sites/gr%C3%B6%C3%9Fe%20%221%22.yaml')
  })
})

describe('a location is the file in which the owner looks first', () => {
  const files = {
    settings: 'config/sync/simple_oauth.settings.yml',
    scopes: ['config/sync/simple_oauth.oauth2_scope.a.yml'],
    composerLock: 'composer.lock',
  }
  const at = (difference: object, location = 'specs/token/pkce.spec.ts:14:1'): string => {
    const group = location.split('/')[1] ?? ''
    return locationOf(check({ location, group }), reportOf(outcome([], { header: { ...header, files: difference } })))
      .path
  }
  test.each([
    ['the site file', { ...files, site: 'site.yaml' }, undefined, 'site.yaml'],
    ['exported settings', files, undefined, files.settings],
    ['an exported scope', files, 'specs/resource/scope.spec.ts:1:1', files.scopes[0]],
    ['the lock file', { composerLock: 'app/composer.lock' }, undefined, 'app/composer.lock'],
    ['else the declaration', {}, undefined, 'specs/token/pkce.spec.ts'],
  ])('%s', (_name, of, location, path) => {
    expect(at(of, location)).toBe(path)
  })
})

describe('junit', () => {
  interface Case {
    '@_name': string
    '@_classname': string
    failure?: { '@_message': string; '#text': string }
    error?: object
    skipped?: { '@_message': string } | ''
    'system-out'?: string
  }
  interface Suite {
    '@_name': string
    '@_tests': string
    '@_failures': string
    '@_errors': string
    '@_skipped': string
    testcase: Case[]
  }
  const parser = new XMLParser({
    ignoreAttributes: false,
    isArray: (name) => ['testsuite', 'testcase', 'property'].includes(name),
    parseAttributeValue: false,
  })
  const suites = async (run: RunOutcome): Promise<Suite[]> =>
    (parser.parse(await shown('junit', run)) as { testsuites: { testsuite: Suite[] } }).testsuites.testsuite

  test.each([...runs, ['5,000 checks', many] as [string, RunOutcome]])(
    'is well-formed, and counts add up: %s',
    async (_name, run) => {
      expect(XMLValidator.validate(await shown('junit', run))).toBe(true)
      const all = await suites(run)
      expect(all.flatMap(({ testcase }) => testcase)).toHaveLength(run.results.length + 1)
      for (const { testcase, ...counts } of all) {
        // Jenkins requires the names, GitLab tells cases apart by both.
        for (const one of testcase) expect([one['@_name'], one['@_classname']]).not.toContain('')
        expect(Number(counts['@_tests'])).toBe(testcase.length)
        expect(Number(counts['@_failures'])).toBe(testcase.filter((one) => one.failure !== undefined).length)
        expect(Number(counts['@_errors'])).toBe(testcase.filter((one) => one.error !== undefined).length)
        expect(Number(counts['@_skipped'])).toBe(testcase.filter((one) => one.skipped !== undefined).length)
      }
    },
  )

  test('keeps text as it is', async () => {
    const text = `<&>"' ]]> ünï — 漢字 😀`
    const [suite] = await suites(
      outcome([check({ verdict: 'fail', variant: text, findings: [finding({ actual: text })] })]),
    )
    expect(suite?.testcase[0]?.['@_name']).toBe(`pkce.verifier-mismatch [${text}]`)
    expect(suite?.testcase[0]?.failure?.['@_message']).toContain(text)
  })

  test('says why a check was skipped, and what is known', async () => {
    const cases = (await suites(full)).flatMap(({ testcase }) => testcase)
    const reason = (name: string): string => {
      const { skipped = '' } = cases.find((one) => one['@_name'].startsWith(name)) ?? {}
      return skipped === '' ? '' : skipped['@_message']
    }
    expect(reason('refresh.after-block')).toBe('needs site.control')
    expect(reason('refresh.reuse')).toContain('league/oauth2-server answers invalid_request')
  })

  test('a warning fails with --strict only', async () => {
    const warned = oneOfEach.filter(({ verdict }) => verdict === 'warn')
    const strict = { ...header, settings: { ...header.settings, strict: true } }
    expect((await suites(outcome(warned)))[0]?.['@_failures']).toBe('0')
    expect((await suites(outcome(warned, { header: strict })))[0]?.['@_failures']).toBe('1')
  })

  test.each([
    ['interrupted', interrupted, 'error'],
    ['never began', neverBegan, 'error'],
    ['no checks', nothing, 'error'],
    ['drift alone', outcome([check()], { drift }), 'failure'],
  ] as const)('the conclusion is red where no check is: %s', async (_name, run, kind) => {
    const conclusion = (await suites(run)).at(-1)?.testcase[0]
    expect(conclusion?.['@_name']).toBe('conclusion')
    expect(conclusion?.[kind]).toBeDefined()
  })
})

describe('gitlab', () => {
  // https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
  const valid = new Ajv().compile({
    type: 'array',
    items: {
      type: 'object',
      required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
      properties: {
        description: { type: 'string', minLength: 1 },
        check_name: { type: 'string', minLength: 1 },
        fingerprint: { type: 'string', pattern: '^[0-9a-f]{32,}$' },
        severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
        location: {
          type: 'object',
          required: ['path', 'lines'],
          properties: {
            path: { type: 'string', pattern: '^[^./]' },
            lines: { type: 'object', required: ['begin'], properties: { begin: { type: 'integer', minimum: 1 } } },
          },
        },
      },
    },
  })
  test.each(runs.filter(([name]) => !name.startsWith('hostile')))(
    'has all that GitLab needs: %s',
    async (_name, run) => {
      const issues = JSON.parse(await shown('gitlab', run)) as { fingerprint: string }[]
      expect(valid(issues) ? [] : valid.errors).toEqual([])
      expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length)
    },
  )
})

describe('markdown', () => {
  test.each([...runs, ['5,000 checks', many] as [string, RunOutcome]])(
    'has at most 60 lines: %s',
    async (_name, run) => {
      const text = await shown('markdown', run)
      expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
      // GitHub's limit for a comment.
      expect(text.length).toBeLessThan(65_536)
    },
  )
})

describe('github', () => {
  test.each([...runs, ['5,000 checks', many] as [string, RunOutcome]])(
    'is commands alone, at most ten of a kind: %s',
    async (_name, run) => {
      const lines = (await shown('github', run)).split('\n').filter((line) => line !== '')
      for (const line of lines) expect(line).toMatch(/^::(?:error|warning) (?:file=[^,:]+,line=\d+,)?title=[^,:]*::./u)
      for (const kind of ['error', 'warning'])
        expect(lines.filter((line) => line.startsWith(`::${kind}`)).length).toBeLessThanOrEqual(10)
    },
  )

  test('names a file only where it is the user’s own', async () => {
    const fails = oneOfEach.filter(({ verdict }) => verdict === 'fail')
    expect(await shown('github', outcome(fails))).toMatch(/^::error title=FAIL pkce\.verifier-mismatch::/u)
    const files = { site: 'a,b:c.yaml' }
    expect(await shown('github', outcome(fails, { header: { ...header, files } }))).toMatch(
      /^::error file=a%2Cb%3Ac\.yaml,line=1,title=/u,
    )
  })
})
