import { optionalEndpoints } from '../../../fixtures/endpoints.ts'
import { users } from '../../../fixtures/roles.ts'
import { closed, names, requests, seconds, text, thumbprint } from './schema-parts.ts'

/** Schema of what an owner guarantees for a consumer. */
export const policySchema = {
  ...closed,
  description: 'A consumer of the site and what you guarantee for it. Only what is listed is guaranteed.',
  required: ['consumer', 'promises'],
  properties: {
    consumer: { ...text, description: 'Client ID of the consumer.' },
    client_secret: { $ref: '#/$defs/secret' },
    redirectUri: {
      type: 'string',
      format: 'uri',
      description:
        'One of its redirect URIs, if the consumer uses the authorization code grant. Nothing is ever sent there.',
    },
    user: {
      enum: Object.keys(users),
      default: 'editor',
      description: 'The mapped user who logs in and consents; not used by client_credentials.',
    },
    requests: { ...names, description: 'Names of the scopes to request; by default the guaranteed scopes.' },
    promises: {
      ...closed,
      minProperties: 1,
      properties: {
        pkce: { const: 'required', description: 'No code is issued without a `code_challenge`.' },
        challengeMethods: {
          ...{ type: 'array', minItems: 1, uniqueItems: true, items: { enum: ['S256', 'plain'] } },
          description: 'Exactly these challenge methods are accepted.',
        },
        accessTokenLifetime: {
          anyOf: [seconds, { ...closed, minProperties: 1, properties: { min: seconds, max: seconds } }],
          description:
            'Maximum lifetime of an access token in seconds, or its min and max. The maximum is proven only with --slow.',
        },
        codeLifetime: {
          ...seconds,
          description: 'Maximum lifetime of an authorization code in seconds. Proven only with --slow.',
        },
        grants: {
          ...{ type: 'array', minItems: 1, uniqueItems: true },
          items: { enum: ['authorization_code', 'refresh_token', 'client_credentials'] },
          description: 'Exactly these grant types are enabled.',
        },
        scopes: {
          ...names,
          description: 'Exactly these scopes are granted, and no other scope that this file names.',
        },
        issuer: {
          ...text,
          description:
            'The `iss` claim of its access tokens, and the issuer in published metadata; {baseUrl} stands for the base URL of the site.',
        },
        keyThumbprint: {
          anyOf: [thumbprint, { type: 'array', minItems: 1, uniqueItems: true, items: thumbprint }],
          description:
            'Thumbprints (RFC 7638, SHA-256) of the published keys: these and no others. A report lists those of a run.',
        },
        browserOrigins: {
          ...{ type: 'array', minItems: 1, uniqueItems: true },
          items: { type: 'string', pattern: '^https?://[^/?#@\\s]+$' },
          description:
            'Origins of browser apps, for example https://app.example.org: these may read the answers of the token endpoint and of what `opens` lists (CORS), and no others.',
        },
        grantsOffered: {
          ...names,
          description:
            'Grants that consumers of the site have, by the names of the protocol: no consumer has another one. Also of other modules. Needs drush.',
        },
        endpoints: {
          ...{ type: 'array', uniqueItems: true, items: { enum: Object.keys(optionalEndpoints) } },
          description:
            'Optional endpoints of the site; all others of these do not exist (404). An empty list: none exists.',
        },
        opens: {
          ...requests,
          description:
            'What a token opens that has only this scope: "METHOD /path" by the name of the scope. A request that may change something is sent with an empty JSON object.',
        },
        staysClosed: {
          ...requests,
          description:
            'What a token that has only this scope does not open, although the path exists (403): "METHOD /path" by the name of the scope. A request that is not refused takes effect.',
        },
        keySize: { type: 'integer', minimum: 512, description: "Minimum size of the site's RSA keys in bits." },
        claims: {
          ...closed,
          minProperties: 1,
          properties: {
            exactly: { ...names, description: 'Its access tokens contain exactly these claims.' },
            never: { ...names, description: 'Its access tokens contain none of these claims.' },
          },
          description: 'Names of claims.',
        },
      },
    },
  },
} as const
