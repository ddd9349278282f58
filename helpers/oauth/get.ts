import type { Cookies } from '../http/cookies.ts'
import { nextOf } from '../drupal/who-am-i.ts'
import { thumbprints } from '../judge/facts.ts'
import { json, type Outcome } from '../judge/outcome.ts'
import { isObject, type Json } from '../model/verdict.ts'
import { isWriting } from '../model/promised-request.ts'
import type { CaseState, StepResult } from './case-state.ts'
import { withOwnHeaders } from './resolve.ts'

/** How a request carries an access token (RFC 6750 §2). */
interface Bearer {
  readonly token: string | null
  readonly placement: 'header' | 'query' | 'body'
  readonly scheme: string
  readonly inQuery?: string
  /** Cookies of a browser session to send. */
  readonly cookies?: Cookies
  /** The default is GET, or POST if the token is in the body. */
  readonly method?: string
  readonly headers?: readonly (readonly [string, string])[]
}

/** JSON:API has its own media type (JSON:API 1.1, Content Negotiation), and other resources may, too. */
const anyJson = ['accept', 'application/json, application/vnd.api+json, */*;q=0.1'] as const

const anonymous: Bearer = { token: null, placement: 'header', scheme: 'Bearer' }

/** Requests a URL of the server under test; redirects are not followed. */
export async function get(
  caseState: CaseState,
  kind: 'resource' | 'jwks' | 'document',
  address: string,
  bearer: Bearer = anonymous,
): Promise<StepResult> {
  const before = caseState.exchanges.length
  const url = new URL(address)
  const {
    token,
    placement,
    scheme,
    inQuery = placement === 'query' ? token : null,
    method = 'GET',
    headers = [],
  } = bearer
  if (inQuery !== null) url.searchParams.set('access_token', inQuery)
  const last = await caseState.send(
    token !== null && placement === 'body'
      ? {
          method: 'POST',
          url: url.href,
          headers: [anyJson, ['content-type', 'application/x-www-form-urlencoded'], ...headers],
          body: new URLSearchParams({ access_token: token }).toString(),
        }
      : {
          method,
          url: url.href,
          headers: withOwnHeaders(
            [
              anyJson,
              ...(hasBody(method) ? [['content-type', mediaTypeAt(url)] as const] : []),
              ...(token !== null && placement === 'header' ? [['authorization', `${scheme} ${token}`] as const] : []),
            ],
            headers,
          ),
          ...(hasBody(method) ? { body: '{}' } : {}),
        },
    bearer.cookies,
  )
  const outcome: Outcome = { ...emptyOutcome(kind), exchanges: caseState.exchanges.slice(before), last }
  const document = json(outcome)
  const keys = kind === 'jwks' ? thumbprints(document) : undefined
  const values = {
    // A later step may compare members of metadata: `metadata.issuer`.
    ...(kind === 'document' ? strings(document) : {}),
    ...(document === undefined ? {} : { body: last.response.body }),
    ...(keys === undefined ? {} : { 'keys.thumbprints': keys }),
  }
  return { outcome: { ...outcome, values }, client: caseState.clientIfAny(), at: performance.now() }
}

const strings = (document: Json | undefined): Record<string, string> =>
  isObject(document)
    ? Object.fromEntries(
        Object.entries(document).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )
    : {}

/** With an empty object, a write reaches the permission check but changes nothing. */
const hasBody = (method: string): boolean => isWriting(method) && method !== 'DELETE'

/** Drupal answers another media type with 415 before it looks at the token. */
const mediaTypeAt = ({ pathname }: URL): string =>
  pathname.includes('/jsonapi/') ? 'application/vnd.api+json' : 'application/json'

/** The outcome of a step that sends no request. */
export const emptyOutcome = (kind: Outcome['kind']): Outcome => ({
  kind,
  exchanges: [],
  last: null,
  callback: null,
  page: null,
  values: {},
  basic: false,
})

/**
 * Requests the key set at a path and follows one redirect on the same origin, as clients do: Drupal's Redirect module redirects
 * `/oauth/jwks` to `/.well-known/jwks.json`, another path of the same route.
 */
export async function getKeySet(caseState: CaseState, path: string, bearer?: Bearer): Promise<StepResult> {
  const first = await get(caseState, 'jwks', caseState.url(path), bearer)
  const { last } = first.outcome
  const to = last && nextOf(last)
  if (!to || new URL(to).origin !== new URL(caseState.url(path)).origin) return first
  const next = await get(caseState, 'jwks', to, bearer)
  const exchanges = [...first.outcome.exchanges, ...next.outcome.exchanges]
  return { ...next, outcome: { ...next.outcome, exchanges } }
}
