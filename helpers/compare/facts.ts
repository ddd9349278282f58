import { describeReason } from '../model/describe-reason.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import type { Json, Severity, Verdict } from '../model/verdict.ts'
import { answerOf } from './answer.ts'
import { normalizer } from './normalize.ts'
import type { ReportedRun } from './reported-run.ts'

/** Whether a finding was met, and whether something was given out where a refusal was due. */
export interface Requirement {
  readonly met: boolean
  readonly granted: boolean
}

/** What one check tells about the server, comparable with the same check of another run. */
export interface CheckFacts {
  readonly name: string
  readonly contract: string
  readonly title: string
  readonly severity: Severity
  readonly verdict: Verdict
  /** `token`, `authorize`, … or the path that the deciding request went to. */
  readonly endpoint: string | null
  /** Why there are no facts: the cause of `blocked`, the reason of `skipped`; null where the check was judged. */
  readonly untested: string | null
  /** By path: `answer`, `json.access_token`, `access_token.claims.iss`, `header.cache-control`. */
  readonly observed: ReadonlyMap<string, Json>
  /** What findings saw, by their paths. */
  readonly found: ReadonlyMap<string, Json>
  readonly requirements: ReadonlyMap<string, Requirement>
}

/** Findings without a value that another run could have again. */
const momentary: ReadonlySet<string> = new Set(['access_token.age'])

/**
 * Numbers that mean no more than that there are some: how many requests of a race succeeded where only one may, which is left to chance,
 * and how many tokens other checks had left when cron ran.
 */
const uncounted: Readonly<Record<string, readonly [least: number, word: string]>> = {
  'race.successes': [2, 'several'],
  'cron.live': [1, 'some'],
}

function withoutCount(path: string, value: Json): Json {
  const [least, word] = uncounted[path] ?? [Infinity, '']
  return typeof value === 'number' && value >= least ? word : value
}

/** Each member of these facts is a fact of its own, so that a new member is one change. */
const flattened: ReadonlySet<string> = new Set(['json', ...tokenParts('access_token', 'id_token', 'refresh_token')])

function tokenParts(...tokens: string[]): string[] {
  return tokens.flatMap((token) => [`${token}.header`, `${token}.claims`])
}

/** Parts of `answer`. */
const answered: ReadonlySet<string> = new Set(['status', 'error', 'page'])

export function factsOf(run: ReportedRun): ReadonlyMap<string, CheckFacts> {
  const normalize = normalizer(run.target?.baseUrl ?? null)
  return new Map(run.checks.map((check) => [checkName(check), checkFacts(check, run, normalize)]))
}

function checkFacts(check: CheckResult, run: ReportedRun, normalize: (value: Json) => Json): CheckFacts {
  const { contract, title, severity, verdict, findings } = check
  return {
    name: checkName(check),
    contract,
    title,
    severity,
    verdict,
    endpoint: endpointOf(check, run),
    untested: untestedOf(check),
    observed: flatten(normalize(check.observed) as CheckResult['observed']),
    found: new Map(
      findings.map(({ path, ok, actual }) => [
        path,
        momentary.has(path) && ok ? 'as expected' : withoutCount(path, normalize(actual)),
      ]),
    ),
    requirements: new Map(
      findings.map(({ path, ok, granted = false }) => [path, { met: ok, granted: granted && !ok }]),
    ),
  }
}

function untestedOf({ verdict, reason, blocker }: CheckResult): string | null {
  if (verdict === 'blocked') return `blocked: ${blocker?.cause ?? 'unknown'}`
  if (verdict === 'skipped') return reason ? `skipped: ${describeReason(reason)}` : 'skipped'
  return verdict === 'error' ? 'error of the suite' : null
}

function endpointOf({ exchanges }: CheckResult, { target }: ReportedRun): string | null {
  const url = exchanges.at(-1)?.request.url
  if (url === undefined || target === null || !url.startsWith(target.baseUrl)) return null
  const path = pathOf(url.slice(target.baseUrl.length))
  if (path === '/.well-known/jwks.json') return 'jwks'
  const known = Object.entries(target.endpoints ?? {}).find(([, endpoint]) => pathOf(String(endpoint)) === path)
  return known?.[0] ?? path
}

const pathOf = (url: string): string => url.replace(/[?#].*$/u, '')

function flatten(observed: CheckResult['observed']): Map<string, Json> {
  const facts = new Map<string, Json>()
  const answer = answerOf(observed)
  if (answer !== undefined) facts.set('answer', answer)
  for (const [path, value] of Object.entries(observed)) {
    if (answered.has(path)) continue
    if (path === 'callback.params') {
      for (const name of Array.isArray(value) ? value : []) facts.set(`callback.${String(name)}`, 'present')
    } else if (flattened.has(path) && typeof value === 'object' && value !== null) {
      for (const [name, type] of Object.entries(value)) facts.set(`${path}.${name}`, type)
    } else facts.set(path, path === 'header.content-type' ? mediaType(value) : withoutCount(path, value))
  }
  return facts
}

/** Without parameters: no client of OAuth reads a charset, and JSON has none (RFC 8259 §11). */
const mediaType = (value: Json): Json =>
  typeof value === 'string' ? (value.split(';')[0] ?? '').trim().toLowerCase() : value

/** What a report tells of the server as a whole, by path: `endpoint.token`, `metadata /.well-known/… issuer`, `key ‹thumbprint›`. */
export function runFacts({ target, server }: ReportedRun): ReadonlyMap<string, Json> {
  const normalize = normalizer(target?.baseUrl ?? null)
  const facts = new Map<string, Json>()
  for (const [name, path] of Object.entries(target?.endpoints ?? {})) facts.set(`endpoint.${name}`, path as string)
  for (const name of Object.keys(target?.modules ?? {})) facts.set(`module.${name}`, 'enabled')
  if (server?.keys) facts.set('keys', [...server.keys].sort())
  for (const [path, document] of Object.entries(server?.metadata ?? {})) {
    facts.set(`document ${path}`, 'published')
    for (const [name, value] of members(normalize(document))) facts.set(`metadata ${path} ${name}`, value)
  }
  return facts
}

/** Lists are compared item by item: what is gone from one is named. */
function members(document: Json): [string, Json][] {
  if (typeof document !== 'object' || document === null) return []
  return Object.entries(document).flatMap(([name, value]): [string, Json][] =>
    Array.isArray(value)
      ? value.map((item: Json) => [`${name}[${typeof item === 'string' ? item : JSON.stringify(item)}]`, 'listed'])
      : [[name, value]],
  )
}
