import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, test } from 'vitest'
import schema from '../../fixtures/schemas/observed.schema.json' with { type: 'json' }
import { applicableKnownIssues, readKnownIssues } from '../../helpers/plan/known-issues.ts'
import type { Check } from '../../helpers/contract/case.ts'
import type { KnownIssue } from '../../helpers/judge/conclude.ts'
import { checkName } from '../../helpers/model/result.ts'
import type { Json } from '../../helpers/model/verdict.ts'
import { isWithheld } from '../../fixtures/withheld.ts'
import { publishable, recordRun, type RecordedCheck, type RunRecord } from '../../helpers/report/record.ts'
import type { ReferenceTargetOptions } from '../../helpers/targets/reference-target.ts'
import { allChecks, runAgainst } from '../mutation/run-against.ts'
import { differences, type Difference } from './differences.ts'

const folder = new URL('../../fixtures/observed/', import.meta.url)
const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
const names = readdirSync(folder)
const real = JSON.parse(textOf('simple_oauth-6.0.9-league-9.2.0-drupal-10.5.5.json')) as RunRecord

/** Whether the check is about metadata that the server does not publish. */
const lacksMetadata = ({ contract, reason }: RecordedCheck): boolean =>
  /^(?:discovery\.|authorize\.issuer-advertised$)/.test(contract) &&
  (reason?.kind === 'not-advertised' || reason?.kind === 'not-returned')

let checks: readonly Check[]
let knownIssues: readonly KnownIssue[]
beforeAll(async () => {
  // Guarantees need a site file, and contracts for MCP clients their profile.
  checks = (await allChecks()).filter(({ contract }) => !/^(?:policy|mcp)\./.test(contract) && !isWithheld(contract))
  const file = new URL('../../fixtures/known-issues.yaml', import.meta.url)
  // On the day of the recording, so that an expired entry does not fail this test.
  const day = new Date('2026-06-01T12:00:00Z')
  const entries = readKnownIssues(file.pathname, await allChecks())
  knownIssues = applicableKnownIssues(entries, real.versions, day, { list: 'released', expected: true })
})

const header = { target: null, settings: { profile: 'default', strict: false } }

async function recorded(
  server: ReferenceTargetOptions,
  chosen: readonly Check[],
  keep: typeof publishable = (results) => [...results],
): Promise<readonly RecordedCheck[]> {
  const { text } = recordRun(keep(await runAgainst(server, chosen, knownIssues)), header)
  return (JSON.parse(text) as RunRecord).checks
}

/** A check's facts by path; a fact that the server does not show is `absent`. */
function factsOf(check: RecordedCheck | undefined): ReadonlyMap<string, Json> {
  return new Map<string, Json>([
    ['verdict', check?.verdict ?? 'absent'],
    ...(check?.failed ?? []).map(({ path, actual }): [string, Json] => [`failed.${path}`, actual]),
    ...Object.entries(check?.observed ?? {}).map(([path, fact]): [string, Json] => [`observed.${path}`, fact]),
  ])
}

function compare(one: readonly RecordedCheck[], other: readonly RecordedCheck[]): Omit<Difference, 'reason'>[] {
  const byName = (list: readonly RecordedCheck[]) => new Map(list.map((check) => [checkName(check), check]))
  const [ours, theirs] = [byName(one), byName(other)]
  return [...new Set([...ours.keys(), ...theirs.keys()])].sort().flatMap((check) => {
    const [seen, shown] = [factsOf(ours.get(check)), factsOf(theirs.get(check))]
    return [...new Set([...seen.keys(), ...shown.keys()])]
      .map((path) => ({ check, path, real: seen.get(path) ?? 'absent', reference: shown.get(path) ?? 'absent' }))
      .filter(({ real: was, reference }) => JSON.stringify(was) !== JSON.stringify(reference))
  })
}

describe.each(names)('%s', (name) => {
  const record = JSON.parse(textOf(name)) as RunRecord

  test('meets its schema and is written as `record` writes it', () => {
    const valid = new Ajv2020({ allowUnionTypes: true }).compile(schema)
    expect(valid(record), JSON.stringify(valid.errors)).toBe(true)
    expect(textOf(name)).toBe(`${JSON.stringify(record, null, 2)}\n`)
  })

  test('has only existing contracts, failures that are known issues, and checks that were proven', () => {
    const current = new Set(checks.map(checkName))
    expect(record.checks.map(checkName).filter((check) => !current.has(check))).toEqual([])
    const unproven = record.checks.filter(({ verdict }) => ['blocked', 'error', 'fail', 'skipped'].includes(verdict))
    expect(unproven.filter((check) => check.reason?.kind !== 'capability' && !lacksMetadata(check))).toEqual([])
  })

  test('holds no address, no redaction mark with a count and no random value', () => {
    expect(textOf(name)).not.toMatch(/127\.0\.0\.1|\/\/localhost|‹\w+:\d+›|[0-9a-f]{32}|eyJ/i)
  })
})

describe('the profile simple-oauth-6.0', () => {
  let reference: readonly RecordedCheck[] = []
  beforeAll(async () => {
    reference = await recorded({ profile: 'simple-oauth-6.0' }, checks, publishable)
  }, 60_000)

  test('has a record of every check that can be published', () => {
    const what = 'contracts have come or gone: record again, with the subcommand record against the same versions'
    expect(real.checks.map(checkName).sort(), what).toEqual(reference.map(checkName).sort())
    expect(real.checks.filter((check) => check.verdict === 'skipped' && !lacksMetadata(check))).toEqual([])
  })

  test('gives the verdicts and facts of the real server, but for the differences listed', () => {
    const listed = differences.map(({ reason: _, ...difference }) => difference)
    const key = ({ check, path }: Omit<Difference, 'reason'>) => `${check} ${path}`
    const sort = (list: Omit<Difference, 'reason'>[]) => list.sort((a, b) => (key(a) < key(b) ? -1 : 1))
    expect(sort(compare(real.checks, reference))).toEqual(sort(listed))
  })

  test('a server that has moved away is noticed', async () => {
    const chosen = checks.filter(({ contract }) =>
      ['token.not-cached', 'client-credentials.defaults'].includes(contract),
    )
    const wanted = new Set(chosen.map(checkName))
    const before = real.checks.filter((check) => wanted.has(checkName(check)))
    const away = await recorded({ profile: 'simple-oauth-6.0', fault: 'token-cacheable' }, chosen)
    const cache = 'observed.header.cache-control'
    const moved = { path: cache, real: 'no-store, private', reference: 'public, max-age=600' }
    expect(compare(before, away)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: 'token.not-cached', path: 'verdict', real: 'pass', reference: 'fail' }),
        { check: 'client-credentials.defaults', ...moved },
        { check: 'token.not-cached', ...moved },
      ]),
    )
    expect(compare(before, []).map(({ check, path }) => `${check} ${path}`)).toContain('token.not-cached verdict')
  })
})

test('every difference has a reason, and is listed once', () => {
  for (const { reason, check, path } of differences) expect(reason, `${check} ${path}`).toMatch(/^[A-Z].{10,}\.$/)
  const places = differences.map(({ check, path }) => `${check} ${path}`)
  expect(places).toEqual([...new Set(places)])
})
