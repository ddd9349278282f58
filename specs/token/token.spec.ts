import {
  absent,
  authorize,
  between,
  bindsClient,
  clientCredentials,
  codeGrant,
  contractTest,
  describe,
  exactScopes,
  exchange,
  granted,
  holds,
  matching,
  may,
  must,
  obtain,
  refused,
  repeated,
  scopes,
  tampered,
  variant,
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

  contractTest('token.not-cached-by-other-grants', {
    title: 'no cache may store the response to a refresh or to client credentials, either',
    sources: [must('RFC6749', '5.1')],
    severity: 'medium',
    requires: ['authorization_code', 'refresh_token', 'client_credentials'],
    given: { client: variant('client'), user: 'editor' },
    variants: {
      'a refresh': { client: 'publicPkce', grant: 'refresh_token' },
      'client credentials': { client: 'machine', grant: 'client_credentials' },
    },
    when: [obtain({ grant: variant('grant') })],
    then: [
      granted(),
      holds({
        'header.cache-control': matching('\\bno-store\\b', 'no-store'),
        'header.pragma': matching('\\bno-cache\\b', 'no-cache'),
      }),
    ],
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
      device: { grant: 'urn:ietf:params:oauth:grant-type:device_code' },
      'token exchange': { grant: 'urn:ietf:params:oauth:grant-type:token-exchange' },
      'an assertion': { grant: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
      'in capitals': { grant: 'CLIENT_CREDENTIALS' },
      unknown: { grant: 'urn:example:no-such-grant' },
    },
    when: [
      clientCredentials({ params: { grant_type: variant('grant'), username: 'someone', password: 'some-password' } }),
    ],
    then: refused('unsupported_grant_type'),
  })

  contractTest('token.method', {
    title: 'tokens are given to POST and to no other method',
    sources: [bindsClient(must('RFC6749', '3.2'))],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: { PUT: { method: 'PUT' }, PATCH: { method: 'PATCH' }, DELETE: { method: 'DELETE' } },
    when: [clientCredentials({ method: variant('method') })],
    then: holds({ status: between(400, 499), 'json.access_token': absent() }),
  })

  contractTest('token.get', {
    title: 'a GET, which ends in histories and logs, gives no token',
    sources: [bindsClient(must('RFC6749', '3.2')), bindsClient(must('RFC6749', '2.3.1'))],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    when: [clientCredentials({ method: 'GET', placement: 'query' })],
    then: holds({ status: between(400, 499), 'json.access_token': absent() }),
  })

  contractTest('token.other-methods', {
    title: 'what the token endpoint answers to methods that only ask about it',
    sources: [may('RFC6749', '3.2')],
    severity: 'info',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    variants: {
      HEAD: { method: 'HEAD', origin: null },
      OPTIONS: { method: 'OPTIONS', origin: null },
      'a preflight of a browser': { method: 'OPTIONS', origin: 'https://client.example.test' },
    },
    when: [
      clientCredentials({
        method: variant('method'),
        placement: 'query',
        authentication: 'none',
        params: { grant_type: null, client_id: null },
        headers: { origin: variant('origin') },
      }),
    ],
    observe: ['status', 'header.allow', 'header.access-control-allow-origin'],
  })

  contractTest('token.request-media-type', {
    title: 'a token request that is no form is refused',
    sources: [bindsClient(must('RFC6749', '4.4.2'))],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: { JSON: { type: 'application/json' }, text: { type: 'text/plain' }, 'none named': { type: null } },
    when: [clientCredentials({ mediaType: variant('type') })],
    then: refused(['invalid_request', 'invalid_client', 'unsupported_grant_type']),
  })

  contractTest('token.request-multipart', {
    title: 'what a token request in the format of uploads is answered',
    sources: [may('RFC6749', '4.4.2')],
    severity: 'info',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials({ mediaType: 'multipart/form-data' })],
    observe: ['status'],
  })

  contractTest('token.secret-of-public-client', {
    title: 'what a public client is answered that sends a secret',
    sources: [may('RFC6749', '3.2.1')],
    severity: 'info',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ token: { client_secret: 'not-a-secret-of-this-client' } })],
    observe: ['status'],
  })

  contractTest('token.unknown-parameter', {
    title: 'parameters that mean nothing in an exchange are ignored',
    sources: [must('RFC6749', '3.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    variants: {
      unknown: { params: { 'contract-unknown': '1' } },
      'of another endpoint': { params: { response_type: 'token', code_challenge_method: 'plain', state: 'a-state' } },
      'of another grant': { params: { refresh_token: 'a-refresh-token', username: 'someone' } },
      'another scope': { params: { scope: scopes('profiles') } },
    },
    when: [authorize({ as: 'flow' }), exchange('flow', { params: variant('params') })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('token.empty-parameter', {
    title: 'a parameter of a token request without a value counts as left out',
    sources: [must('RFC6749', '3.2')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials({ params: { scope: '', code: '', redirect_uri: '', code_verifier: '' } })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
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
})
