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
} from '../../helpers/contract/index.ts'

describe('token endpoint: errors', () => {
  contractTest('token.grant-type-missing', {
    title: 'a token request without a grant type is refused',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: { 'left out': { grant: null }, empty: { grant: '' } },
    when: [clientCredentials({ params: { grant_type: variant('grant') } })],
    then: refused('invalid_request'),
  })

  contractTest('token.client-unknown', {
    title: 'a client that nobody knows is refused, and challenged where it used HTTP Basic',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: {
      'in the body': { params: { client_id: 'no-such-client', client_secret: 'some-secret' }, header: null },
      'in the body, without a secret': { params: { client_id: 'no-such-client' }, header: null },
      'with Basic': { params: { client_id: null }, header: 'Basic bm8tc3VjaC1jbGllbnQ6c29tZS1zZWNyZXQ=' },
    },
    when: [
      clientCredentials({
        authentication: 'none',
        params: variant('params'),
        headers: { authorization: variant('header') },
      }),
    ],
    then: refused('invalid_client'),
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

  contractTest('token.error-shape', {
    title: 'an error is JSON with a code, in the characters that the standard allows',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: {
      'wrong secret': { params: { client_secret: 'not-the-secret-of-this-client' } },
      'unknown client': { params: { client_id: 'no-such-client' } },
      'no client': { params: { client_id: null } },
      'unknown grant': { params: { grant_type: 'urn:example:no-such-grant' } },
      'unknown scope': { params: { scope: 'contract:no-such-scope' } },
      'scope with quotes': { params: { scope: '"quoted\\"' } },
      'scope beyond ASCII': { params: { scope: 'Zugriff für änderungen' } },
      'unreadable code': { params: { grant_type: 'authorization_code', code: 'abc' } },
      'unreadable refresh token': { params: { grant_type: 'refresh_token', refresh_token: 'abc' } },
    },
    when: [clientCredentials({ params: variant('params') })],
    then: holds({
      status: between(400, 499),
      json: ofSchema('token-error'),
      'header.content-type': matching('^application/json(;|$)', 'application/json'),
    }),
  })

  contractTest('token.error-echoes-no-secret', {
    title: 'an error repeats no secret of the request',
    sources: [should('RFC6749', '10.4'), should('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials', 'authorization_code', 'refresh_token'],
    given: { client: variant('client') },
    control: [clientCredentials({ client: 'machine' })],
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
    when: [clientCredentials({ params: variant('params') })],
    then: holds({ status: between(400, 499), body: without('a-value-to-find-again', 'the value that was sent') }),
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
