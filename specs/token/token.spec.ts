import {
  absent,
  authorize,
  between,
  bindsClient,
  clientCredentials,
  clientOrigin,
  clientSecret,
  codeGrant,
  contractTest,
  describe,
  exactScopes,
  exchange,
  grantNotOffered,
  granted,
  holds,
  matching,
  may,
  must,
  obtain,
  preflight,
  ref,
  refresh,
  refused,
  repeated,
  scopes,
  tampered,
  variant,
} from 'simple-oauth-contract'

const notCached = holds({
  'header.cache-control': matching('\\bno-store\\b', 'no-store'),
  'header.pragma': matching('\\bno-cache\\b', 'no-cache'),
})

describe('Token endpoint: requests and responses', () => {
  contractTest('token.not-cached', {
    title: 'A token response is sent with `Cache-Control: no-store` and `Pragma: no-cache`',
    sources: [must('RFC6749', '5.1')],
    severity: 'medium',
    when: codeGrant(),
    then: notCached,
  })

  contractTest('token.not-cached-by-other-grants', {
    title: 'Refresh and client credentials responses are also sent with `no-store` and `no-cache`',
    sources: [must('RFC6749', '5.1')],
    severity: 'medium',
    client: variant('client'),
    variants: {
      refresh: { client: 'publicPkce', grant: 'refresh_token' },
      'client credentials': { client: 'machine', grant: 'client_credentials' },
    },
    when: obtain({ grant: variant('grant') }),
    then: [granted(), notCached],
  })

  contractTest('token.grants-not-offered', {
    title: 'A well-formed request is rejected for a grant type that Simple OAuth does not offer',
    sources: [must('RFC9700', '2.4'), must('RFC6749', '5.2')],
    severity: 'high',
    client: 'machine',
    requires: ['client_credentials'],
    variants: {
      password: 'password',
      'device code': 'urn:ietf:params:oauth:grant-type:device_code',
      'token exchange': 'urn:ietf:params:oauth:grant-type:token-exchange',
      'JWT assertion': 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'upper case': 'CLIENT_CREDENTIALS',
      unknown: 'urn:example:no-such-grant',
    },
    when: obtain({ grant: variant() }),
    then: grantNotOffered(),
  })

  contractTest('token.password-grant', {
    title: 'No module of the site offers the password grant, to whichever client',
    sources: [must('RFC9700', '2.4'), must('RFC6749', '5.2')],
    severity: 'high',
    client: 'everyGrant',
    control: clientCredentials({ params: { scope: scopes('content') } }),
    when: obtain({ grant: 'password', scope: scopes('content') }),
    then: grantNotOffered(),
  })

  contractTest('token.secret-in-query', {
    title: 'A secret, code or verifier in the URL is not taken, even with the rest in the body',
    sources: [must('ASVS', '14.2.1'), bindsClient(must('RFC6749', '2.3.1'))],
    severity: 'medium',
    client: 'confidential',
    control: [codeGrant({ as: 'flow' }), refresh('flow')],
    variants: {
      client_secret: {
        params: { client_secret: null },
        query: { client_secret: clientSecret('confidential') },
      },
      code: { params: { code: null }, query: { code: ref('flow.code') } },
      code_verifier: { params: { code_verifier: null }, query: { code_verifier: ref('flow.code_verifier') } },
    },
    when: [authorize({ as: 'flow' }), exchange('flow', { params: variant('params'), query: variant('query') })],
    then: [
      holds({ 'json.access_token': absent() }, { source: must('ASVS', '14.2.1') }),
      holds({ status: between(400, 499) }, { source: bindsClient(must('RFC6749', '2.3.1')) }),
    ],
  })

  contractTest('token.refresh-token-in-query', {
    title: 'A refresh token in the URL is not taken, even with the rest in the body',
    sources: [must('ASVS', '14.2.1'), bindsClient(must('RFC6749', '2.3.1'))],
    severity: 'medium',
    when: [
      codeGrant({ as: 'flow' }),
      refresh('flow', { params: { refresh_token: null }, query: { refresh_token: ref('flow.refresh_token') } }),
    ],
    then: [
      holds({ 'json.access_token': absent() }, { source: must('ASVS', '14.2.1') }),
      holds({ status: between(400, 499) }, { source: bindsClient(must('RFC6749', '2.3.1')) }),
    ],
  })

  contractTest('token.own-origin', {
    title: "What the endpoints of scripts tell a browser about the client's own origin is recorded",
    sources: [may('RFC9700', '2.6')],
    severity: 'info',
    variants: ['token', 'resource', 'userinfo', 'content'],
    when: preflight(variant(), clientOrigin()),
    observe: ['status', 'cors.readers', 'header.access-control-allow-headers'],
  })

  contractTest('token.method', {
    title: 'The token endpoint issues no token for PUT, PATCH or DELETE',
    sources: [bindsClient(must('RFC6749', '3.2'))],
    severity: 'medium',
    variants: ['PUT', 'PATCH', 'DELETE'],
    when: clientCredentials({ method: variant() }),
    then: holds({ status: between(400, 499), 'json.access_token': absent() }),
  })

  contractTest('token.get', {
    title: 'The token endpoint issues no token for a GET request',
    sources: [must('ASVS', '14.2.1'), bindsClient(must('RFC6749', '3.2')), bindsClient(must('RFC6749', '2.3.1'))],
    severity: 'medium',
    when: clientCredentials({ method: 'GET', placement: 'query' }),
    then: [
      holds({ 'json.access_token': absent() }, { source: must('ASVS', '14.2.1') }),
      holds({ status: between(400, 499) }, { source: bindsClient(must('RFC6749', '3.2')) }),
    ],
  })

  contractTest('token.other-methods', {
    title: 'The responses of the token endpoint to HEAD and OPTIONS are recorded',
    sources: [may('RFC6749', '3.2')],
    severity: 'info',
    variants: {
      HEAD: { method: 'HEAD', origin: null },
      OPTIONS: { method: 'OPTIONS', origin: null },
      'CORS preflight': { method: 'OPTIONS', origin: 'https://client.example.test' },
    },
    when: clientCredentials({
      method: variant('method'),
      placement: 'query',
      authentication: 'none',
      params: { grant_type: null, client_id: null },
      headers: { origin: variant('origin') },
    }),
    observe: ['status', 'header.allow', 'header.access-control-allow-origin'],
  })

  contractTest('token.request-media-type', {
    title: 'A token request without the media type of a form is rejected',
    sources: [bindsClient(must('RFC6749', '4.4.2'))],
    severity: 'low',
    variants: { JSON: 'application/json', 'plain text': 'text/plain', 'no media type': null },
    when: clientCredentials({ mediaType: variant() }),
    then: refused(['invalid_request', 'invalid_client', 'unsupported_grant_type']),
  })

  contractTest('token.request-multipart', {
    title: 'The response to a `multipart/form-data` token request is recorded',
    sources: [may('RFC6749', '4.4.2')],
    severity: 'info',
    when: clientCredentials({ mediaType: 'multipart/form-data' }),
    observe: ['status'],
  })

  contractTest('token.secret-of-public-client', {
    title: 'The response to a public client that sends a secret is recorded',
    sources: [may('RFC6749', '3.2.1')],
    severity: 'info',
    when: codeGrant({ token: { client_secret: 'not-a-secret-of-this-client' } }),
    observe: ['status'],
  })

  contractTest('token.unknown-parameter', {
    title: 'Unknown and irrelevant parameters of a code redemption are ignored',
    sources: [must('RFC6749', '3.2')],
    severity: 'medium',
    variants: {
      unknown: { 'contract-unknown': '1' },
      'of another endpoint': { response_type: 'token', code_challenge_method: 'plain', state: 'a-state' },
      'of another grant': { refresh_token: 'a-refresh-token', username: 'someone' },
      'another scope': { scope: scopes('profiles') },
    },
    when: [authorize({ as: 'flow' }), exchange('flow', { params: variant() })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('token.empty-parameter', {
    title: 'An empty parameter of a token request is treated as omitted',
    sources: [must('RFC6749', '3.2')],
    severity: 'medium',
    when: clientCredentials({ params: { scope: '', code: '', redirect_uri: '', code_verifier: '' } }),
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('token.media-type', {
    title: 'A token response has the media type `application/json`',
    sources: [must('RFC6749', '5.1')],
    severity: 'medium',
    when: clientCredentials(),
    then: [granted(), holds({ 'header.content-type': matching('^application/json(;|$)', 'application/json') })],
  })

  contractTest('token.grant-not-enabled', {
    title: 'A grant that is not enabled for the client is rejected with `unauthorized_client`',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    client: 'confidential',
    requires: ['authorization_code', 'consumer.grants'],
    control: clientCredentials({ client: 'machine', params: { scope: scopes('content') } }),
    when: clientCredentials({ params: { scope: scopes('content') } }),
    then: refused('unauthorized_client'),
  })

  contractTest('token.repeated-parameter', {
    title: 'A token request with a repeated parameter is rejected with `invalid_request`',
    sources: [must('RFC6749', '5.2'), bindsClient(must('RFC6749', '3.2'))],
    severity: 'low',
    when: clientCredentials({ params: { scope: repeated(scopes('debug'), scopes('content')) } }),
    then: refused('invalid_request'),
  })

  contractTest('token.parameters-in-query', {
    title: 'A token request with its parameters in the query of the URL is rejected',
    sources: [bindsClient(must('RFC6749', '2.3.1'))],
    severity: 'low',
    when: clientCredentials({ placement: 'query' }),
    then: refused(['invalid_request', 'invalid_client', 'unsupported_grant_type']),
  })

  contractTest('token.client-id-case', {
    title: 'The `client_id` is compared case-sensitively',
    sources: [must('RFC6749', '1.9'), must('RFC6749', '2.2')],
    severity: 'low',
    control: codeGrant(),
    when: [codeGrant({ as: 'flow' }), codeGrant({ token: { client_id: tampered('flow.client_id', 'case') } })],
    then: refused(['invalid_client', 'invalid_grant']),
  })
})
