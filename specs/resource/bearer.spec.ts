import {
  bindsClient,
  clientCredentials,
  codeGrant,
  contractTest,
  denied,
  describe,
  entity,
  holds,
  matching,
  may,
  must,
  opened,
  ref,
  resource,
  scopes,
  should,
  site,
  variant,
  wait,
} from '../../helpers/contract/index.ts'

describe('protected resource: the bearer token', () => {
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

  contractTest('bearer.several-tokens', {
    title: 'a request with a token in the header and another in the query opens nothing',
    sources: [bindsClient(must('RFC6750', '2')), should('RFC6750', '3.1')],
    severity: 'low',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machine' },
    control: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token')),
    ],
    variants: {
      'the same': { query: ref('flow.access_token') },
      'another that is none': { query: 'abc' },
    },
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token'), { inQuery: variant('query') }),
    ],
    then: denied('invalid_request'),
  })

  contractTest('bearer.in-body', {
    title: 'what a request is answered that carries its token in the body',
    sources: [may('RFC6750', '2.2')],
    severity: 'info',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machine' },
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token'), { placement: 'body' }),
    ],
    observe: ['status'],
  })

  contractTest('bearer.user-permission', {
    title: 'a scope gives a client nothing that its user may not do',
    sources: [should('RFC9700', '2.3')],
    severity: 'high',
    requires: ['authorization_code', 'resource.debug', 'site.control'],
    given: { client: 'publicPkce', user: 'author' },
    control: [codeGrant({ as: 'flow', user: 'editor' }), resource(ref('flow.access_token'))],
    when: [site('caches.rebuild'), codeGrant({ as: 'flow' }), resource(ref('flow.access_token'))],
    afterwards: [site('caches.rebuild')],
    then: denied('insufficient_scope'),
  })

  contractTest('bearer.scheme-case', {
    title: 'the scheme Bearer is understood in any case',
    sources: [must('RFC9110', '11.1'), must('RFC6750', '2.1')],
    severity: 'low',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machine' },
    variants: { 'small letters': { scheme: 'bearer' }, capitals: { scheme: 'BEARER' } },
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token')),
      resource(ref('flow.access_token'), { scheme: variant('scheme') }),
    ],
    then: opened(),
  })

  contractTest('bearer.other-scheme', {
    title: 'a token under another scheme than Bearer opens nothing',
    sources: [must('RFC6750', '2.1'), must('RFC6750', '3')],
    severity: 'low',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machine' },
    variants: { Token: { scheme: 'Token' }, JWT: { scheme: 'JWT' } },
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token')),
      resource(ref('flow.access_token'), { scheme: variant('scheme') }),
    ],
    then: denied('absent'),
  })

  contractTest('bearer.not-shared', {
    title: 'no shared cache keeps what a token opened',
    sources: [must('RFC9111', '3.5'), must('RFC9111', '5.2.2.7')],
    severity: 'high',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machine' },
    when: [clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }), resource(ref('flow.access_token'))],
    then: [opened(), holds({ 'header.cache-control': matching('\\b(private|no-store)\\b', 'private or no-store') })],
  })
})
