import {
  bindsClient,
  changeUser,
  clientCredentials,
  codeGrant,
  contractTest,
  denied,
  describe,
  holds,
  may,
  must,
  oneOf,
  opened,
  ref,
  resource,
  scopes,
  should,
  signedWith,
  variant,
  wait,
  without,
} from 'simple-oauth-contract'

/** A token with the scope that the resource requires. */
const opening = clientCredentials({ as: 'flow', params: { scope: scopes('debug') } })
const token = ref('flow.access_token')

describe('Protected resource: the bearer token', () => {
  contractTest('bearer.expired', {
    title: 'An expired access token is rejected',
    sources: [must('RFC6749', '7'), must('RFC7519', '4.1.4'), should('RFC6750', '3.1')],
    severity: 'high',
    client: 'shortLived',
    when: [codeGrant({ as: 'flow' }), resource(token), wait('access-token-expiry', 'flow'), resource(token)],
    then: denied('invalid_token'),
  })

  contractTest('bearer.scope-missing', {
    title: 'An access token without the scope that the resource requires is rejected',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'critical',
    requires: ['consumer.scopes'],
    control: [opening, resource(token)],
    when: [clientCredentials({ as: 'flow', params: { scope: scopes('content') } }), resource(token)],
    then: denied('insufficient_scope'),
  })

  contractTest('bearer.user-blocked', {
    title: 'The access token of a blocked user is rejected',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'high',
    user: 'changing',
    when: [codeGrant({ as: 'flow' }), resource(token), changeUser('block'), resource(token)],
    then: denied('invalid_token'),
  })

  contractTest('bearer.missing', {
    title: 'A protected resource rejects a request without a token',
    sources: [must('RFC6750', '3'), must('RFC6749', '7')],
    severity: 'critical',
    control: [opening, resource(token)],
    when: resource(null),
    then: denied('absent'),
  })

  contractTest('bearer.no-session', {
    title: 'The answer to a request with a token opens no browser session',
    // What the session opens, neither the scopes of the token limit nor its lifetime.
    sources: [must('RFC6749', '7')],
    severity: 'critical',
    when: [codeGrant({ as: 'flow' }), resource(token)],
    then: [
      opened(),
      holds({ 'header.set-cookie': without('S?SESS[0-9a-f]{6,}=', 'a session cookie') }, { ifPresent: true }),
    ],
  })

  contractTest('bearer.in-query', {
    title: 'An access token in the query of the URL is rejected',
    sources: [bindsClient(must('RFC9700', '4.3.2')), should('RFC6750', '2.3')],
    severity: 'low',
    when: [opening, resource(token), resource(token, { placement: 'query' })],
    then: denied('absent'),
  })

  contractTest('bearer.several-tokens', {
    title: 'A request with a token in the header and another in the query is rejected',
    sources: [bindsClient(must('RFC6750', '2')), should('RFC6750', '3.1')],
    severity: 'low',
    variants: { 'the same token': token, 'an invalid token': 'abc' },
    when: [opening, resource(token, { inQuery: variant() })],
    then: denied('invalid_request'),
  })

  contractTest('bearer.foreign-issuer', {
    title: "The response of a public page to another issuer's access token is recorded",
    sources: [may('RFC6750', '3.1')],
    severity: 'info',
    when: [opening, resource(signedWith('other-key', { of: 'flow.access_token' }), { at: 'login' })],
    observe: ['status'],
  })

  contractTest('bearer.in-body', {
    title: 'The response to an access token in the request body is recorded',
    sources: [may('RFC6750', '2.2')],
    severity: 'info',
    when: [opening, resource(token, { placement: 'body' })],
    observe: ['status'],
  })

  contractTest('bearer.user-permission', {
    title: 'An access token grants no permission that its user lacks',
    sources: [should('RFC9700', '2.3')],
    severity: 'high',
    user: 'author',
    control: [codeGrant({ as: 'flow', user: 'editor' }), resource(token)],
    // With its own groups, it shares no cache entry with another user's token; isolation.* test that.
    when: [codeGrant({ as: 'flow', authorize: { scope: scopes('debug', 'groupC', 'groupE') } }), resource(token)],
    then: denied('insufficient_scope'),
  })

  contractTest('bearer.scheme-case', {
    title: 'The `Bearer` scheme is accepted in any letter case',
    sources: [must('RFC9110', '11.1'), must('RFC6750', '2.1')],
    severity: 'low',
    variants: { 'lower case': 'bearer', 'upper case': 'BEARER' },
    when: [opening, resource(token), resource(token, { scheme: variant() })],
    then: opened(),
  })

  contractTest('bearer.other-scheme', {
    title: 'An access token sent with a scheme other than `Bearer` is rejected',
    sources: [must('RFC6750', '2.1'), must('RFC6750', '3')],
    severity: 'low',
    variants: ['Token', 'JWT'],
    when: [opening, resource(token), resource(token, { scheme: variant() })],
    then: denied('absent'),
  })

  contractTest('bearer.not-shared', {
    title: 'The response to a valid token does not allow a shared cache to answer for the server',
    sources: [must('RFC6749', '7'), should('ASVS', '14.2.2')],
    severity: 'high',
    when: [opening, resource(token)],
    // RFC 9111 §3.5: without a directive, no cache reuses the response to a request with an Authorization header.
    then: [opened(), holds({ 'shared-cache': oneOf('forbidden', 'unsaid') })],
  })
})
