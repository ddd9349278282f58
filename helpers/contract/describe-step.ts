import { raceRounds, type Step } from '../oauth/steps.ts'

/** What a step does, in words; by default its own name. */
const names: Readonly<Record<string, string>> = {
  authorize: 'the authorization request, with login and consent',
  decide: 'the user decides on the consent page that was left open',
  logOut: 'the user logs out in the browser of an earlier step',
  codeGrant: 'the whole authorization code grant: authorization request, login, consent, redemption of the code',
  exchange: 'the code is redeemed',
  refresh: 'the refresh token is used',
  clientCredentials: 'a token is requested with client credentials',
  obtain: 'a token is requested with a grant of the client',
  deviceAuthorization: 'a device requests a code for its user',
  verifyUserCode: 'the user types the code of the device into the verification page, and decides',
  poll: 'the device asks for its tokens',
  register: 'a client registers itself',
  manageRegistration: 'the registration of a client is requested',
  revoke: 'a token is revoked',
  introspect: 'the server is asked whether a token is active',
  login: 'a user logs in',
  resource: 'the protected resource is requested',
  preflight: 'a browser asks whether a script of another origin may request the endpoint (CORS preflight)',
  jsonapi: 'content is requested with JSON:API',
  everyAnswer: 'all answers of the run so far are examined',
  jwks: 'the public keys are requested',
  document: 'a public document is requested',
  offers: 'drush is asked what the site offers',
  metadata: 'the metadata is requested, and what it advertises is tried',
  wait: 'time passes',
  changeUser: 'the user is changed',
  changeConsumer: 'the consumer is changed',
  changeSite: 'the site is changed',
}

/** Where an option of a step makes its changes, in words; by default its own name. */
const places: Readonly<Record<string, string>> = {
  params: '',
  authorize: 'in the authorization request ',
  token: 'in the token request ',
  form: 'in the consent form ',
  headers: 'with the header ',
  query: 'in the URL ',
}

const values: Readonly<Record<string, (value: { readonly [member: string]: unknown }) => string>> = {
  ref: ({ of }) => describeRef(String(of)),
  anotherVerifier: () => 'a well-formed verifier that belongs to no challenge',
  verifier: ({ length, containing }) =>
    `a fresh verifier of ${String(length)} characters${containing === '' ? '' : ` with ${JSON.stringify(containing)} in it`}`,
  tampered: ({ of, at }) => `${describeRef(String(of))}, changed (${String(at)})`,
  signedWith: ({ of, key }) => `${describeRef(String(of))}, signed again (${String(key)})`,
  repeated: ({ values: all }) => `sent several times: ${listed(all, ', then ')}`,
  joined: ({ parts }) => listed(parts, ' followed by '),
  scopes: ({ roles }) => `the scopes ${listed(roles, ', ').replaceAll('"', '')}`,
  clientOrigin: () => "the origin of the client's redirect URI",
  siteUrl: () => 'the base URL of the site',
  clientSecret: ({ client, cut }) => `the ${cut === true ? 'beginning of the ' : ''}secret of ${String(client)}`,
}

/** One step of a case in words, from its data: what it does, and every difference from the correct flow. */
export function describeStep(step: Step): string {
  const { do: what, as, expect, ...options } = step
  const all = options as { readonly [option: string]: unknown }
  const details =
    step.do === 'race'
      ? [`${step.times} times at once, in up to ${String(raceRounds)} rounds: ${describeStep(step.step)}`]
      : step.do === 'changeSite'
        ? ['url' in step.change ? `${step.change.op} ${step.change.url}` : step.change.op]
        : Object.entries(all).flatMap(([name, value]) => describeOption(name, value))
  return [
    [names[what] ?? (what === 'race' ? '' : what), ...details].filter((part) => part !== '').join('; '),
    ...(as === undefined ? [] : [`(called "${as}")`]),
    ...(expect === undefined ? [] : ['(judged as well)']),
  ].join(' ')
}

function describeOption(name: string, value: unknown): string[] {
  if (name in places && typeof value === 'object' && value !== null && !('$' in value)) {
    const place = places[name] ?? ''
    return Object.entries(value).map(([parameter, param]) =>
      param === null ? `${place}without ${parameter}` : `${place}${parameter} = ${describeValue(param)}`,
    )
  }
  if (name === 'metadata' && typeof value === 'object' && value !== null)
    return Object.entries(value).map(([member, part]) => `${member} = ${describeValue(part)}`)
  if (name === 'body') return [`a different body: ${describeValue(value)}`]
  if (name === 'inQuery') return [`also in the query: ${describeValue(value)}`]
  if (name === 'change' && typeof value === 'object' && value !== null)
    return Object.entries(value).map(([setting, now]) => `${setting}: ${[now].flat().join(', ') || 'none'}`)
  if (name === 'of') return [`of "${String(value)}"`]
  if (name === 'for')
    return [typeof value === 'number' ? `${value} seconds` : `until ${String(value).replaceAll('-', ' ')}`]
  if (value === null) return [`without ${nothing[name] ?? `a ${name}`}`]
  return [`${name}: ${typeof value === 'string' ? value : describeValue(value)}`]
}

const nothing: Readonly<Record<string, string>> = { verifier: 'PKCE', mediaType: 'a media type' }

const longest = 100

function describeValue(value: unknown): string {
  if (typeof value === 'object' && value !== null && '$' in value) {
    const { $, ...rest } = value
    return values[String($)]?.(rest) ?? [$, ...Object.values(rest).map((part) => JSON.stringify(part))].join(' ')
  }
  const text = JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}… (${String(text.length - 2)} characters)` : text
}

const listed = (all: unknown, between: string): string =>
  (Array.isArray(all) ? all.map(describeValue) : [describeValue(all)]).join(between)

/** `first.refresh_token` → `the refresh_token of "first"`; `this` is the same request. */
function describeRef(of: string): string {
  const [name = '', ...path] = of.split('.')
  return `the ${path.join('.')} of ${name === 'this' ? 'this flow' : `"${name}"`}`
}
