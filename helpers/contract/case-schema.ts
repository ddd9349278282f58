import { capabilities } from '../../fixtures/capabilities.ts'
import { facts } from '../../fixtures/facts.ts'
import { clients, scopes, users } from '../../fixtures/roles.ts'
import { documents } from '../../fixtures/sources.ts'
import { severities } from '../model/verdict.ts'
import { guarantees } from './guarantees.ts'

type Schema = Readonly<Record<string, unknown>>

const text = { type: 'string', minLength: 1 }
const anyText = { type: 'string' }
const count = { type: 'number' }
const flag = { type: 'boolean' }
const anything = {}
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` })
const oneOf = (...values: readonly string[]): Schema => ({ enum: values })
const nullable = (schema: Schema): Schema => ({ if: { type: 'null' }, then: {}, else: schema })
const list = (items: Schema): Schema => ({ type: 'array', minItems: 1, items })
const listed = (item: Schema): Schema => ({ if: { type: 'array' }, then: list(item), else: item })
const mapOf = (values: Schema, names: Schema = {}): Schema => ({
  type: 'object',
  propertyNames: names,
  additionalProperties: values,
})

/** An object with these members and no others; a `?` marks one that may be missing. */
function closed(members: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(members).map(([name, schema]) => [name.replace(/\?$/u, ''), schema] as const)
  return {
    type: 'object',
    required: Object.keys(members).filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(entries),
    additionalProperties: false,
  }
}

/** One of several objects, told apart by a member. */
const union = (tag: string, kinds: Readonly<Record<string, Readonly<Record<string, Schema>>>>): Schema => ({
  type: 'object',
  required: [tag],
  discriminator: { propertyName: tag },
  oneOf: Object.entries(kinds).map(([kind, members]) => closed({ [tag]: { const: kind }, ...members })),
})

const client = oneOf(...Object.keys(clients))
const user = oneOf(...Object.keys(users))
const scopeRoles = { type: 'array', items: oneOf(...Object.keys(scopes)) }
const single = ref('single')
const changes = mapOf(ref('param'))
const common = { 'as?': text, 'expect?': ref('expectation') }
const acting = { ...common, 'client?': client }
const authentication = oneOf('body', 'basic', 'basic-encoded', 'both', 'none')
const authorize = {
  ...acting,
  'registered?': text,
  'user?': user,
  'session?': oneOf('shared', 'fresh', 'none', 'kept'),
  'browserOf?': text,
  'verifier?': nullable(single),
  'password?': anyText,
  'loginAgain?': oneOf('stop'),
  'decision?': oneOf('allow', 'deny', 'stop'),
  'form?': changes,
}
const token = {
  ...acting,
  'params?': changes,
  'authentication?': authentication,
  'secret?': single,
  'placement?': oneOf('body', 'query'),
  'query?': changes,
  'method?': single,
  'mediaType?': nullable(single),
  'headers?': changes,
  'body?': single,
}

const computed = union('$', {
  ref: { of: text },
  anotherVerifier: {},
  verifier: { length: count, containing: anyText },
  tampered: {
    of: text,
    at: oneOf(
      'header',
      'subject',
      'expiry',
      'scope',
      'signature',
      'unsigned',
      'middle',
      'end',
      'cut',
      'case',
      'shorter',
    ),
  },
  signedWith: {
    of: text,
    key: oneOf('other-key', 'embedded-key', 'key-at-jku', 'key-at-x5u', 'none', 'public-key-as-secret', 'empty-secret'),
    keys: nullable(text),
    header: mapOf(anyText),
  },
  joined: { parts: list(single) },
  repeated: { values: list(single) },
  scopes: { roles: scopeRoles },
  clientSecret: { client, cut: flag },
  clientOrigin: {},
  siteUrl: {},
})

const change = union('op', {
  'user.block': { user },
  'user.unblock': { user },
  'keys.rotate': {},
  'keys.restore': {},
  'caches.rebuild': {},
  'openid.disable': {},
  'openid.enable': {},
})

const step = union('do', {
  authorize: {
    ...authorize,
    'params?': changes,
    'method?': oneOf('GET', 'HEAD', 'POST'),
    'headers?': mapOf(ref('param')),
  },
  decide: { ...common, of: text, 'decision?': oneOf('allow', 'deny'), 'cookies?': oneOf('now', 'then') },
  logOut: { ...common, of: text },
  codeGrant: { ...authorize, 'authorize?': changes, 'token?': changes, 'authentication?': authentication },
  exchange: { ...token, of: text },
  refresh: { ...token, of: text },
  clientCredentials: token,
  obtain: { ...acting, 'grant?': text, 'scope?': single },
  deviceAuthorization: token,
  verifyUserCode: {
    ...common,
    of: text,
    'user?': user,
    'session?': oneOf('shared', 'none'),
    'decision?': oneOf('allow', 'deny'),
  },
  poll: { ...token, of: text, 'until?': oneOf('decided') },
  register: { ...common, 'metadata?': mapOf(anything), 'body?': single },
  manageRegistration: { ...common, of: text, 'method?': single, 'token?': nullable(single) },
  revoke: { ...token, token: single, 'hint?': nullable(single) },
  introspect: { ...acting, token: single, caller: single, 'credentials?': oneOf('own', 'none', 'wrong') },
  race: { ...common, step: ref('step'), times: { type: 'integer', minimum: 2 } },
  login: { ...common, 'user?': user, 'password?': anyText },
  resource: {
    ...common,
    token: nullable(single),
    'placement?': oneOf('header', 'query', 'body'),
    'inQuery?': single,
    'scheme?': single,
    'at?': oneOf('userinfo', 'rolePage', 'login'),
    'path?': single,
    'method?': single,
    'headers?': mapOf(ref('param')),
  },
  preflight: { ...common, at: oneOf('authorize', 'token', 'resource', 'userinfo', 'content'), origin: single },
  jsonapi: {
    ...common,
    op: oneOf('read', 'create', 'change', 'delete'),
    token: nullable(single),
    'of?': text,
    'headers?': mapOf(ref('param')),
  },
  everyAnswer: common,
  jwks: common,
  offers: common,
  document: { ...common, path: single, 'advertises?': text, 'otherwise?': single },
  metadata: {
    ...acting,
    path: single,
    'try?': oneOf('response_types_supported', 'code_challenge_methods_supported'),
  },
  wait: { ...common, of: text, for: { type: ['string', 'number'] } },
  changeSite: { ...common, change },
})

const factPath = {
  pattern: `^(${Object.keys(facts)
    .map((path) =>
      path.replaceAll('.', '\\.').replace('access_token', '(access|refresh|id)_token').replace('NAME', '.+'),
    )
    .join('|')})$`,
}
const tokenError = oneOf(
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'authorization_pending',
  'slow_down',
  'access_denied',
  'expired_token',
)
const authorizeError = oneOf(
  'invalid_request',
  'unauthorized_client',
  'access_denied',
  'unsupported_response_type',
  'invalid_scope',
  'login_required',
  'consent_required',
  'interaction_required',
  'request_not_supported',
  'request_uri_not_supported',
  'invalid_request_object',
  'invalid_request_uri',
)
const expectation = union('expect', {
  refused: { errors: list(tokenError), 'note?': text, 'source?': ref('source') },
  refusedAtAuthorize: {
    errors: { type: 'array', items: authorizeError },
    delivery: oneOf('redirect', 'page'),
    'source?': ref('source'),
  },
  notGranted: { 'source?': ref('source') },
  grantNotOffered: { 'source?': ref('source') },
  code: { 'source?': ref('source') },
  granted: { 'source?': ref('source') },
  opened: { 'source?': ref('source') },
  denied: {
    error: oneOf('invalid_request', 'invalid_token', 'insufficient_scope', 'absent'),
    'source?': ref('source'),
  },
  notOpened: { 'source?': ref('source') },
  permitted: { 'source?': ref('source') },
  forbidden: { 'source?': ref('source') },
  aboutUser: { 'user?': user, 'source?': ref('source') },
  holds: {
    facts: { ...mapOf(ref('matcher'), factPath), minProperties: 1 },
    'ifPresent?': { type: 'string', ...factPath },
    'source?': ref('source'),
  },
  signedBy: { keys: text, token: oneOf('access_token', 'id_token'), 'source?': ref('source') },
})

const matcher = union('is', {
  equal: { to: anything },
  'equal-to-ref': { ref: text },
  'different-from-ref': { ref: text },
  'one-of': { values: list(anything) },
  'none-of': { values: list(anything) },
  within: { values: list(anything) },
  type: { type: oneOf('string', 'integer', 'number', 'boolean', 'array', 'object') },
  matching: { pattern: { type: 'string', format: 'regex' }, meaning: text },
  without: { pattern: { type: 'string', format: 'regex' }, meaning: text },
  absent: {},
  scopes: { scopes: scopeRoles },
  'scope-names': { names: text },
  'client-lifetime': {},
  'client-id': {},
  'client-audience': {},
  subject: {},
  between: { least: count, most: count },
  schema: { schema: { type: ['string', 'object'] } },
  concealing: { ref: text },
  'concealing-text': { text },
})

/** What `contractTest()` takes, once the values of a variant are filled in: closed, so that a misspelt member is found. */
export const caseSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'One contract, with the values of a variant filled in',
  ...closed({
    title: { type: 'string', minLength: 1, maxLength: 100 },
    sources: list(ref('source')),
    severity: oneOf(...severities),
    'why?': text,
    'client?': client,
    'user?': user,
    'requires?': list(oneOf(...Object.keys(capabilities))),
    'guarantee?': oneOf(...guarantees),
    'control?': { if: { type: 'array' }, then: { items: ref('step') }, else: ref('step') },
    'variants?': { type: ['array', 'object'] },
    'before?': listed(ref('step')),
    when: listed(ref('step')),
    'then?': listed(ref('expectation')),
    'observe?': list({ type: 'string', ...factPath }),
    'slow?': closed({ when: listed(ref('step')), then: ref('expectation') }),
    'afterwards?': listed(ref('step')),
  }),
  $defs: {
    single: { if: { type: 'object' }, then: ref('computed'), else: { type: 'string' } },
    param: nullable(single),
    computed,
    step,
    expectation,
    matcher,
    source: closed({
      document: { type: 'string', if: { pattern: '^x-' }, then: {}, else: oneOf(...Object.keys(documents)) },
      section: text,
      level: oneOf('MUST', 'SHOULD', 'MAY'),
      binds: oneOf('server', 'client'),
    }),
  },
}
