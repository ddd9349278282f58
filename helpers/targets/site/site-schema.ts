import { clients, scopes, users, type ClientFixture } from '../../../fixtures/roles.ts'
import { profiles } from '../../../fixtures/sources.ts'
import { consumerSettings, scopeWords } from './describe-role.ts'

/** A variable's name alone: what is secret stands in the environment, never in the file. */
export const environmentName = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/u

const secret = {
  type: 'string',
  pattern: environmentName.source,
  description: 'A variable of the environment or of .env, as ${NAME}. The secret itself is refused here.',
}
const text = { type: 'string', minLength: 1 }
const names = { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', pattern: '^[^\\s,]+$' } }
const seconds = { type: 'integer', minimum: 1 }
const closed = { type: 'object', additionalProperties: false } as const

const table = <T>(of: Record<string, T>, make: (one: T, role: string) => object): Record<string, object> =>
  Object.fromEntries(Object.entries(of).map(([role, one]) => [role, make(one, role)]))

function clientSchema(client: ClientFixture, role: string): object {
  const grants = client.grantTypes.join(', ')
  return {
    ...closed,
    description: `A consumer of the site for the role ${role}: ${client.what}. In Drupal: ${consumerSettings(client).join('; ')}.`,
    required: [
      'client_id',
      ...(client.confidential ? ['client_secret'] : []),
      ...(client.grantTypes.includes('authorization_code') ? ['redirectUris'] : []),
    ],
    properties: {
      client_id: { ...text, description: 'Client ID of the consumer.' },
      ...(client.confidential ? { client_secret: { $ref: '#/$defs/secret' } } : {}),
      ...(client.redirectUris.length > 0
        ? {
            redirectUris: {
              ...{ type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', format: 'uri' } },
              description: 'Redirect URIs as registered; the first is asked for. Nothing is ever sent there.',
            },
          }
        : {}),
      grantTypes: {
        ...{ type: 'array', minItems: 1, uniqueItems: true, items: { enum: client.grantTypes } },
        description: `Grant types the consumer has, where it has not all of: ${grants}. What the others are needed for is skipped.`,
      },
      requests: { ...names, description: 'Scopes asked for when a contract says nothing else, by their own names.' },
      scopes: { ...names, description: 'Scopes that client_credentials gives by default, by their own names.' },
      accessTokenLifetime: { ...seconds, default: 300, description: 'Access token expiration time, seconds.' },
      refreshTokenLifetime: { ...seconds, default: 1_209_600, description: 'Refresh token expiration time, seconds.' },
    },
  }
}

const policySchema = {
  ...closed,
  description: 'A consumer of the site, and what you promise of it. What is left out is not promised.',
  required: ['consumer', 'promises'],
  properties: {
    consumer: { ...text, description: 'Client ID of the consumer.' },
    client_secret: { $ref: '#/$defs/secret' },
    redirectUri: {
      type: 'string',
      format: 'uri',
      description: 'One of its redirect URIs, for consumers that get codes. Nothing is ever sent there.',
    },
    user: {
      enum: Object.keys(users),
      default: 'editor',
      description: 'The mapped user who logs in and allows; of no use to client_credentials.',
    },
    requests: { ...names, description: 'Scopes asked for, by their own names; without it those promised.' },
    promises: {
      ...closed,
      minProperties: 1,
      properties: {
        pkce: { const: 'required', description: 'No code without a challenge.' },
        challengeMethods: {
          ...{ type: 'array', minItems: 1, uniqueItems: true, items: { enum: ['S256', 'plain'] } },
          description: 'Exactly these challenge methods.',
        },
        accessTokenLifetime: {
          ...seconds,
          description: 'Seconds an access token is good for, at most. Proven with --slow.',
        },
        codeLifetime: { ...seconds, description: 'Seconds a code is good for, at most. Proven with --slow.' },
        grants: {
          ...{ type: 'array', minItems: 1, uniqueItems: true },
          items: { enum: ['authorization_code', 'refresh_token', 'client_credentials'] },
          description: 'Exactly these grants.',
        },
        scopes: {
          ...names,
          description: "Exactly these scopes: each is given, and none of the site file's other ones.",
        },
        issuer: {
          ...text,
          description: 'The claim iss of its access tokens; {baseUrl} stands for the address of the site.',
        },
        keySize: { type: 'integer', minimum: 512, description: "Bits of the site's smallest RSA key, at least." },
        claims: {
          ...closed,
          minProperties: 1,
          properties: {
            exactly: { ...names, description: 'The claims of its access tokens are these and no others.' },
            never: { ...names, description: 'Its access tokens hold none of these claims.' },
          },
          description: 'Names of claims.',
        },
      },
    },
  },
} as const

/** Schema of a site file; fixtures/schemas/site.schema.json is written from it, for editors. */
export const siteSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Site file of simple-oauth-contract',
  description:
    'Which consumers, users and scopes of a site the contract may use, by role. Secrets stand in the environment.',
  ...closed,
  properties: {
    baseUrl: {
      type: 'string',
      pattern: '^https?://',
      description: 'Address of the site, with a sub-path or a language prefix if it has one. --base-url comes first.',
    },
    clients: {
      ...closed,
      description: "The site's own consumers by role. What a role that is left out is needed for is skipped by name.",
      properties: table(clients, clientSchema),
    },
    users: {
      ...closed,
      description: 'Users of the site by role, each with one of password, cookie and loginLink.',
      properties: table(users, ({ permissions }) => ({
        ...closed,
        description: `A user who may: ${permissions.join(', ')}.`,
        properties: {
          name: { ...text, description: 'User name; needed with password and loginLink.' },
          password: { $ref: '#/$defs/secret' },
          cookie: {
            ...secret,
            description:
              'A variable that holds the session cookie of a browser, NAME=VALUE: for SSO, TFA and captchas.',
          },
          loginLink: { const: true, description: 'Log in with a one-time link, which the drush command makes.' },
          uid: { type: 'integer', minimum: 1, description: 'User id; found out at the login where it is left out.' },
        },
      })),
    },
    scopes: {
      ...closed,
      description: 'Scopes of the site by role, by their own names.',
      properties: table(scopes, (scope) => ({
        type: 'string',
        pattern: '^[^\\s]+$',
        description: `A scope like this: ${scopeWords(scope)}.`,
      })),
    },
    policy: {
      type: 'array',
      description:
        'What you promise of consumers of the site. Each promise is proven, refuted or, without --slow, at best not refuted.',
      items: policySchema,
    },
    resource: {
      type: 'string',
      pattern: '^/',
      default: '/oauth/debug?_format=json',
      description:
        'Path below the base URL of a JSON object that opens to the scope of the role debug, and not without.',
    },
    login: { type: 'string', pattern: '^/', default: '/user/login', description: 'Path of the login form.' },
    versions: {
      ...closed,
      description: 'What runs there: stated, not seen. Known issues are chosen by it.',
      properties: table(
        { drupal: '10.5.5', simple_oauth: '6.0.9', consumers: '1.21.0', league: '9.2.0', php: '8.3.1' },
        (example) => ({ type: 'string', pattern: '^\\d+\\.\\d+', description: `As text, e.g. "${example}".` }),
      ),
    },
    profile: { enum: Object.keys(profiles), description: 'Which documents bind. --profile comes first.' },
    notApplicable: {
      type: 'object',
      description:
        'Why a contract does not apply here, by its id: skipping it is then no gap. It runs wherever it can.',
      additionalProperties: { type: 'string', minLength: 10 },
    },
    stress: {
      type: 'boolean',
      default: false,
      description: 'The owner of the site allows bursts, failed and repeated logins, oversized input and forged hosts.',
    },
    httpBasic: {
      ...closed,
      description: 'HTTP authentication in front of the site, as staging sites have it.',
      required: ['user', 'password'],
      properties: { user: text, password: { $ref: '#/$defs/secret' } },
    },
    ca: {
      ...text,
      description: 'PEM file of a certificate authority to trust, from the folder of this file. --ca comes first.',
    },
    drush: {
      description: 'The command that runs drush for this site: words with spaces between them, or a list of words.',
      anyOf: [text, { type: 'array', minItems: 1, items: text }],
    },
    provision: {
      ...closed,
      description:
        "Permission to make the contract's own users, scopes and consumers with drush, and to remove them again.",
      required: ['allowed'],
      properties: { allowed: { type: 'boolean' } },
    },
  },
  $defs: { secret },
} as const
