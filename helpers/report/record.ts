import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isWithheld } from '../../fixtures/withheld.ts'
import type { Reason } from '../model/reason.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import type { Json, Verdict } from '../model/verdict.ts'
import type { Versions } from '../model/target.ts'
import { escapeJson } from './escape.ts'
import { ReportError } from './private-files.ts'
import type { RunHeader } from './run.ts'

/** Incremented by every change that breaks readers of the previous version. */
export const schemaVersion = 2

/** One check, without anything that differs between two runs on the same server. */
export interface RecordedCheck {
  readonly contract: string
  /** Null where the contract has no variants. */
  readonly variant: string | null
  readonly verdict: Verdict
  /** Of `skipped`: why. */
  readonly reason?: Reason
  /** Of `blocked`: the stable cause. */
  readonly blocked?: string
  /** Findings that failed, known or not, in the order judged. */
  readonly failed: readonly { readonly path: string; readonly actual: Json }[]
  /** Status, error, headers that matter, names and types of members and claims. */
  readonly observed: { readonly [path: string]: Json }
}

/** The observed behaviour of a server. Its form is fixtures/schemas/observed.schema.json. */
export interface RunRecord {
  readonly schemaVersion: number
  readonly versions: Versions
  /** Modules besides Simple OAuth that build on it or on Consumers; absent where there are none. */
  readonly modules?: readonly string[]
  readonly profile: string
  readonly checks: readonly RecordedCheck[]
}

/** A record as a file. */
export interface RecordFile {
  /** `simple_oauth-6.0.9-league-9.2.0-drupal-10.5.5.json` */
  readonly name: string
  readonly text: string
}

/**
 * The observed facts of a run, for storage and comparison: two runs on the same server produce the same bytes. Contains no secret and no
 * page text, because findings and facts contain none. Withheld contracts are left out.
 */
export function recordRun(results: readonly CheckResult[], header: Pick<RunHeader, 'target' | 'settings'>): RecordFile {
  const { target, settings } = header
  const stable = stabilizer(target?.baseUrl ?? null)
  const modules = otherModules(target?.modules)
  const record: RunRecord = {
    schemaVersion,
    versions: sorted(target?.versions ?? {}) as Versions,
    ...(modules.length === 0 ? {} : { modules }),
    profile: settings.profile,
    checks: results
      .filter(({ contract }) => !isWithheld(contract))
      .sort((a, b) => compare(checkName(a), checkName(b)))
      .map((result) => kept(result, stable)),
  }
  return { name: fileName(record), text: `${escapeJson(JSON.stringify(record, null, 2))}\n` }
}

const unpublished: readonly Verdict[] = ['fail', 'warn', 'blocked', 'error']

/**
 * The results that a record in this repository contains: without checks that proved nothing, and without failures and warnings that are not
 * known issues. A release's flaws are published only if a public source names them, as every known issue has.
 */
export const publishable = (results: readonly CheckResult[]): CheckResult[] =>
  results.filter(({ verdict }) => !unpublished.includes(verdict))

/**
 * Writes a record and returns the path of its file.
 *
 * @throws ReportError
 */
export function writeRecord(folder: string, { name, text }: RecordFile): string {
  const file = join(folder, name)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ReportError(`The record could not be written to ${folder}: ${why}. Choose a folder you may write to.`, {
      cause,
    })
  }
  return file
}

function kept(result: CheckResult, stable: (value: Json) => Json): RecordedCheck {
  const { contract, variant, verdict, reason, blocker, findings, observed } = result
  return {
    contract,
    variant,
    verdict,
    ...(verdict === 'skipped' && reason !== null ? { reason } : {}),
    ...(verdict === 'blocked' && blocker !== null ? { blocked: blocker.cause } : {}),
    failed: findings.filter(({ ok }) => !ok).map(({ path, actual }) => ({ path, actual: stable(actual) })),
    observed: stable(observed) as RecordedCheck['observed'],
  }
}

/** Makes strings equal in every run: removes the server's address, numbers of redacted values and anything random. */
function stabilizer(baseUrl: string | null): (value: Json) => Json {
  const text = (part: string): string =>
    (baseUrl === null ? part : part.replaceAll(baseUrl, '‹base URL›').replaceAll(new URL(baseUrl).host, '‹host›'))
      .replace(/‹([^‹›]*):\d+›/gu, '‹$1›')
      // The nonce of a Content-Security-Policy, new with every answer.
      .replace(/'nonce-[^']*'/giu, "'nonce-‹random›'")
      .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b/giu, '‹random›')
  return (value) =>
    JSON.parse(
      JSON.stringify(sorted(value), (_key, part: unknown) => (typeof part === 'string' ? text(part) : part)),
    ) as Json
}

/** Sorts members by name, recursively. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => compare(a, b))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}

/** By code unit, because the order by locale depends on the machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The OAuth modules of a site besides Simple OAuth itself, by name. */
export const otherModules = (modules: Readonly<Record<string, string>> = {}): string[] =>
  Object.keys(modules)
    .filter((name) => name !== 'simple_oauth')
    .sort(compare)

/**
 * A unique name for each recorded server: one module stands for those that come with it, and SQLite is not named. Versions come from the
 * server and must not lead out of the folder.
 */
function fileName({ versions, modules = [] }: Pick<RunRecord, 'versions' | 'modules'>): string {
  const { simple_oauth = 'unknown', league = 'unknown', drupal = 'unknown', database = 'SQLite' } = versions
  const [engine = ''] = database.split(' ')
  const parts = [
    ...['simple_oauth', simple_oauth, 'league', league, 'drupal', drupal],
    ...(engine === 'SQLite' ? [] : [engine.toLowerCase()]),
    ...modules.slice(0, 1).flatMap((module) => ['with', module]),
  ]
  return `${parts.map((part) => part.replace(/[^\w.+-]/g, '_')).join('-')}.json`
}
