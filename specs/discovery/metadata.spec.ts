import {
  contractTest,
  describe,
  document,
  equals,
  holds,
  may,
  ofSchema,
  should,
  variant,
} from '../../helpers/contract/index.ts'

describe('discovery: what the server publishes about itself', () => {
  contractTest('discovery.metadata', {
    title: 'the server publishes metadata, and it promises what the server does',
    sources: [should('RFC9700', '2.6'), should('RFC9700', '2.1.1')],
    severity: 'low',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce' },
    when: [document('/.well-known/oauth-authorization-server')],
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

  contractTest('discovery.endpoints', {
    title: 'which further endpoints and documents there are',
    sources: [may('RFC9700', '2.6')],
    severity: 'info',
    requires: ['authorization_code'],
    given: { client: 'publicPkce' },
    variants: {
      'metadata of OpenID Connect': { path: '/.well-known/openid-configuration' },
      'metadata of the resource': { path: '/.well-known/oauth-protected-resource' },
      revocation: { path: '/oauth/revoke' },
      introspection: { path: '/oauth/introspect' },
      'device authorization': { path: '/oauth/device_authorization' },
      registration: { path: '/oauth/register' },
    },
    when: [document(variant('path'))],
    observe: ['status'],
  })
})
