import {
  bindsClient,
  clientCredentials,
  codeGrant,
  contractTest,
  denied,
  describe,
  entity,
  jwks,
  must,
  ref,
  resource,
  scopes,
  should,
  signedWith,
  site,
  tampered,
  variant,
  wait,
} from '../../helpers/contract/index.ts'

describe('protected resource: the bearer token', () => {
  contractTest('bearer.forged', {
    title: 'a token that the server did not sign opens nothing',
    sources: [must('RFC7515', '5.2'), must('RFC8725', '3.1'), must('RFC8725', '3.2'), should('RFC6750', '3.1')],
    severity: 'critical',
    requires: ['authorization_code', 'resource.debug', 'jwks'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'flow' }), resource(ref('flow.access_token'))],
    variants: {
      'payload changed': { token: tampered('flow.access_token', 'payload') },
      'header changed': { token: tampered('flow.access_token', 'header') },
      'signature changed': { token: tampered('flow.access_token', 'signature') },
      'algorithm none': { token: signedWith('none', { of: 'flow.access_token' }) },
      'key in the token': { token: signedWith('embedded-key', { of: 'flow.access_token' }) },
      'another key': { token: signedWith('other-key', { of: 'flow.access_token' }) },
      'public key as HMAC secret': {
        token: signedWith('public-key-as-secret', { of: 'flow.access_token', keys: 'keys' }),
      },
    },
    when: [codeGrant({ as: 'flow' }), jwks({ as: 'keys' }), resource(variant('token'))],
    then: denied('invalid_token'),
  })

  contractTest('bearer.expired', {
    title: 'an access token that has expired opens nothing',
    sources: [must('RFC6749', '7'), must('RFC7519', '4.1.4'), should('RFC6750', '3.1')],
    severity: 'high',
    requires: ['authorization_code', 'resource.debug'],
    given: { client: 'shortLived', user: 'editor' },
    when: [
      codeGrant({ as: 'flow' }),
      resource(ref('flow.access_token')),
      wait('access-token-expiry', 'flow'),
      resource(ref('flow.access_token')),
    ],
    then: denied('invalid_token'),
  })

  contractTest('bearer.scope-missing', {
    title: 'a token without the scope that the resource needs opens nothing',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'critical',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machine' },
    control: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token')),
    ],
    when: [clientCredentials({ as: 'flow', params: { scope: scopes('content') } }), resource(ref('flow.access_token'))],
    then: denied('insufficient_scope'),
  })

  contractTest('bearer.user-blocked', {
    title: 'the token of a user who was blocked opens nothing',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'high',
    requires: ['authorization_code', 'resource.debug', 'site.control'],
    given: { client: 'publicPkce', user: 'changing' },
    when: [
      codeGrant({ as: 'flow' }),
      resource(ref('flow.access_token')),
      entity({ op: 'user.block', user: 'changing' }),
      resource(ref('flow.access_token')),
    ],
    afterwards: [entity({ op: 'user.unblock', user: 'changing' })],
    then: denied('invalid_token'),
  })

  contractTest('bearer.key-retired', {
    title: 'a token signed with a key that was taken out of use opens nothing',
    sources: [must('RFC8725', '3.1'), must('RFC7515', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'resource.debug', 'site.control'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [
      codeGrant({ as: 'flow' }),
      resource(ref('flow.access_token')),
      site('keys.rotate'),
      resource(ref('flow.access_token')),
    ],
    afterwards: [site('keys.restore'), resource(ref('flow.access_token'))],
    then: denied('invalid_token'),
  })

  contractTest('bearer.none', {
    title: 'a request without a token opens nothing',
    sources: [must('RFC6750', '3'), must('RFC6749', '7')],
    severity: 'critical',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machine' },
    control: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token')),
    ],
    when: [resource(null)],
    then: denied('absent'),
  })

  contractTest('bearer.in-query', {
    title: 'a token in the query of the URL opens nothing',
    sources: [bindsClient(must('RFC9700', '4.3.2')), should('RFC6750', '2.3')],
    severity: 'low',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machine' },
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token')),
      resource(ref('flow.access_token'), { placement: 'query' }),
    ],
    then: denied('absent'),
  })

  contractTest('bearer.user-permission', {
    title: 'a scope gives a client nothing that its user may not do',
    sources: [should('RFC9700', '2.3')],
    severity: 'high',
    requires: ['authorization_code', 'resource.debug', 'site.control'],
    given: { client: 'publicPkce', user: 'author' },
    control: [codeGrant({ as: 'flow', user: 'editor' }), resource(ref('flow.access_token'))],
    when: [site('caches.rebuild'), codeGrant({ as: 'flow' }), resource(ref('flow.access_token'))],
    then: denied('insufficient_scope'),
  })
})
