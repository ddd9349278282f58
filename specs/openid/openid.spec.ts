import {
  absent,
  audienceOfClient,
  authorize,
  between,
  bindsClient,
  codeGrant,
  contractTest,
  denied,
  describe,
  equals,
  exchange,
  granted,
  holds,
  isA,
  joined,
  jwks,
  may,
  must,
  oneOf,
  opened,
  ref,
  refresh,
  resource,
  sameAs,
  scopes,
  should,
  signedBy,
  signedWith,
  site,
  subject,
  tampered,
  variant,
  without,
} from 'simple-oauth-contract'

/** The scope openid needs no entity: Simple OAuth has it built in. */
const openid = { scope: joined(scopes('debug'), ' openid') } as const
const flow = codeGrant({ as: 'flow', authorize: openid })
const userinfo = resource(ref('flow.access_token'), { at: 'userinfo' })

// An ID token is a JWT, so every profile requires the right subject and audience.
const ofUser = must('RFC7519', '4.1.2')
const forClient = must('RFC8725', '3.9')
// No scope covers it.
const beyondScope = must('RFC6749', '7')

describe('OpenID Connect', () => {
  contractTest('openid.id-token', {
    title: 'The `id_token` identifies the issuer, the user and the client, and has `exp` and `iat`',
    sources: [must('OIDC', '2'), must('OIDC', '3.1.3.3'), ofUser, forClient],
    severity: 'high',
    when: codeGrant({ authorize: openid }),
    then: [
      granted(),
      holds(
        {
          'json.id_token': isA('string'),
          'id_token.claims.iss': isA('string'),
          'id_token.claims.exp': isA('integer'),
          'id_token.claims.iat': isA('integer'),
        },
        { source: must('OIDC', '2') },
      ),
      holds({ 'id_token.claims.sub': subject() }, { source: ofUser }),
      holds({ 'id_token.claims.aud': audienceOfClient() }, { source: forClient }),
    ],
  })

  contractTest('openid.id-token-signature', {
    title: 'The `id_token` is signed with a published key',
    sources: [must('OIDC', '2'), must('OIDC', '10.1'), must('RFC7515', '5.2'), must('RFC8725', '3.1')],
    severity: 'critical',
    when: [jwks({ as: 'keys' }), codeGrant({ authorize: openid })],
    then: signedBy('keys', 'id_token'),
  })

  contractTest('openid.without-scope', {
    title: 'No `id_token` is issued unless `openid` was requested',
    sources: [may('OIDC', '3.1.2.1')],
    severity: 'medium',
    control: codeGrant({ authorize: openid }),
    when: codeGrant(),
    then: [granted(), holds({ 'json.id_token': absent() })],
  })

  contractTest('openid.nonce', {
    title: 'The `id_token` contains the `nonce` of the request unchanged',
    sources: [must('OIDC', '2'), must('OIDC', '3.1.2.1')],
    severity: 'high',
    when: codeGrant({ authorize: { ...openid, nonce: 'n-0S6_WzA2Mj' } }),
    then: holds({ 'id_token.claims.nonce': equals('n-0S6_WzA2Mj') }),
  })

  contractTest('openid.refreshed', {
    title: 'An `id_token` that a refresh returns has the issuer, user and audience of the first one',
    sources: [must('OIDC', '12.2'), ofUser, forClient],
    severity: 'medium',
    when: [codeGrant({ as: 'first', authorize: openid }), refresh('first')],
    then: [
      holds(
        { 'id_token.claims.iss': sameAs('first.id_token.claims.iss') },
        { ifPresent: 'json.id_token', source: must('OIDC', '12.2') },
      ),
      holds(
        { 'id_token.claims.sub': sameAs('first.id_token.claims.sub') },
        { ifPresent: 'json.id_token', source: must('OIDC', '12.2') },
      ),
      holds({ 'id_token.claims.sub': subject() }, { ifPresent: 'json.id_token', source: ofUser }),
      holds({ 'id_token.claims.aud': audienceOfClient() }, { ifPresent: 'json.id_token', source: forClient }),
    ],
  })

  contractTest('openid.refreshed-signature', {
    title: 'An `id_token` that a refresh returns is signed with a published key',
    sources: [must('OIDC', '2'), must('OIDC', '12.2'), must('RFC7515', '5.2'), must('RFC8725', '3.1')],
    severity: 'critical',
    when: [jwks({ as: 'keys' }), codeGrant({ as: 'first', authorize: openid }), refresh('first')],
    then: signedBy('keys', 'id_token'),
  })

  contractTest('openid.at-hash', {
    title: 'If the `id_token` contains `at_hash`, it is the hash of the access token in the same response',
    sources: [must('OIDC', '3.2.2.9')],
    severity: 'medium',
    when: codeGrant({ authorize: openid }),
    then: [granted(), holds({ 'id_token.at-hash': equals('matches') }, { ifPresent: true })],
  })

  contractTest('openid.claim-types', {
    title: 'The claims that UserInfo returns have the types of the standard',
    sources: [should('OIDC', '5.1')],
    severity: 'low',
    when: [codeGrant({ as: 'flow', authorize: { scope: joined(scopes('debug'), ' openid profile email') } }), userinfo],
    then: [
      opened(),
      holds(
        {
          'json.email': isA('string'),
          'json.email_verified': isA('boolean'),
          'json.name': isA('string'),
          'json.updated_at': isA('number'),
        },
        { ifPresent: true },
      ),
    ],
  })

  contractTest('openid.userinfo-in-query', {
    title: 'UserInfo rejects an access token in the query of the URL',
    sources: [bindsClient(must('RFC9700', '4.3.2')), should('RFC6750', '2.3')],
    severity: 'low',
    when: [flow, userinfo, resource(ref('flow.access_token'), { at: 'userinfo', placement: 'query' })],
    then: denied('absent'),
  })

  contractTest('openid.userinfo', {
    title: 'UserInfo accepts a token with the `openid` scope and returns the `sub` of its user, and no password',
    sources: [must('OIDC', '5.3.2'), beyondScope],
    severity: 'high',
    when: [flow, userinfo],
    then: [
      opened({ source: must('OIDC', '5.3.2') }),
      holds({ 'json.sub': subject() }, { source: must('OIDC', '5.3.2') }),
      holds({ 'json.sub': sameAs('flow.id_token.claims.sub') }, { source: must('OIDC', '5.3.2') }),
      holds(
        { json: without('"pass(word|wd)?":|\\$(2[aby]|argon2\\w*|S|P|H)\\$', 'a password') },
        { source: beyondScope },
      ),
    ],
  })

  contractTest('openid.userinfo-by-post', {
    title: 'UserInfo also accepts a request by POST',
    sources: [must('OIDC', '5.3.1')],
    severity: 'low',
    when: [flow, resource(ref('flow.access_token'), { at: 'userinfo', method: 'POST' })],
    then: [opened(), holds({ 'json.sub': sameAs('flow.id_token.claims.sub') })],
  })

  contractTest('openid.userinfo-not-shared', {
    title: 'The response of UserInfo does not allow a shared cache to answer for the server',
    // OIDC §5.3: UserInfo is a protected resource.
    sources: [must('RFC6749', '7'), should('ASVS', '14.2.2')],
    severity: 'high',
    when: [flow, userinfo],
    // RFC 9111 §3.5: without a directive, no cache reuses the response to a request with an Authorization header.
    then: [opened(), holds({ 'shared-cache': oneOf('forbidden', 'unsaid') })],
  })

  contractTest('openid.userinfo-closed', {
    title: 'UserInfo rejects a request without a token',
    sources: [must('OIDC', '5.3'), must('RFC6750', '3')],
    severity: 'critical',
    control: [flow, userinfo],
    when: resource(null, { at: 'userinfo' }),
    then: denied('absent'),
  })

  contractTest('openid.userinfo-forged', {
    title: 'UserInfo rejects forged access tokens and refresh tokens',
    sources: [must('OIDC', '5.3'), must('RFC7515', '5.2'), should('RFC6750', '3.1')],
    severity: 'critical',
    variants: {
      'payload changed': tampered('flow.access_token', 'subject'),
      'algorithm none': signedWith('none', { of: 'flow.access_token' }),
      'a refresh token': ref('flow.refresh_token'),
    },
    when: [flow, resource(variant(), { at: 'userinfo' })],
    then: denied('invalid_token'),
  })

  contractTest('openid.authorize-by-post', {
    title: 'An OpenID Connect authorization request is also accepted by POST',
    sources: [must('OIDC', '3.1.2.1')],
    severity: 'low',
    control: authorize({ params: openid }),
    when: authorize({ params: openid, method: 'POST', decision: 'stop' }),
    then: holds({ page: equals('consent') }),
  })

  contractTest('openid.userinfo-without-scope', {
    title: 'UserInfo rejects an access token without the `openid` scope',
    sources: [must('OIDC', '5.3.1')],
    severity: 'medium',
    control: [flow, userinfo],
    when: [codeGrant({ as: 'flow' }), userinfo],
    then: denied('insufficient_scope'),
  })

  contractTest('openid.claims-by-scope', {
    title: 'UserInfo returns no email address unless `email` was requested',
    sources: [should('OIDC', '5.4')],
    severity: 'medium',
    when: [flow, userinfo],
    then: [opened(), holds({ json: without('"email":', 'a mail address') })],
  })

  contractTest('openid.id-token-as-access-token', {
    title: 'An `id_token` is rejected as an access token',
    sources: [must('RFC8725', '3.12'), should('RFC8725', '3.11')],
    severity: 'high',
    when: [flow, resource(ref('flow.id_token'))],
    then: denied('invalid_token'),
  })

  contractTest('openid.switched-off-id-token', {
    title: 'With OpenID Connect switched off, no `id_token` is issued and nothing breaks',
    sources: [should('OIDC', '2')],
    severity: 'medium',
    control: codeGrant({ authorize: openid }),
    when: [
      site('openid.disable'),
      authorize({ as: 'flow', params: openid, expect: holds({ status: between(200, 499) }) }),
      exchange('flow'),
    ],
    then: holds({ status: between(200, 499), 'json.id_token': absent() }),
    afterwards: [site('openid.enable'), codeGrant({ authorize: openid })],
  })

  contractTest('openid.switched-off', {
    title: 'The response of UserInfo with OpenID Connect switched off is recorded',
    sources: [may('OIDC', '5.3')],
    severity: 'info',
    when: [flow, userinfo, site('openid.disable'), userinfo],
    observe: ['status'],
    afterwards: [site('openid.enable'), userinfo],
  })
})
