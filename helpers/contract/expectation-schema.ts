import { facts } from '../../fixtures/facts.ts'
import { scopes, users } from '../../fixtures/roles.ts'
import { anything, count, list, mapOf, oneOf, ref, text, union } from './json-schema.ts'

const user = oneOf(...Object.keys(users))
const scopeRoles = { type: 'array', items: oneOf(...Object.keys(scopes)) }
export const factPath = {
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
const bearerErrors = ['invalid_request', 'invalid_token', 'insufficient_scope']
export const expectation = union('expect', {
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
    error: { if: { type: 'array' }, then: list(oneOf(...bearerErrors)), else: oneOf(...bearerErrors, 'absent') },
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

export const matcher = union('is', {
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
