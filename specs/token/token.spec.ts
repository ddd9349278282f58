import {
  bindsClient,
  clientCredentials,
  clientSecret,
  codeGrant,
  contractTest,
  describe,
  granted,
  holds,
  matching,
  must,
  refused,
  repeated,
  scopes,
  should,
  tampered,
  variant,
  without,
} from '../../helpers/contract/index.ts'

describe('token endpoint: requests and responses', () => {
  contractTest('token.not-cached', {
    title: 'a token response must not be stored by any cache',
    sources: [must('RFC6749', '5.1')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({
      'header.cache-control': matching('\\bno-store\\b', 'no-store'),
      'header.pragma': matching('\\bno-cache\\b', 'no-cache'),
    }),
  })

  contractTest('token.grants-not-offered', {
    title: 'grants that Simple OAuth no longer offers are refused',
    sources: [must('RFC9700', '2.4'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: {
      password: { grant: 'password' },
      implicit: { grant: 'implicit' },
      unknown: { grant: 'urn:example:no-such-grant' },
    },
    when: [
      clientCredentials({ params: { grant_type: variant('grant'), username: 'someone', password: 'some-password' } }),
    ],
    then: refused('unsupported_grant_type'),
  })

  contractTest('token.media-type', {
    title: 'a token response is JSON and says so',
    sources: [must('RFC6749', '5.1')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials()],
    then: [granted(), holds({ 'header.content-type': matching('^application/json(;|$)', 'application/json') })],
  })

  contractTest('token.grant-not-enabled', {
    title: 'a grant that is not enabled for the client is refused',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['client_credentials', 'authorization_code'],
    given: { client: 'confidential' },
    control: [clientCredentials({ client: 'machine', params: { scope: scopes('content') } })],
    when: [clientCredentials({ params: { scope: scopes('content') } })],
    then: refused('unauthorized_client'),
  })

  contractTest('token.repeated-parameter', {
    title: 'a request that repeats a parameter is refused',
    sources: [must('RFC6749', '3.2')],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    when: [clientCredentials({ params: { scope: repeated(scopes('debug'), scopes('content')) } })],
    then: refused('invalid_request'),
  })

  contractTest('token.error-silent', {
    title: 'an error tells nothing of the inside of the server',
    sources: [should('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: {
      'wrong secret': { secret: 'not-the-secret-of-this-client', grant: 'client_credentials' },
      'unknown grant': { secret: clientSecret('machine'), grant: 'urn:example:no-such-grant' },
    },
    when: [clientCredentials({ secret: variant('secret'), params: { grant_type: variant('grant') } })],
    then: holds({ body: without('#[0-9] |stack|trace|\\.php\\b|/vendor/', 'a stack trace or a path') }),
  })

  contractTest('token.parameters-in-query', {
    title: 'a token request in the query of the URL, where logs keep it, is refused',
    sources: [bindsClient(must('RFC6749', '2.3.1'))],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    when: [clientCredentials({ placement: 'query' })],
    then: refused(['invalid_request', 'invalid_client', 'unsupported_grant_type']),
  })

  contractTest('token.client-id-case', {
    title: 'a client_id in another case names another client',
    sources: [must('RFC6749', '1.9'), must('RFC6749', '2.2')],
    severity: 'low',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    when: [codeGrant({ as: 'flow' }), codeGrant({ token: { client_id: tampered('flow.client_id', 'case') } })],
    then: refused(['invalid_client', 'invalid_grant']),
  })

  contractTest('token.error-headers', {
    title: 'what headers an error of the token endpoint carries',
    sources: [should('RFC6749', '5.2')],
    severity: 'info',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials({ params: { scope: 'contract:no-such-scope' } })],
    observe: ['status', 'header.content-type', 'header.cache-control', 'header.pragma'],
  })
})
