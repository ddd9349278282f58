import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import addFormatsModule from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Reason } from '../../helpers/model/reason.ts'
import { should } from '../../helpers/model/source.ts'
import schema from '../../fixtures/schemas/report.schema.json' with { type: 'json' }
import type { RunOutcome } from '../../helpers/report/run.ts'
import type { JudgedFinding } from '../../helpers/model/result.ts'
import { reportJson, writeReport } from '../../helpers/report/json.ts'
import { reportOf } from '../../helpers/report/report.ts'
import { ReportError } from '../../helpers/report/private-files.ts'
import {
  check,
  demonstration,
  exchange,
  finding,
  header,
  hostile,
  oneOfEach,
  onSite,
  outcome,
} from '../support/report-factory.ts'

const ajv = new Ajv2020({ allErrors: true })
addFormatsModule.default(ajv)
const valid = ajv.compile(schema)
const errorsOf = (text: string): string[] =>
  valid(JSON.parse(text)) ? [] : (valid.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`)

/** Every member of a finding: the compiler requires new ones here, and the schema must know them. */
const fullFinding: Required<JudgedFinding> = {
  path: 'a',
  ok: false,
  expected: 'e',
  actual: null,
  severity: 'low',
  granted: true,
  source: should('RFC6749', '5.2'),
  level: 'SHOULD',
  note: 'n',
  knownIssue: {
    ...{ kind: 'weakness', reason: 'r', source: 's', until: '2026-03-01', owner: 'o' },
    ...{ issue: 'https://example.test/2', remedy: 'switch it on', fixedIn: 'simple_oauth 7', unseen: ['league 9.9.9'] },
  },
}

const full = outcome([...oneOfEach, check({ findings: [fullFinding] })])

/** One of each reason, for the compiler and the schema alike. */
const reasons: { readonly [K in Reason['kind']]: Omit<Extract<Reason, { kind: K }>, 'kind'> } = {
  ...{ capability: { capability: 'oidc' }, 'needs-stress': {}, 'needs-slow': {}, filtered: {}, 'needs-drush': {} },
  ...{ 'not-returned': { fact: 'json.scope' }, 'not-advertised': { member: 'issuer' } },
  ...{ unmapped: { roles: ['client machine'] }, 'not-provisioned': { roles: ['user editor'] } },
  ...{ 'no-grant': { client: 'machine', grant: 'client_credentials' }, 'no-consent': { client: 'publicPkce' } },
  ...{ 'default-scopes': { client: 'publicPkce' }, 'no-password': { user: 'editor' } },
  ...{ 'authorization-header-taken': {}, 'login-elsewhere': {}, 'unreachable-key-set': {} },
  ...{ 'lives-too-long': { value: 'device_code', seconds: 1800 } },
  ...{ 'otherwise-before': { value: 'a' }, 'absent-before': { value: 'a' } },
  ...{ 'suite-error': { message: 'a' }, 'site-not-restored': { message: 'a' } },
}

test.each(Object.entries(reasons))('the reason %s meets the schema', (kind, rest) => {
  const reason = { kind, ...rest } as Reason
  const skipped = check({ verdict: 'skipped', findings: [], reason })
  expect(errorsOf(reportJson(reportOf(outcome([skipped]))))).toEqual([])
})

describe('report.json', () => {
  test('golden', async () => {
    await expect(reportJson(reportOf(full))).toMatchFileSnapshot('../golden/report.json')
  })

  test.each<[string, RunOutcome]>([
    ['every verdict', full],
    ['the reference server', outcome([check()], { header: demonstration })],
    [
      'a run that never began',
      outcome([], { planned: 9, failure: { code: 'a', message: 'b' }, header: { ...header, target: null } }),
    ],
    ['a site of somebody else', onSite],
    ['an interrupted run', outcome([check()], { planned: 9, interrupted: 'SIGINT' })],
    [
      'a run with all that is hostile',
      outcome([
        check({
          title: Object.values(hostile).join('\n'),
          exchanges: [exchange({ response: { body: Object.values(hostile).join('\n') } })],
        }),
      ]),
    ],
  ])('of %s meets its schema and keeps every value', (_name, run) => {
    const text = reportJson(reportOf(run))
    expect(errorsOf(text)).toEqual([])
    expect(JSON.parse(text)).toMatchObject({
      checks: run.results,
      planned: run.planned,
      interrupted: run.interrupted,
      failure: run.failure,
    })
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  })

  test.each<[string, (report: typeof example) => unknown]>([
    ['an unknown verdict', (report) => ({ ...report, checks: [{ ...report.checks[0], verdict: 'green' }] })],
    ['an unknown member', (report) => ({ ...report, extra: 1 })],
    ['an unknown member of a check', (report) => ({ ...report, checks: [{ ...report.checks[0], extra: 1 }] })],
    [
      'an unknown member of a finding',
      (report) => ({ ...report, checks: [{ ...report.checks[0], findings: [{ ...finding(), extra: 1 }] }] }),
    ],
    [
      'a finding without its actual value',
      (report) => ({ ...report, checks: [{ ...report.checks[0], findings: [{ ...finding(), actual: undefined }] }] }),
    ],
    [
      'a header that is not a pair',
      (report) => ({
        ...report,
        checks: [{ ...report.checks[0], exchanges: [exchange({ response: { headers: [['a'] as never] } })] }],
      }),
    ],
    ['another schema version', (report) => ({ ...report, schemaVersion: 1 })],
    ['an invalid exit code', (report) => ({ ...report, summary: { ...report.summary, exitCode: 3 } })],
    [
      'a conclusion that does not exist',
      (report) => ({ ...report, summary: { ...report.summary, conclusion: 'certified' } }),
    ],
    ['no summary', (report) => ({ ...report, summary: undefined })],
    ['a start that is not a time', (report) => ({ ...report, startedAt: 'yesterday' })],
    ['settings without the profile', (report) => ({ ...report, settings: { strict: false } })],
  ])('with %s does not meet its schema', (_name, spoil) => {
    expect(errorsOf(JSON.stringify(spoil(example)))).not.toEqual([])
  })
})

const example = JSON.parse(reportJson(reportOf(outcome([check()])))) as { checks: object[]; summary: object }

describe('writeReport', () => {
  let parent = ''
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'contract-report-'))
  })
  afterEach(() => {
    rmSync(parent, { recursive: true, force: true })
  })
  const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8)

  test('makes what only its owner can read, and leaves nothing else', () => {
    const folder = join(parent, 'deep', 'results')
    writeReport(folder, full)
    expect([mode(folder), mode(join(folder, 'evidence')), mode(join(folder, 'report.json'))]).toEqual([
      '700',
      '700',
      '600',
    ])
    expect(readdirSync(folder).sort()).toEqual(['evidence', 'report.json'])
    const pages = readdirSync(join(folder, 'evidence'))
    // Every contract of the run but the skipped one.
    expect(pages).toHaveLength(7)
    for (const page of pages) expect(mode(join(folder, 'evidence', page))).toBe('600')
  })

  test('replaces the evidence of the last run, and touches no file of others', () => {
    writeReport(parent, full)
    writeFileSync(join(parent, 'evidence', 'notes.md'), '# mine')
    writeReport(parent, outcome([check({ contract: 'a.b' })]))
    expect(readdirSync(join(parent, 'evidence')).sort()).toEqual(['a.b.md', 'notes.md'])
    expect(readFileSync(join(parent, 'report.json'), 'utf8')).toContain('"a.b"')
  })

  test('a folder of others keeps its mode', () => {
    chmodSync(parent, 0o755)
    writeReport(parent, outcome([check()]))
    expect([mode(parent), mode(join(parent, 'evidence')), mode(join(parent, 'report.json'))]).toEqual([
      '755',
      '700',
      '600',
    ])
  })

  test('no id of a contract leads out of the folder', () => {
    const folder = join(parent, 'results')
    writeReport(
      folder,
      outcome([check({ contract: '../../outside' }), check({ contract: '/etc/x' }), check({ contract: 'a\0b' })]),
    )
    expect(readdirSync(parent)).toEqual(['results'])
    expect(readdirSync(join(folder, 'evidence'))).toHaveLength(3)
  })

  test('a link where the report belongs is replaced, not followed', () => {
    const elsewhere = join(parent, 'elsewhere')
    writeFileSync(elsewhere, 'untouched')
    mkdirSync(join(parent, 'results'))
    symlinkSync(elsewhere, join(parent, 'results', 'report.json'))
    writeReport(join(parent, 'results'), full)
    expect(readFileSync(elsewhere, 'utf8')).toBe('untouched')
  })

  test('a folder that cannot be made is an error that says what to do, and no half report stays', () => {
    writeFileSync(join(parent, 'file'), '')
    const write = (): void => {
      writeReport(join(parent, 'file', 'results'), full)
    }
    expect(write).toThrow(ReportError)
    expect(write).toThrow(/could not be written to .*ENOTDIR.*Choose another folder with --report\./)

    mkdirSync(join(parent, 'results', 'report.json', 'in-the-way'), { recursive: true })
    expect(() => {
      writeReport(join(parent, 'results'), full)
    }).toThrow(expect.objectContaining({ code: 'report-unwritable' }) as Error)
    expect(readdirSync(join(parent, 'results')).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect(existsSync(join(parent, 'results', 'report.json', 'in-the-way'))).toBe(true)
  })
})
