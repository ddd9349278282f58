import { Failure } from '../core/failure.ts'
import { basicCredentials } from '../core/league.ts'
import { simpleOauth } from '../profiles/simple-oauth.ts'
import { replacing, type Fault } from './fault.ts'

const authentication = 'RFC 6749 §3.2.1'
const tokenParameters = [
  'grant_type',
  'client_id',
  'client_secret',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
  'scope',
]

export const clientFaults: readonly Fault[] = [
  replacing(
    'secret-always-wrong',
    'secretMatches',
    { gain: 'Confidential clients stop working.', source: 'RFC 6749 §2.3.1' },
    () => () => false,
  ),
  replacing(
    'secret-unchecked',
    'secretMatches',
    { gain: "Anyone who knows a client's public ID can impersonate the client.", source: authentication },
    () => () => true,
  ),
  replacing(
    'secret-optional',
    'authenticates',
    { gain: 'Anyone can impersonate any client by omitting the secret.', source: authentication },
    () => () => false,
  ),
  replacing(
    'secret-optional-at-exchange',
    'authenticates',
    {
      gain: 'An attacker who steals a code can redeem it, whichever client it was issued to.',
      source: 'RFC 6749 §4.1.3',
    },
    (own) => (client, grant) => grant !== 'authorization_code' && own(client, grant),
  ),
  replacing(
    'secret-optional-at-refresh',
    'authenticates',
    {
      gain: 'An attacker who steals a refresh token can use it, whichever client it was issued to.',
      source: 'RFC 6749 §6, §10.4',
    },
    (own) => (client, grant) => grant !== 'refresh_token' && own(client, grant),
  ),
  replacing(
    'secret-cut-off',
    'secretMatches',
    { gain: 'Many different secrets are accepted in addition to the right one.', source: 'RFC 6749 §10.10' },
    () => (client, secret) => client.client_secret !== undefined && secret.startsWith(client.client_secret),
  ),
  replacing(
    'basic-not-decoded',
    'basicCredentials',
    {
      gain: 'Clients that form-encode their secret, as the standard requires, cannot authenticate.',
      source: 'RFC 6749 §2.3.1',
      only: 'ideal',
    },
    () => (header) => basicCredentials(header),
  ),
  replacing(
    'basic-ignored',
    'basicCredentials',
    { gain: 'Clients are forced to send their secret in the body.', source: 'RFC 6749 §2.3.1' },
    () => () => ({ clientId: null, secret: null }),
  ),
  replacing(
    'basic-unreadable-crashes',
    'basicCredentials',
    {
      gain: "An attacker can fill the server's error log with requests that have a malformed header.",
      source: 'RFC 6749 §5.2',
    },
    (own) => (header) => {
      const credentials = own(header)
      if (header !== null && credentials.clientId === null) throw new Error('credentials expected')
      return credentials
    },
  ),
  replacing(
    'two-methods-accepted',
    'credentials',
    {
      gain: 'A proxy and the server attribute the same request to different clients.',
      source: 'RFC 6749 §2.3',
      only: 'ideal',
    },
    () => (pairs, basic) => simpleOauth.credentials(pairs, basic),
  ),
  replacing(
    'client-unknown-is-first',
    'findClient',
    { gain: 'A deleted client keeps working under the name of another client.', source: 'RFC 6749 §5.2' },
    (own) => (clients, id) => own(clients, id) ?? clients.find((client) => !client.confidential),
  ),
  replacing(
    'secret-prefix',
    'secretMatches',
    { gain: 'An attacker can guess a secret character by character.', source: 'RFC 6749 §10.10' },
    () => (client, secret) => client.client_secret?.startsWith(secret) ?? false,
  ),
  replacing(
    'secret-of-any-client',
    'secretMatches',
    { gain: 'One confidential client can impersonate every other.', source: authentication },
    (own) => {
      const known = new Set<string>()
      return (client, secret) => {
        if (client.client_secret !== undefined && own(client, secret)) known.add(secret)
        return known.has(secret)
      }
    },
  ),
  replacing(
    'public-client-credentials',
    'clientCredentialsAllowed',
    { gain: "Anyone who knows a client's public ID gets a token.", source: 'RFC 6749 §4.4.2' },
    () => () => true,
  ),
  replacing(
    'grant-for-every-client',
    'clientMayUseGrant',
    { gain: 'A client can use grants that were never enabled for it.', source: 'RFC 6749 §5.2' },
    () => () => true,
  ),
  replacing(
    'password-grant',
    'passwordGrant',
    { gain: "Clients collect users' passwords.", source: 'RFC 9700 §2.4' },
    () => true,
  ),
  replacing(
    'unknown-grant-defaulted',
    'grantType',
    { gain: 'Grants that were disabled still work under another name.', source: 'RFC 6749 §5.2' },
    (own) => (pairs) =>
      ['authorization_code', 'refresh_token'].includes(own(pairs)) ? own(pairs) : 'client_credentials',
  ),
  replacing(
    'grant-type-optional',
    'grantType',
    { gain: 'A request that names no grant gets a token.', source: 'RFC 6749 §5.2' },
    (own) => (pairs) =>
      pairs.some(([name, value]) => name === 'grant_type' && value !== '') ? own(pairs) : 'client_credentials',
  ),
  replacing(
    'grant-type-any-case',
    'grantType',
    {
      gain: 'A filter in front of the server that blocks a grant by name can be bypassed.',
      source: 'RFC 6749 §4.4.2, CWE-178',
    },
    (own) => (pairs) => own(pairs).toLowerCase(),
  ),
  replacing(
    'scope-missing-is-none',
    'scopeParameter',
    { gain: 'A token without scopes is accepted wherever any valid token is sufficient.', source: 'RFC 6749 §3.3' },
    (own) => (pairs) => own(pairs) ?? [],
  ),
  replacing(
    'id-token-without-user',
    'idTokenWithoutUser',
    { gain: 'A machine client passes for a user who logged in.', source: 'OpenID Connect Core §2' },
    () => true,
  ),
  replacing(
    'client-scope-unlimited',
    'withinClientScopes',
    { gain: 'A client gets scopes that its owner never allowed.', source: 'RFC 6749 §3.3' },
    () => () => true,
  ),
  replacing(
    'scope-for-every-grant',
    'scopeForGrant',
    { gain: 'A scope that is meant for users is granted without a user.', source: 'RFC 6749 §3.3' },
    () => () => true,
  ),
  replacing(
    'client-credentials-refresh-token',
    'refreshTokenFor',
    { gain: 'A leaked response gives access long after the secret was changed.', source: 'RFC 6749 §4.4.3' },
    () => () => true,
  ),
  replacing(
    'token-request-in-query',
    'tokenParameters',
    { gain: 'Secrets and codes end up in the logs of servers and proxies.', source: 'RFC 6749 §2.3.1' },
    (own) => (incoming) => [...incoming.query, ...own(incoming)],
  ),
  replacing(
    'token-by-every-method',
    'tokenMethods',
    { gain: 'Firewall and cache rules for POST requests can be bypassed.', source: 'RFC 6749 §3.2' },
    () => ['POST', 'PUT', 'PATCH', 'DELETE'],
  ),
  replacing(
    'token-by-get',
    'tokenMethods',
    { gain: 'Secrets and codes end up in browser histories and logs.', source: 'RFC 6749 §3.2' },
    () => ['GET', 'POST'],
  ),
  replacing(
    'token-request-of-any-type',
    'tokenParameters',
    { gain: 'A filter that inspects form data does not see the request.', source: 'RFC 6749 §4.4.2' },
    (own) => (incoming) => {
      const { text } = incoming
      if (!text.startsWith('{')) return text === '' ? own(incoming) : [...new URLSearchParams(text)]
      return Object.entries(JSON.parse(text) as Record<string, string>)
    },
  ),
  replacing(
    'unknown-parameters-refused',
    'tokenParameters',
    { gain: 'Clients that send parameters of a newer standard stop working.', source: 'RFC 6749 §3.2' },
    (own) => (incoming) => {
      const pairs = own(incoming)
      const unknown = pairs.find(([name]) => !tokenParameters.includes(name))
      if (unknown) throw new Failure('parameter/malformed', unknown[0])
      return pairs
    },
  ),
  replacing(
    'client-id-any-case',
    'findClient',
    {
      gain: 'Two clients whose IDs differ only in case are confused with each other.',
      source: 'RFC 6749 §1.9',
      only: 'ideal',
    },
    () => (clients, id) => clients.find((client) => client.client_id.toLowerCase() === id.toLowerCase()),
  ),
  replacing(
    'repeated-parameters-accepted',
    'checkParameters',
    {
      gain: 'A filter and the server read different values of the same parameter.',
      source: 'RFC 6749 §3.2, CWE-235',
      only: 'ideal',
    },
    () => () => undefined,
  ),
]
