import { clients, scopes, users, type ClientFixture } from '../../../fixtures/roles.ts'
import { profiles } from '../../../fixtures/sources.ts'
import { policySchema } from './policy-schema.ts'
import { closed, names, seconds, secret, text } from './schema-parts.ts'
import { consumerSettings, hasSecret, scopeWords } from './describe-role.ts'

const table = <T>(of: Record<string, T>, make: (one: T, role: string) => object): Record<string, object> =>
  Object.fromEntries(Object.entries(of).map(([role, one]) => [role, make(one, role)]))

/** Whether the user of this role must see the consent form every time. */
export const asksForConsent = (client: ClientFixture): boolean =>
  client.grantTypes.includes('authorization_code') &&
  client.rememberApproval !== true &&
  client.automaticAuthorization !== true

function clientSchema(client: ClientFixture, role: string): object {
  const grants = client.grantTypes.join(', ')
  return {
    ...closed,
    description: `The consumer of the site for the role ${role}: ${client.what}. Its settings in Drupal: ${consumerSettings(client).join('; ')}.`,
    required: [
      'client_id',
      ...(hasSecret(client) ? ['client_secret'] : []),
      ...(client.grantTypes.includes('authorization_code') ? ['redirectUris'] : []),
    ],
    properties: {
      client_id: { ...text, description: 'Client ID of the consumer.' },
      ...(hasSecret(client) ? { client_secret: { $ref: '#/$defs/secret' } } : {}),
      ...(client.redirectUris.length > 0
        ? {
            redirectUris: {
              ...{ type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', format: 'uri' } },
              description:
                'Redirect URIs exactly as registered; requests use the first one. Nothing is ever sent there.',
            },
          }
        : {}),
      grantTypes: {
        ...{ type: 'array', minItems: 1, uniqueItems: true, items: { enum: client.grantTypes } },
        description: `Enabled grant types, unless all of these are enabled: ${grants}. Contracts that need another one are skipped.`,
      },
      requests: { ...names, description: 'Names of the scopes to request if a contract names none.' },
      scopes: {
        ...names,
        description: "Names of the consumer's own scopes, which client_credentials grants by default.",
      },
      ...(asksForConsent(client)
        ? {
            remembers: {
              type: 'boolean',
              description:
                'Whether "Remember previous approval" or "Automatic authorization" is switched on. With false, a code without the consent form is a failure; without it, contracts about the form are skipped where none is served.',
            },
          }
        : {}),
      accessTokenLifetime: { ...seconds, default: 300, description: '"Access token expiration time" in seconds.' },
      refreshTokenLifetime: {
        ...seconds,
        default: 1_209_600,
        description: '"Refresh token expiration time" in seconds.',
      },
    },
  }
}

/** Schema of a site file; fixtures/schemas/site.schema.json is generated from it, for editors. */
export const siteSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Site file of simple-oauth-contract',
  description:
    'Which consumers, users and scopes of a site the suite may use, by role. Secrets are in the environment.',
  ...closed,
  properties: {
    baseUrl: {
      type: 'string',
      pattern: '^https?://',
      description: 'Base URL of the site, with its sub-path or language prefix, if any. --base-url overrides it.',
    },
    clients: {
      ...closed,
      description: "The site's own consumers by role. Contracts that need a missing role are skipped and listed.",
      properties: table(clients, clientSchema),
    },
    users: {
      ...closed,
      description: 'Users of the site by role, each with one of password, cookie and loginLink.',
      properties: table(users, ({ permissions, admin }) => ({
        ...closed,
        description:
          admin === undefined
            ? `A user with the permissions: ${permissions.join(', ')}.`
            : `An account with every permission (${admin === 'role' ? 'an administrator role' : admin}). Only on a site for tests.`,
        properties: {
          name: { ...text, description: 'User name; required with password and loginLink.' },
          password: { $ref: '#/$defs/secret' },
          cookie: {
            ...secret,
            description:
              "An environment variable with a browser's session cookie, NAME=VALUE: for single sign-on, second factors and captchas.",
          },
          loginLink: { const: true, description: 'Log in with a one-time link, created by the drush command.' },
          uid: { type: 'integer', minimum: 1, description: 'User ID; detected at the login if missing.' },
        },
      })),
    },
    scopes: {
      ...closed,
      description: 'Names of scopes of the site, by role.',
      properties: table(scopes, (scope) => ({
        type: 'string',
        pattern: '^[^\\s]+$',
        description: `A scope with these settings: ${scopeWords(scope)}.`,
      })),
    },
    policy: {
      type: 'array',
      description:
        'Guarantees for consumers of the site. Each is proven or refuted; lifetimes are at best not refuted without --slow.',
      items: policySchema,
    },
    resource: {
      type: 'string',
      pattern: '^/',
      default: '/oauth/debug?_format=json',
      description: 'Path, below the base URL, of a JSON resource that requires the scope of the role debug.',
    },
    login: { type: 'string', pattern: '^/', default: '/user/login', description: 'Path of the login form.' },
    versions: {
      ...closed,
      description:
        'Installed versions: declared here, not detected. They decide which known issues apply, and which record of a release the site is compared with.',
      properties: {
        ...table(
          { drupal: '10.5.5', simple_oauth: '6.0.9', consumers: '1.21.0', league: '9.2.0', php: '8.3.1' },
          (example) => ({
            type: 'string',
            pattern: '^\\d+\\.\\d+',
            description: `A string, for example "${example}".`,
          }),
        ),
        database: {
          type: 'string',
          pattern: '^(SQLite|MariaDB|MySQL|PostgreSQL)\\b',
          description:
            'Its name, for example "MariaDB 11.4". It decides which record of a release the site is compared with.',
        },
      },
    },
    profile: {
      enum: Object.keys(profiles),
      description: 'Which standards are mandatory; violations of others are warnings. --profile overrides it.',
    },
    notApplicable: {
      type: 'object',
      description:
        'Reasons why contracts do not apply to this site, by contract ID. Such a contract may be skipped, but still runs if it can.',
      additionalProperties: { type: 'string', minLength: 10 },
    },
    stress: {
      type: 'boolean',
      default: false,
      description:
        'The site owner allows bursts of requests, failed and repeated logins, malformed and oversized input, and forged hosts.',
    },
    httpBasic: {
      ...closed,
      description: 'HTTP authentication in front of the site, as on many staging sites.',
      required: ['user', 'password'],
      properties: { user: text, password: { $ref: '#/$defs/secret' } },
    },
    ca: {
      ...text,
      description: 'PEM file of a certificate authority to trust, relative to this file. --ca overrides it.',
    },
    drush: {
      description: 'The command that runs drush for this site: a string that is split at spaces, or a list of words.',
      anyOf: [text, { type: 'array', minItems: 1, items: text }],
    },
    provision: {
      ...closed,
      description:
        "Permission to create the suite's own users, scopes and consumers with drush, and to remove them again.",
      required: ['allowed'],
      properties: { allowed: { type: 'boolean' } },
    },
  },
  $defs: { secret },
} as const
