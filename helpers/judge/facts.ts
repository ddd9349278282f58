import { createHash } from 'node:crypto'
import { header } from '../model/exchange.ts'
import { thumbprint } from '../model/thumbprint.ts'
import { isObject, type Json } from '../model/verdict.ts'
import { attribute, corsReaders, referrerPolicy, sameSite, secureCookie } from './browser-facts.ts'
import { decodeToken, json, member, type Outcome } from './outcome.ts'

/** A fact of an outcome that a case can judge. */
export interface Fact {
  /** What it is, in words. */
  readonly describe: string
  /** Undefined if the outcome does not show it. */
  readonly check: (outcome: Outcome) => Json | undefined
}

/** Members whose JWT parts can be facts. */
export const tokens = ['access_token', 'refresh_token', 'id_token'] as const

const headerOf = ({ last }: Outcome, name: string): string | undefined =>
  (last && header(last.response, name)) ?? undefined

const measured = (path: string, describe: string): readonly [string, Fact] => [
  path,
  { describe, check: ({ facts }) => facts?.[path] },
]

/** Facts that have a path of their own. */
const named: ReadonlyMap<string, Fact> = new Map<string, Fact>([
  ['status', { describe: 'the status code', check: ({ last }) => last?.response.status }],
  [
    'page',
    { describe: 'the page that was served: login, consent, error or other', check: ({ page }) => page ?? undefined },
  ],
  ['body', { describe: 'the body', check: ({ last }) => last?.response.body }],
  ['json', { describe: 'the JSON body', check: json }],
  ['framing', { describe: 'the header that forbids framing', check: framing }],
  [
    'keys.thumbprints',
    { describe: 'the thumbprints of the published keys', check: (outcome) => thumbprints(json(outcome)) },
  ],
  ['shared-cache', { describe: 'what Cache-Control allows shared caches', check: sharedCache }],
  ['keys.bits', { describe: 'the bits of the smallest RSA key', check: (outcome) => smallestKey(json(outcome)) }],
  ['cors.readers', { describe: 'who may read the answer in a browser', check: corsReaders }],
  ['referrer-policy', { describe: 'the referrer policy of the page', check: referrerPolicy }],
  [
    'cookie.http-only',
    {
      describe: 'whether scripts are kept from the session cookie',
      check: (outcome) => attribute(outcome, 'httponly'),
    },
  ],
  [
    'cookie.same-site',
    { describe: 'the SameSite attribute of the session cookie', check: (outcome) => sameSite(outcome) },
  ],
  ['cookie.secure', { describe: 'whether the session cookie is sent over https only', check: secureCookie }],
  measured('answers.internals', 'the answers of the run that disclosed something internal'),
  measured('consent.scopes', 'the number of scopes on the consent form'),
  measured('consent.foreign', 'the number of elements on the consent form that load from another origin'),
  measured('metadata.elsewhere', 'members of the metadata that name an address outside the site'),
  measured('metadata.missing', 'members of the metadata whose address on the site is not found'),
  measured('metadata.broken', 'advertised values that the server rejects'),
  measured('race.successes', 'the number of token responses'),
  measured('race.broken', 'the number of server errors (5xx)'),
  measured('cron.expired', 'the number of expired tokens that cron left'),
  measured('cron.live', 'the number of live tokens that cron left'),
  measured('offers.grants', 'the grants that a consumer of the site has'),
  measured('login.accepted', 'whether the login succeeded'),
])

/** Facts by the first part of their path; the rest is a name. */
const families: Readonly<Record<string, (name: string) => Fact>> = {
  header: (name) => ({ describe: `the header ${name}`, check: (outcome) => headerOf(outcome, name) }),
  json: (name) => ({
    describe: `the member ${name} of the JSON body`,
    check: (outcome) => memberAt(json(outcome), name),
  }),
  callback: (name) => ({
    describe: `the parameter ${name} of the redirect`,
    check: ({ callback }) => callback?.params[name],
  }),
}

/** Of a token: `access_token.claims`, `access_token.claims.exp`, `access_token.header.typ`, `access_token.lifetime`, `access_token.age`. */
function tokenFact(token: string, [part = '', ...rest]: readonly string[]): Fact | undefined {
  const decoded = (outcome: Outcome) => decodeToken(member(json(outcome), token))
  if (part === 'lifetime' && rest.length === 0)
    return {
      describe: `seconds from iat to exp of the ${token}`,
      check: (outcome) => lifetime(decoded(outcome)?.claims),
    }
  if (part === 'age' && rest.length === 0)
    return {
      describe: `seconds from iat of the ${token} to the response`,
      check: (outcome) => age(decoded(outcome)?.claims, outcome),
    }
  if (token === 'id_token' && part === 'at-hash' && rest.length === 0)
    return {
      describe: 'whether at_hash is the hash of the access token',
      check: (outcome) => accessTokenHash(json(outcome)),
    }
  if (part !== 'claims' && part !== 'header') return undefined
  const name = rest.join('.')
  const noun = part === 'claims' ? 'claim' : 'header parameter'
  return {
    describe: name === '' ? `the ${noun}s of the ${token}` : `the ${noun} ${name} of the ${token}`,
    check: (outcome) => (name === '' ? decoded(outcome)?.[part] : memberAt(decoded(outcome)?.[part], name)),
  }
}

/** A member by its name, which may contain dots (`https://example.org/roles`), or by its path. */
function memberAt(value: Json | undefined, path: string): Json | undefined {
  const own = member(value, path)
  if (own !== undefined) return own
  const dots = Array.from(path.matchAll(/\./gu), ({ index }) => index)
  return dots
    .map((dot) => [member(value, path.slice(0, dot)), path.slice(dot + 1)] as const)
    .map(([inner, rest]) => (inner === undefined ? undefined : memberAt(inner, rest)))
    .find((found) => found !== undefined)
}

/** The fact at a path: `status`, `header.cache-control`, `json.expires_in`, `access_token.claims.exp`; undefined for an unknown path. */
export function findFact(path: string): Fact | undefined {
  const own = named.get(path)
  if (own) return own
  const [root = '', ...rest] = path.split('.')
  const name = rest.join('.')
  if (name === '') return undefined
  if ((tokens as readonly string[]).includes(root)) return tokenFact(root, rest)
  return Object.hasOwn(families, root) ? families[root]?.(name) : undefined
}

/**
 * The value of a fact in an outcome, or undefined if the outcome does not show it.
 * @throws Error for an unknown path.
 */
export function fact(outcome: Outcome, path: string): Json | undefined {
  const found = findFact(path)
  if (!found) throw new Error(`unknown fact "${path}"`)
  return found.check(outcome)
}

/** What keeps other sites from framing the page (RFC 7034; `frame-ancestors` of a Content-Security-Policy). */
function framing(outcome: Outcome): string | undefined {
  const policy = headerOf(outcome, 'content-security-policy') ?? ''
  const [, ancestors] = /(?:^|[;,])\s*frame-ancestors\s+([^;,]*)/iu.exec(policy) ?? []
  // CSP Level 3 §6.4.2: `*` and a scheme alone match every site.
  const everybody = ancestors?.split(/\s+/u).some((source) => source === '*' || /^https?:(\/\/\*)?$/iu.test(source))
  if (ancestors !== undefined) return everybody === true ? 'frame-ancestors of every site' : 'frame-ancestors'
  return headerOf(outcome, 'x-frame-options')?.toUpperCase()
}

/** RFC 7638, sorted and separated by spaces; undefined without a key. */
export function thumbprints(keySet: Json | undefined): string | undefined {
  const keys = member(keySet, 'keys')
  if (!Array.isArray(keys)) return undefined
  const found = keys.filter(isObject).map(thumbprint)
  return found.length === 0 ? undefined : [...new Set(found)].sort().join(' ')
}

/**
 * Whether Cache-Control lets shared caches reuse the response for others: `private`, `no-store` and `no-cache` forbid it, the last one
 * unless it is revalidated (RFC 9111 §5.2.2.4 to §5.2.2.7; with a list of fields, only for these); `public`, `s-maxage` and
 * `must-revalidate` allow it even if the request had an Authorization header (§3.5).
 */
function sharedCache(outcome: Outcome): string {
  const directives = (headerOf(outcome, 'cache-control') ?? '').toLowerCase().split(',')
  const names = new Set(directives.map((directive) => directive.trim().replace(/^(s-maxage)\s*=.*$/u, '$1')))
  if (['private', 'no-store', 'no-cache'].some((name) => names.has(name))) return 'forbidden'
  return ['public', 's-maxage', 'must-revalidate'].some((name) => names.has(name)) ? 'allowed' : 'unsaid'
}

/** Bits of the smallest RSA modulus of a key set (RFC 7518 §6.3.1.1). */
function smallestKey(keySet: Json | undefined): number | undefined {
  const keys = member(keySet, 'keys')
  if (!Array.isArray(keys)) return undefined
  const bits = keys.flatMap((key: Json) => {
    const modulus = member(key, 'n')
    return typeof modulus === 'string' ? [Buffer.from(modulus, 'base64url').length * 8] : []
  })
  return bits.length === 0 ? undefined : Math.min(...bits)
}

/** Whole seconds from `iat` to `exp`; fractions are judged separately. */
function lifetime(claims: Json | undefined): number | undefined {
  const [iat, exp] = [member(claims, 'iat'), member(claims, 'exp')]
  return typeof iat === 'number' && typeof exp === 'number' ? Math.floor(exp - iat) : undefined
}

/** OpenID Connect Core §3.2.2.9: the left half of the hash of the algorithm that the `id_token` is signed with. */
function accessTokenHash(response: Json | undefined): string | undefined {
  const [accessToken, idToken] = [member(response, 'access_token'), decodeToken(member(response, 'id_token'))]
  const found = member(idToken?.claims, 'at_hash')
  if (found === undefined || typeof accessToken !== 'string') return undefined
  const algorithm = member(idToken?.header, 'alg')
  const [, bits] = /^[RPE]S(256|384|512)$/u.exec(typeof algorithm === 'string' ? algorithm : '') ?? []
  const whole = createHash(`sha${bits ?? '512'}`)
    .update(accessToken)
    .digest()
  return found === whole.subarray(0, whole.length / 2).toString('base64url') ? 'matches' : 'differs'
}

/**
 * Seconds from `iat` to the response, by the server's own clock. Some servers (Apache) date a response by the arrival of the request, so an
 * `iat` within the duration of the exchange is not in the future.
 */
function age(claims: Json | undefined, { last }: Outcome): number | undefined {
  const [iat, now] = [member(claims, 'iat'), Date.parse((last && header(last.response, 'date')) ?? '')]
  if (typeof iat !== 'number' || Number.isNaN(now)) return undefined
  const seconds = now / 1000 - iat
  return seconds < 0 && -seconds <= Math.ceil((last?.milliseconds ?? 0) / 1000) ? 0 : seconds
}
