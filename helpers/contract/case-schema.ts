import { capabilities } from '../../fixtures/capabilities.ts'
import { clients, scopes, users } from '../../fixtures/roles.ts'
import { documents } from '../../fixtures/sources.ts'
import { severities } from '../model/verdict.ts'
import { consumerActs, userChanges } from '../model/target.ts'
import { expectation, factPath, matcher } from './expectation-schema.ts'
import { guarantees } from './guarantees.ts'
import {
  anything,
  anyText,
  closed,
  count,
  flag,
  list,
  listed,
  mapOf,
  nullable,
  oneOf,
  ref,
  text,
  union,
  type Schema,
} from './json-schema.ts'

const client = oneOf(...Object.keys(clients))
const user = oneOf(...Object.keys(users))
const scopeRoles = { type: 'array', items: oneOf(...Object.keys(scopes)) }
const single = ref('single')
const changes = mapOf(ref('param'))
const common = { 'as?': text, 'expect?': ref('expectation') }
const acting = { ...common, 'client?': client }
const authentication = oneOf('body', 'basic', 'basic-encoded', 'basic-lower-case', 'both', 'none')
const authorize = {
  ...acting,
  'registered?': text,
  'user?': user,
  'session?': oneOf('shared', 'fresh', 'none', 'kept', 'ended'),
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
  'keys.replace': {},
  'keys.restore': {},
  'caches.rebuild': {},
  cron: {},
  'openid.disable': {},
  'openid.enable': {},
})

const newSettings = {
  ...closed({
    'pkce?': flag,
    'grantTypes?': { type: 'array', items: oneOf('authorization_code', 'refresh_token', 'client_credentials') },
    'redirectUris?': { type: 'array', items: text },
    'scopes?': scopeRoles,
  }),
  minProperties: 1,
}

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
    'ownAddress?': { const: true },
    'cookieOf?': user,
    'ifIssued?': { const: true },
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
  changeUser: { ...common, change: oneOf(...userChanges, 'logOut'), 'user?': user },
  changeConsumer: { ...acting, change: { if: { type: 'object' }, then: newSettings, else: oneOf(...consumerActs) } },
  changeSite: { ...common, change },
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
