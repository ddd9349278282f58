import {
  absent,
  authorize,
  clientId,
  codeGrant,
  contractTest,
  denied,
  describe,
  equals,
  granted,
  holds,
  isA,
  joined,
  jwks,
  may,
  must,
  opened,
  ref,
  refresh,
  resource,
  scopes,
  should,
  signedBy,
  signedWith,
  site,
  tampered,
  userId,
  variant,
  without,
} from '../../helpers/contract/index.ts'

/** The scope openid needs no entity: Simple OAuth knows it by itself. */
const openid = { scope: joined(scopes('debug'), ' openid') } as const

describe('OpenID Connect', () => {
  contractTest('openid.id-token', {
    title: 'an id_token names the issuer, the user, the client and its times',
    sources: [must('OIDC', '2'), must('OIDC', '3.1.3.3')],
    severity: 'high',
    requires: ['authorization_code', 'oidc'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ authorize: openid })],
    then: [
      granted(),
      holds({
        'id_token.claims.iss': isA('string'),
        'id_token.claims.sub': userId(),
        'id_token.claims.aud': clientId(),
        'id_token.claims.exp': isA('integer'),
        'id_token.claims.iat': isA('integer'),
      }),
    ],
  })

  contractTest('openid.id-token-signature', {
    title: 'an id_token is signed by a key that the server publishes',
    sources: [must('OIDC', '2'), must('OIDC', '10.1')],
    severity: 'critical',
    requires: ['authorization_code', 'oidc', 'jwks'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [jwks({ as: 'keys' }), codeGrant({ authorize: openid })],
    then: signedBy('keys', 'id_token'),
  })

  contractTest('openid.without-scope', {
    title: 'no id_token comes where openid was not asked for',
    sources: [must('OIDC', '3.1.2.1')],
    severity: 'medium',
    requires: ['authorization_code', 'oidc'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ authorize: openid })],
    when: [codeGrant()],
    then: [granted(), holds({ 'json.id_token': absent() })],
  })

  contractTest('openid.nonce', {
    title: 'the nonce of the request comes back in the id_token, unchanged',
    sources: [must('OIDC', '2'), must('OIDC', '3.1.2.1')],
    severity: 'high',
    requires: ['authorization_code', 'oidc'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ authorize: { ...openid, nonce: 'n-0S6_WzA2Mj' } })],
    then: holds({ 'id_token.claims.nonce': equals('n-0S6_WzA2Mj') }),
  })

  contractTest('openid.refreshed', {
    title: 'an id_token that comes with a refresh names the same user and client',
    sources: [must('OIDC', '12.2')],
    severity: 'medium',
    requires: ['authorization_code', 'refresh_token', 'oidc'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'first', authorize: openid }), refresh('first')],
    then: [granted(), holds({ 'id_token.claims.sub': userId(), 'id_token.claims.aud': clientId() })],
  })

  contractTest('openid.userinfo', {
    title: 'UserInfo opens to a token of OpenID Connect and names the user of the id_token',
    sources: [must('OIDC', '5.3.2')],
    severity: 'high',
    requires: ['authorization_code', 'oidc'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'flow', authorize: openid }), resource(ref('flow.access_token'), { at: 'userinfo' })],
    then: [opened(), holds({ 'json.sub': userId() })],
  })

  contractTest('openid.userinfo-closed', {
    title: 'UserInfo tells nothing without a token',
    sources: [must('OIDC', '5.3'), must('RFC6750', '3')],
    severity: 'critical',
    requires: ['authorization_code', 'oidc'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'flow', authorize: openid }), resource(ref('flow.access_token'), { at: 'userinfo' })],
    when: [resource(null, { at: 'userinfo' })],
    then: denied('absent'),
  })

  contractTest('openid.userinfo-forged', {
    title: 'UserInfo tells nothing to what is no access token of the server',
    sources: [must('OIDC', '5.3'), must('RFC7515', '5.2'), should('RFC6750', '3.1')],
    severity: 'critical',
    requires: ['authorization_code', 'oidc'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'flow', authorize: openid }), resource(ref('flow.access_token'), { at: 'userinfo' })],
    variants: {
      'payload changed': { token: tampered('flow.access_token', 'payload') },
      'algorithm none': { token: signedWith('none', { of: 'flow.access_token' }) },
      'a refresh token': { token: ref('flow.refresh_token') },
    },
    when: [codeGrant({ as: 'flow', authorize: openid }), resource(variant('token'), { at: 'userinfo' })],
    then: denied('invalid_token'),
  })

  contractTest('openid.authorize-by-post', {
    title: 'an authorization request may come by POST as well',
    sources: [must('OIDC', '3.1.2.1')],
    severity: 'low',
    requires: ['authorization_code', 'oidc'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize({ params: openid })],
    when: [authorize({ params: openid, method: 'POST', decision: 'look' })],
    then: holds({ page: equals('consent') }),
  })

  contractTest('openid.userinfo-without-scope', {
    title: 'UserInfo does not open to a token without the scope openid',
    sources: [must('OIDC', '5.3.1')],
    severity: 'medium',
    requires: ['authorization_code', 'oidc'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'flow', authorize: openid }), resource(ref('flow.access_token'), { at: 'userinfo' })],
    when: [codeGrant({ as: 'flow' }), resource(ref('flow.access_token'), { at: 'userinfo' })],
    then: denied('insufficient_scope'),
  })

  contractTest('openid.claims-by-scope', {
    title: 'UserInfo names no mail address where the scope email was not asked for',
    sources: [should('OIDC', '5.4')],
    severity: 'medium',
    requires: ['authorization_code', 'oidc'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'flow', authorize: openid }), resource(ref('flow.access_token'), { at: 'userinfo' })],
    then: [opened(), holds({ json: without('"email":', 'a mail address') })],
  })

  contractTest('openid.id-token-as-access-token', {
    title: 'an id_token opens nothing',
    sources: [must('RFC8725', '3.11'), should('RFC8725', '3.12')],
    severity: 'high',
    requires: ['authorization_code', 'oidc', 'resource.debug'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'flow', authorize: openid }), resource(ref('flow.access_token'))],
    when: [codeGrant({ as: 'flow', authorize: openid }), resource(ref('flow.id_token'))],
    then: denied('invalid_token'),
  })

  contractTest('openid.switched-off', {
    title: 'what UserInfo answers where OpenID Connect is switched off',
    sources: [may('OIDC', '5.3')],
    severity: 'info',
    requires: ['authorization_code', 'oidc', 'site.control'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [
      codeGrant({ as: 'flow', authorize: openid }),
      resource(ref('flow.access_token'), { at: 'userinfo' }),
      site('openid.disable'),
      resource(ref('flow.access_token'), { at: 'userinfo' }),
    ],
    observe: ['status'],
    afterwards: [site('openid.enable'), resource(ref('flow.access_token'), { at: 'userinfo' })],
  })
})
