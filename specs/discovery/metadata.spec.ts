import {
  clientCredentials,
  contractTest,
  describe,
  document,
  equals,
  holds,
  may,
  must,
  ofSchema,
  oneOf,
  sameAs,
  should,
  variant,
} from 'simple-oauth-contract'

describe('Discovery: metadata of the authorization server', () => {
  contractTest('discovery.metadata', {
    title: 'The server publishes metadata with `code` and `S256` and without implicit or password grants',
    sources: [should('RFC9700', '2.6'), should('RFC9700', '2.1.1')],
    severity: 'low',
    when: document('/.well-known/oauth-authorization-server'),
    then: holds({
      status: equals(200),
      json: ofSchema({
        title: 'metadata with issuer, endpoints, code and S256, without implicit and password',
        type: 'object',
        required: [
          'issuer',
          'authorization_endpoint',
          'token_endpoint',
          'response_types_supported',
          'code_challenge_methods_supported',
        ],
        properties: {
          issuer: { type: 'string', format: 'uri' },
          authorization_endpoint: { type: 'string', format: 'uri' },
          token_endpoint: { type: 'string', format: 'uri' },
          response_types_supported: { type: 'array', contains: { const: 'code' }, items: { not: { const: 'token' } } },
          code_challenge_methods_supported: { type: 'array', contains: { const: 'S256' } },
          grant_types_supported: { type: 'array', items: { not: { enum: ['password', 'implicit'] } } },
        },
      }),
    }),
  })

  contractTest('discovery.issuer', {
    title: '`issuer` is the URL that the metadata was requested at, and the `iss` of access tokens',
    sources: [must('RFC8414', '3.3'), must('OIDC-DISCOVERY', '4.3'), must('RFC7519', '4.1.1')],
    severity: 'high',
    variants: ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
    when: [
      document(variant(), {
        as: 'metadata',
        advertises: 'issuer',
        // A trailing slash is removed before the well-known path is added. §2 requires https, even for a site that is tested over http.
        expect: holds({ 'json.issuer': oneOf('{baseUrl}', '{baseUrl}/', '{httpsBaseUrl}', '{httpsBaseUrl}/') }),
      }),
      clientCredentials(),
    ],
    then: holds({ 'access_token.claims.iss': sameAs('metadata.issuer') }),
  })

  contractTest('discovery.endpoints', {
    title: 'The status of optional endpoints and metadata documents is recorded',
    sources: [may('RFC9700', '2.6')],
    severity: 'info',
    variants: {
      'OpenID Connect metadata': '/.well-known/openid-configuration',
      'protected resource metadata': '/.well-known/oauth-protected-resource',
      revocation: '/oauth/revoke',
      introspection: '/oauth/introspect',
      'device authorization': '/oauth/device_authorization',
      'client registration': '/oauth/register',
    },
    when: document(variant()),
    observe: ['status'],
  })
})
