import { readdirSync, readFileSync } from 'node:fs'
import semver from 'semver'
import type { NamedRun, ReportedRun } from '../../helpers/compare/reported-run.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { checkName, type CheckResult } from '../../helpers/model/result.ts'
import type { RecordedCheck, RunRecord } from '../../helpers/report/record.ts'
import type { Step } from '../../helpers/oauth/steps.ts'
import { endpoints } from '../../helpers/targets/install/endpoints.ts'
import { check, exchange } from '../support/report-factory.ts'

const folder = new URL('../../fixtures/observed/', import.meta.url)

export interface NamedRecord {
  /** Without folder and extension. */
  readonly name: string
  readonly record: RunRecord
}

/** The committed records, by the release of Simple OAuth, league and Drupal. */
export function readRecords(at = folder): readonly NamedRecord[] {
  const parts = ({ record: { versions, modules = [] } }: NamedRecord): string[] => [
    ...[versions.simple_oauth, versions.league, versions.drupal].map(
      (version) => semver.coerce(version)?.version ?? '0',
    ),
    modules.join(),
  ]
  const compare = (one: NamedRecord, other: NamedRecord): number => {
    const [ours, theirs] = [parts(one), parts(other)]
    const index = ours.findIndex((part, at) => part !== theirs[at])
    const [a = '', b = ''] = [ours[index], theirs[index]]
    return index < 3 ? semver.compare(a || '0.0.0', b || '0.0.0') : a < b ? -1 : 1
  }
  return readdirSync(at)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, record: JSON.parse(readFileSync(new URL(name, at), 'utf8')) as RunRecord }))
    .sort(compare)
}

const baseUrl = 'http://127.0.0.1:8080'

/**
 * The records as reports, which `compare` reads. A record keeps neither met requirements nor requests: a requirement that another record
 * fails counts as met if this one does not list it as failed, and the address follows from the last step.
 */
export function recordedRuns(records: readonly NamedRecord[], checks: readonly Check[]): readonly NamedRun[] {
  const byName = new Map(checks.map((one) => [checkName(one), one]))
  const failedSomewhere = new Map<string, Set<string>>()
  for (const { record } of records)
    for (const recorded of record.checks) {
      const paths = failedSomewhere.get(checkName(recorded)) ?? new Set()
      for (const { path } of recorded.failed) paths.add(path)
      failedSomewhere.set(checkName(recorded), paths)
    }
  return records.map(({ name, record }) => {
    const results = record.checks.flatMap((recorded): CheckResult[] => {
      const declared = byName.get(checkName(recorded))
      return declared ? [resultOf(recorded, declared, failedSomewhere.get(checkName(recorded)) ?? new Set())] : []
    })
    return { name, run: runOf(record, results) }
  })
}

function resultOf(recorded: RecordedCheck, declared: Check, paths: ReadonlySet<string>): CheckResult {
  const { contract, variant, verdict, reason = null, blocked, failed, observed } = recorded
  const { title, severity, sources, group } = declared
  const cause = { severity, expected: '' }
  return check({
    ...{ contract, variant, title, severity, sources, group, verdict, reason, observed },
    blocker: blocked === undefined ? null : { cause: blocked, message: '' },
    findings: [...paths].map((path) => {
      const found = failed.find((one) => one.path === path)
      return found
        ? {
            ...cause,
            path,
            ok: false,
            actual: found.actual,
            granted: path.endsWith('issued') || path.endsWith('access'),
          }
        : { ...cause, path, ok: true, actual: 'as required' }
    }),
    exchanges: [exchange({ request: { url: baseUrl + pathOf(declared.when.at(-1)) } })],
  })
}

function pathOf(step: Step | undefined): string {
  switch (step?.do) {
    case 'authorize':
      return endpoints.authorize
    case 'jwks':
      return endpoints.jwks
    case 'login':
      return endpoints.login
    case 'resource':
      return (step.at && endpoints[step.at]) ?? endpoints.resource
    case 'document':
      return typeof step.path === 'string' ? step.path : ''
    default:
      return endpoints.token
  }
}

function runOf({ versions, modules = [], profile }: RunRecord, checks: readonly CheckResult[]): ReportedRun {
  return {
    suite: { name: '', version: '' },
    startedAt: '2026-11-27T00:00:00Z',
    target: {
      ...{ label: '', baseUrl, versions, endpoints, demonstration: false },
      modules: Object.fromEntries(['simple_oauth', ...modules].map((module) => [module, ''])),
    },
    settings: { profile },
    planned: checks.length,
    interrupted: null,
    failure: null,
    checks,
  }
}

const keyOf = ({ record: { versions, modules = [] } }: NamedRecord): readonly string[] => [
  versions.simple_oauth ?? '',
  versions.league ?? '',
  versions.consumers ?? '',
  versions.drupal?.split('.')[0] ?? '',
  versions.database?.split(' ')[0] ?? '',
  modules.join(),
]

/** Each record but the first with the earlier one that it has most in common with. */
export function pairsOf(records: readonly NamedRecord[]): readonly (readonly [number, number])[] {
  const distance = (one: NamedRecord, other: NamedRecord): number => {
    const theirs = keyOf(other)
    return keyOf(one).filter((part, index) => part !== theirs[index]).length
  }
  return records.slice(1).map((after, offset) => {
    const earlier = records.slice(0, offset + 1)
    const least = Math.min(...earlier.map((one) => distance(one, after)))
    return [earlier.findLastIndex((one) => distance(one, after) === least), offset + 1]
  })
}
