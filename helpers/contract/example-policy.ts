import type { ConsumerPolicy } from '../model/policy.ts'
import { clients, scopes, type ClientRole } from '../../fixtures/roles.ts'

const names = (of: readonly (keyof typeof scopes)[]): string[] => of.map((role) => scopes[role].name)
const claims = { exactly: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'nbf', 'jti', 'scope'], never: ['email'] }

const debugPage = '/oauth/debug?_format=json'

const policyOf = (client: ClientRole, guarantees: ConsumerPolicy['guarantees']): ConsumerPolicy => ({
  client,
  name: client,
  user: 'editor',
  guarantees,
  otherScopes: names(['machineOnly', 'profiles']).filter(() => clients[client].scopes.length > 0),
})

/**
 * Guarantees to show and test the contracts of specs/policy/ with. A run proves only the guarantees of a site file: the consumers here are
 * the suite's own.
 */
export const examplePolicy: readonly ConsumerPolicy[] = [
  policyOf('publicPkce', {
    pkce: 'required',
    challengeMethods: ['S256'],
    grants: ['authorization_code', 'refresh_token'],
    scopes: names(['debug', 'content']),
    issuer: '{baseUrl}',
    keySize: 2048,
    keyThumbprint: '{keyThumbprint}',
    browserOrigins: ['https://client.example.test'],
    grantsOffered: [
      ...['authorization_code', 'refresh_token', 'client_credentials'],
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    endpoints: ['revocation', 'introspection', 'registration', 'device authorization', 'device verification'],
    opens: { [scopes.umbrella.name]: [`GET ${debugPage}`] },
    staysClosed: { [scopes.content.name]: [`GET ${debugPage}`] },
    claims,
  }),
  policyOf('machine', { grants: ['client_credentials'], scopes: names(['debug', 'content']) }),
  policyOf('shortLived', { accessTokenLifetime: { min: 2, max: 6 }, codeLifetime: 6 }),
]
