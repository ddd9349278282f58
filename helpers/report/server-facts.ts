import type { CheckResult } from '../model/result.ts'
import type { Exchange } from '../model/exchange.ts'
import { thumbprint, type JsonObject } from '../model/thumbprint.ts'
import type { Json } from '../model/verdict.ts'
import type { RunHeader } from './run.ts'

/** What the answers of a run show about the server as a whole. */
export interface ServerFacts {
  /** Thumbprints (RFC 7638) of the keys that the server published; only where the keys are the site's own. */
  readonly keys?: readonly string[]
  /** Published documents by path, e.g. `/.well-known/oauth-authorization-server` (RFC 8414). */
  readonly metadata?: { readonly [path: string]: Json }
}

const wellKnown = /^\/\.well-known\//

/** Taken from the run's exchanges, without further requests. */
export function serverFacts(results: readonly CheckResult[], target: RunHeader['target']): ServerFacts {
  if (target === null) return {}
  const documents = results.flatMap(({ exchanges }) =>
    exchanges.flatMap((exchange) => documentOf(exchange, target.baseUrl)),
  )
  const keys = documents.flatMap(({ json }) => keysOf(json))
  const metadata = documents
    .filter(({ path, json }) => wellKnown.test(path) && !('keys' in json))
    .map(({ path, json }) => [path, json] as const)
  return {
    // Elsewhere the suite generated the keys, which differ in each installation.
    ...(target.mapped && keys.length > 0 ? { keys: [...new Set(keys.map(thumbprint))].sort() } : {}),
    ...(metadata.length > 0 ? { metadata: Object.fromEntries(metadata) } : {}),
  }
}

function documentOf({ request, response }: Exchange, baseUrl: string): { path: string; json: JsonObject }[] {
  if (response.status !== 200 || !request.url.startsWith(baseUrl)) return []
  const path = request.url.slice(baseUrl.length).replace(/[?#].*$/, '')
  if (!path.startsWith('/') || !/^\{/.test(response.body)) return []
  try {
    return [{ path, json: JSON.parse(response.body) as JsonObject }]
  } catch {
    return []
  }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const keysOf = ({ keys }: JsonObject): JsonObject[] => (Array.isArray(keys) ? keys : []).filter(isObject)
