import {
  codeGrant,
  contractTest,
  describe,
  document,
  equals,
  granted,
  holds,
  matching,
  may,
  must,
  ofSchema,
  oneOf,
  resource,
  should,
  siteUrl,
} from 'simple-oauth-contract'

const resourceMetadata = '/.well-known/oauth-protected-resource'
const serverMetadata = { otherwise: '/.well-known/openid-configuration' }

describe('Model Context Protocol: what a client needs to log in', () => {
  contractTest('mcp.resource-metadata', {
    title: 'The resource publishes metadata that names an authorization server',
    sources: [must('MCP', 'location'), must('RFC9728', '2')],
    severity: 'high',
    when: document(resourceMetadata),
    then: holds({
      status: equals(200),
      json: ofSchema({
        title: 'metadata with resource and an authorization server',
        type: 'object',
        required: ['resource', 'authorization_servers'],
        properties: {
          resource: { type: 'string', format: 'uri' },
          authorization_servers: { type: 'array', minItems: 1, items: { type: 'string', format: 'uri' } },
        },
      }),
    }),
  })

  contractTest('mcp.resource-identical', {
    title: '`resource` is the URL that the metadata of the resource was requested at',
    sources: [must('RFC9728', '3.3')],
    severity: 'high',
    when: document(resourceMetadata),
    then: holds({ 'json.resource': oneOf('{baseUrl}', '{baseUrl}/') }, { ifPresent: true }),
  })

  contractTest('mcp.challenge', {
    title: 'The challenge for a request without a token names the address of the metadata',
    sources: [may('MCP', 'discovery'), may('RFC9728', '5')],
    severity: 'low',
    when: resource(null),
    then: holds({
      'header.www-authenticate': matching(
        '\\bresource_metadata="https?://[^"]+"',
        'a challenge with resource_metadata',
      ),
    }),
  })

  contractTest('mcp.server-metadata', {
    title: 'The authorization server publishes metadata with `code` as a response type',
    sources: [must('MCP', 'metadata')],
    severity: 'high',
    when: document('/.well-known/oauth-authorization-server', serverMetadata),
    then: holds({
      status: equals(200),
      json: ofSchema({
        title: 'metadata with issuer, endpoints and code',
        type: 'object',
        required: ['issuer', 'authorization_endpoint', 'token_endpoint', 'response_types_supported'],
        properties: {
          issuer: { type: 'string', format: 'uri' },
          authorization_endpoint: { type: 'string', format: 'uri' },
          token_endpoint: { type: 'string', format: 'uri' },
          response_types_supported: { type: 'array', contains: { const: 'code' } },
        },
      }),
    }),
  })

  contractTest('mcp.issuer', {
    title: '`issuer` is the URL that the metadata of the authorization server was requested at',
    sources: [must('RFC8414', '3.3')],
    severity: 'high',
    when: document('/.well-known/oauth-authorization-server', serverMetadata),
    // Of a site that is tested over http, a client takes no issuer with https.
    then: holds({ 'json.issuer': oneOf('{baseUrl}', '{baseUrl}/') }, { ifPresent: true }),
  })

  contractTest('mcp.challenge-method', {
    title: 'The metadata of the authorization server lists `S256`: without it, clients refuse to proceed',
    sources: [must('MCP', 'code')],
    severity: 'high',
    when: document('/.well-known/oauth-authorization-server', serverMetadata),
    then: holds({
      'json.code_challenge_methods_supported': ofSchema({
        title: 'a list with S256',
        type: 'array',
        contains: { const: 'S256' },
      }),
    }),
  })

  contractTest('mcp.registration', {
    title: 'A client that is not registered can register itself',
    sources: [should('MCP', 'registration')],
    severity: 'low',
    when: document('/.well-known/oauth-authorization-server', serverMetadata),
    then: holds({
      json: ofSchema({
        title: 'registration_endpoint, or client_id_metadata_document_supported',
        type: 'object',
        anyOf: [
          { required: ['registration_endpoint'] },
          {
            required: ['client_id_metadata_document_supported'],
            properties: { client_id_metadata_document_supported: { const: true } },
          },
        ],
      }),
    }),
  })

  contractTest('mcp.resource-parameter', {
    title: 'A client gets tokens when both of its requests name the `resource`',
    sources: [must('RFC6749', '3.1'), must('RFC6749', '3.2'), may('MCP', 'resource')],
    severity: 'high',
    when: codeGrant({ authorize: { resource: siteUrl() }, token: { resource: siteUrl() } }),
    then: granted(),
  })

  contractTest('mcp.audience', {
    title: 'The access token is for the `resource` that the client named',
    sources: [should('RFC8707', '2')],
    severity: 'medium',
    requires: ['jwks'],
    when: codeGrant({ authorize: { resource: siteUrl() }, token: { resource: siteUrl() } }),
    then: holds({ 'access_token.claims.aud': oneOf('{baseUrl}', '{baseUrl}/', ['{baseUrl}']) }),
  })
})
