import { optionalEndpoints, type OptionalEndpoint } from '../../fixtures/endpoints.ts'
import { examplePolicy } from './example-policy.ts'
import { checkSchema } from '../judge/schemas.ts'
import type { Json } from '../model/verdict.ts'
import { promisedRequest } from '../model/promised-request.ts'
import type { ChallengeMethod, Guarantees, ConsumerPolicy, PromisedRequests } from '../model/policy.ts'

/** One row of a variants' table. */
type Row = Readonly<Record<string, Json>>
type Rows = Readonly<Record<string, Row>>

const s256 = { challenge: { $: 'ref', of: 'this.code_challenge' }, method: 'S256' }
const plain = { challenge: { $: 'ref', of: 'this.code_verifier' }, method: 'plain' }
const methods: Readonly<Record<ChallengeMethod, Row>> = { S256: s256, plain }
const without = <T>(all: readonly T[], guaranteed: readonly T[]): T[] =>
  all.filter((item) => !guaranteed.includes(item))
const keyed = <T extends string>(names: readonly T[], row: (name: T) => Row): Rows =>
  Object.fromEntries(names.map((name) => [name, row(name)]))
const single = (row: Row | null): Rows => (row === null ? {} : { '': row })
const some = <T>(value: T | undefined, row: (value: T) => Row): Rows => single(value === undefined ? null : row(value))

const lifetimeOf = (lifetime: Guarantees['accessTokenLifetime']): { readonly min?: number; readonly max?: number } =>
  typeof lifetime === 'object' ? lifetime : lifetime === undefined ? {} : { max: lifetime }

/** Grants that modules add, and those of RFC 6749 that RFC 9700 §2.1.2 and §2.4 forbid. */
const furtherGrants: readonly string[] = [
  'password',
  'implicit',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
]

/** Seconds; longer than any access token lives. */
const tenYears = 315_360_000

/** A row for each request and scope. */
function requestRows(requests: PromisedRequests, named = (name: string): string => name, more: Row = {}): Rows {
  const all = Object.entries(requests).flatMap(([scope, texts]) => texts.map((text) => [scope, text] as const))
  return Object.fromEntries(
    all.map(([scope, text]) => {
      const request = promisedRequest(text)
      if ('place' in request) throw new Error(`"${text}" is not a method and a path`)
      return [named(`${scope}: ${text}`), { scope, method: request.method, path: request.path, ...more }]
    }),
  )
}

/** The rows that prove a guarantee; none if it was not given. */
const rows = {
  pkce: ({ pkce }) => some(pkce, () => ({})),
  'challenge method offered': ({ challengeMethods = [] }) => keyed(challengeMethods, (name) => methods[name]),
  'challenge method refused': ({ challengeMethods }) => {
    const [offered] = challengeMethods ?? []
    if (challengeMethods === undefined || offered === undefined) return {}
    const good = { goodChallenge: methods[offered]['challenge'] ?? '', goodMethod: offered }
    const other = without(['S256', 'plain'] as const, challengeMethods)
    // RFC 7636 §4.3: the default method is plain.
    const omitted = other.includes('plain') ? { 'method left out': { ...good, ...plain, method: null } } : {}
    return { ...keyed(other, (name) => ({ ...good, ...methods[name] })), ...omitted }
  },
  accessTokenLifetime: ({ accessTokenLifetime }) => some(lifetimeOf(accessTokenLifetime).max, (most) => ({ most })),
  'accessTokenLifetime min': ({ accessTokenLifetime }) =>
    some(lifetimeOf(accessTokenLifetime).min, (least) => ({ least, most: tenYears })),
  codeLifetime: ({ codeLifetime }) => some(codeLifetime, (most) => ({ most })),
  'grant offered': ({ grants = [] }) => keyed(grants, (grant) => ({ grant })),
  'grant refused': ({ grants }) =>
    grants === undefined
      ? {}
      : keyed(without(['authorization_code', 'client_credentials', 'password', 'implicit'], grants), (grant) => ({
          grant,
        })),
  'no refresh token': ({ grants }) => single(grants === undefined || grants.includes('refresh_token') ? null : {}),
  'scopes given': ({ scopes }) => some(scopes, (all) => ({ scopes: all.join(' ') })),
  'scope refused': ({ scopes }, otherScopes) =>
    scopes === undefined ? {} : keyed(without(otherScopes, scopes), (scope) => ({ scope })),
  issuer: ({ issuer }) => some(issuer, (value) => ({ issuer: value })),
  'issuer of metadata': ({ issuer }) => some(issuer, (value) => ({ issuer: value })),
  keyThumbprint: ({ keyThumbprint }) =>
    some(keyThumbprint, (value) => ({ thumbprints: [value].flat().sort().join(' ') })),
  'browser origin answered': ({ browserOrigins = [] }) => keyed(browserOrigins, (origin) => ({ origin })),
  'browser origin opens': ({ browserOrigins = [], opens = {} }) =>
    Object.assign(
      {},
      ...browserOrigins.map((origin) => requestRows(opens, (name) => `${origin}: ${name}`, { origin })),
    ) as Rows,
  'other origin refused': ({ browserOrigins }) => {
    const [first] = browserOrigins ?? []
    if (first === undefined) return {}
    // A prefix comparison would accept the third one; sandboxed frames and local files send `null`.
    return keyed(['https://another-origin.example', 'null', `${first}.another-origin.example`], (origin) => ({
      origin,
    }))
  },
  'grants offered': ({ grantsOffered }) => some(grantsOffered, (grants) => ({ grants: [...grants] })),
  'further grant refused': ({ grantsOffered }) =>
    grantsOffered === undefined ? {} : keyed(without(furtherGrants, grantsOffered), (grant) => ({ grant })),
  'further endpoint absent': ({ endpoints }) =>
    endpoints === undefined
      ? {}
      : keyed(without(Object.keys(optionalEndpoints) as OptionalEndpoint[], endpoints), (name) => ({
          path: optionalEndpoints[name],
        })),
  opens: ({ opens = {} }) => requestRows(opens),
  'stays closed': ({ staysClosed = {} }) => requestRows(staysClosed),
  keySize: ({ keySize }) => some(keySize, (least) => ({ least })),
  'claims exactly': ({ claims }) =>
    some(claims?.exactly, (names) => ({
      schema: {
        title: `exactly the claims ${[...names].sort().join(', ')}`,
        type: 'object',
        required: [...names],
        properties: Object.fromEntries(names.map((name) => [name, {}])),
        additionalProperties: false,
      },
    })),
  'claims never': ({ claims }) =>
    some(claims?.never, (names) => ({
      schema: {
        title: `none of the claims ${[...names].sort().join(', ')}`,
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, { type: 'null', not: { type: 'null' } }])),
      },
    })),
} as const satisfies Record<string, (guarantees: Guarantees, otherScopes: readonly string[]) => Rows>

/** A guarantee that contracts of `specs/policy/` prove. */
export type Guarantee = keyof typeof rows
export const guarantees = Object.keys(rows) as readonly Guarantee[]
/** The columns of the rows above, which contracts about a guarantee may name as variants. */
export type GuaranteedValue =
  | 'challenge'
  | 'method'
  | 'goodChallenge'
  | 'goodMethod'
  | 'most'
  | 'grant'
  | 'scopes'
  | 'scope'
  | 'issuer'
  | 'least'
  | 'schema'
  | 'grants'
  | 'thumbprints'
  | 'origin'
  | 'path'

/** A contract's variants, one or more for each consumer with the guarantee: by the consumer's name and the value. */
export function guaranteeRows(guarantee: Guarantee, policy: readonly ConsumerPolicy[]): [string, Row][] {
  return policy.flatMap(({ client, name, user, guarantees, otherScopes }) => {
    const own = rows[guarantee](guarantees, otherScopes)
    return Object.entries(own).map(([value, row]): [string, Row] => {
      // Those of the example are the suite's own: compiling one would be a tenth of every start.
      if (typeof row['schema'] === 'object' && policy !== examplePolicy)
        checkSchema(row['schema'] as Record<string, Json>)
      return [value === '' ? name : `${name}: ${value}`, { ...row, client, user }]
    })
  })
}
