import {
  between,
  clientCredentials,
  clientSecret,
  contractTest,
  describe,
  holds,
  matching,
  must,
  ofSchema,
  refused,
  should,
  variant,
  without,
  withoutSecret,
} from 'simple-oauth-contract'

describe('Token endpoint: errors', () => {
  contractTest('token.grant-type-missing', {
    title: 'A token request without `grant_type` is rejected with `invalid_request`',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    variants: { 'left out': null, empty: '' },
    when: clientCredentials({ params: { grant_type: variant() } }),
    then: refused('invalid_request'),
  })

  contractTest('token.client-unknown', {
    title: 'An unknown client is rejected with `invalid_client`, and with 401 if it used HTTP Basic',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    variants: {
      'in the body': { params: { client_id: 'no-such-client', client_secret: 'some-secret' }, header: null },
      'in the body, without a secret': { params: { client_id: 'no-such-client' }, header: null },
      'with Basic': { params: { client_id: null }, header: 'Basic bm8tc3VjaC1jbGllbnQ6c29tZS1zZWNyZXQ=' },
    },
    when: clientCredentials({
      authentication: 'none',
      params: variant('params'),
      headers: { authorization: variant('header') },
    }),
    then: refused('invalid_client'),
  })

  contractTest('token.error-silent', {
    title: 'Token errors contain no stack trace and no file path',
    sources: [should('ASVS', '16.5.1')],
    severity: 'medium',
    control: clientCredentials(),
    variants: {
      'wrong secret': { secret: 'not-the-secret-of-this-client', grant: 'client_credentials' },
      'unknown grant': { secret: clientSecret('machine'), grant: 'urn:example:no-such-grant' },
    },
    when: clientCredentials({ secret: variant('secret'), params: { grant_type: variant('grant') } }),
    then: holds({ body: without('#[0-9] |stack|trace|\\.php\\b|/vendor/', 'a stack trace or a path') }),
  })

  contractTest('token.error-shape', {
    title: 'Token errors are JSON with an `error` code of permitted characters',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    variants: {
      'wrong secret': { client_secret: 'not-the-secret-of-this-client' },
      'unknown client': { client_id: 'no-such-client' },
      'no client': { client_id: null },
      'unknown grant': { grant_type: 'urn:example:no-such-grant' },
      'unknown scope': { scope: 'contract:no-such-scope' },
      'scope with quotes': { scope: '"quoted\\"' },
      'scope with non-ASCII characters': { scope: 'Zugriff für änderungen' },
      'malformed code': { grant_type: 'authorization_code', code: 'abc' },
      'malformed refresh token': { grant_type: 'refresh_token', refresh_token: 'abc' },
    },
    when: clientCredentials({ params: variant() }),
    then: holds({
      status: between(400, 499),
      json: ofSchema('token-error'),
      'header.content-type': matching('^application/json(;|$)', 'application/json'),
    }),
  })

  contractTest('token.error-echoes-no-secret', {
    title: 'Token errors do not repeat secrets from the request',
    sources: [should('ASVS', '16.5.1'), must('RFC6749', '5.2')],
    severity: 'medium',
    client: variant('client'),
    requires: ['authorization_code', 'refresh_token'],
    control: clientCredentials({ client: 'machine' }),
    variants: {
      'a client secret': { client: 'machine', params: { client_secret: 'a-value-to-find-again' } },
      'a code': {
        client: 'confidential',
        params: {
          grant_type: 'authorization_code',
          code: 'a-value-to-find-again',
          redirect_uri: 'https://client.example.test/callback',
        },
      },
      'a refresh token': {
        client: 'confidential',
        params: { grant_type: 'refresh_token', refresh_token: 'a-value-to-find-again' },
      },
    },
    when: clientCredentials({ params: variant('params') }),
    then: [
      holds({ body: withoutSecret('a-value-to-find-again') }, { source: should('ASVS', '16.5.1') }),
      holds({ status: between(400, 499) }, { source: must('RFC6749', '5.2') }),
    ],
  })

  contractTest('token.error-headers', {
    title: 'The headers of a token error are recorded',
    sources: [should('RFC6749', '5.2')],
    severity: 'info',
    when: clientCredentials({ params: { scope: 'contract:no-such-scope' } }),
    observe: ['status', 'header.content-type', 'header.cache-control', 'header.pragma'],
  })
})
