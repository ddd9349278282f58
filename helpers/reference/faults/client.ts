import { Failure } from '../core/failure.ts'
import { basicCredentials } from '../core/league.ts'
import { lastValue } from '../core/message.ts'
import { simpleOauth } from '../profiles/simple-oauth.ts'
import { replacing, type Fault } from './fault.ts'

const authentication = 'RFC 6749 §3.2.1'

export const clientFaults: readonly Fault[] = [
  replacing(
    'unset-secret-not-required',
    'authenticates',
    {
      gain: 'Whoever knows the ID of a client without a secret acts as that client.',
      source: 'RFC 6749 §3.2.1, CWE-287',
    },
    (own) => (client, grant) => client.client_secret !== undefined && own(client, grant),
  ),
  replacing(
    'secret-cut-at-colon',
    'secretMatches',
    { gain: 'The beginning of a secret is enough.', source: 'RFC 6749 §2.3.1' },
    () => (client, secret) => client.client_secret?.split(':')[0] === secret.split(':')[0],
  ),
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
      if (header !== null && credentials.clientId === null) throw new Failure('crash', 'credentials expected')
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
    'client-id-missing-is-first',
    'clientId',
    { gain: 'A code can be redeemed by whoever finds it, without naming a client.', source: 'RFC 6749 §3.2.1' },
    (own) => (incoming, pairs, basic, state) =>
      own(incoming, pairs, basic, state) ??
      state.data.clients.find((client) => !client.confidential)?.client_id ??
      null,
  ),
  replacing(
    'client-id-missing-crashes',
    'clientId',
    { gain: 'Anyone can fill the error log with requests that name no client.', source: 'RFC 6749 §5.2, CWE-476' },
    (own) => (incoming, pairs, basic, state) => {
      const id = own(incoming, pairs, basic, state)
      if (id === null) throw new Failure('crash', 'a client ID expected')
      return id
    },
  ),
  replacing(
    'client-id-unusual-crashes',
    'findClient',
    { gain: 'Input that reaches the database unchecked causes a server error.', source: 'RFC 6749 §5.2, CWE-20' },
    (own) => (clients, id) => {
      if (!/^[\w.:-]{2,}$/.test(id)) throw new Failure('crash', 'an unusual client ID')
      return own(clients, id)
    },
  ),
  replacing(
    'secret-with-nul-crashes',
    'secretMatches',
    { gain: 'A secret that the hash function does not accept causes a server error.', source: 'CWE-158' },
    (own) => (client, secret) => {
      if (secret.includes('\0')) throw new Failure('crash', 'a secret with NUL')
      return own(client, secret)
    },
  ),
  replacing(
    'client-named-by-refresh-token',
    'clientId',
    {
      gain: 'Every client can use the refresh tokens of every public client.',
      source: 'RFC 6749 §6',
      mechanism: 'binding',
    },
    (own) => (incoming, pairs, basic, state) =>
      state.refreshTokens.get(lastValue(pairs, 'refresh_token') ?? '')?.clientId ?? own(incoming, pairs, basic, state),
  ),
  replacing(
    'client-without-user-acts-as-first',
    'clientCredentialsUser',
    { gain: "A client that was never given a user acts with another user's rights.", source: 'CWE-269' },
    (own) => (state, client) => own(state, client) ?? state.accounts[0],
  ),
  replacing(
    'secret-demanded-without-pkce',
    'authenticates',
    { gain: 'Public clients that may go without PKCE stop working.', source: 'RFC 6749 §3.2.1' },
    (own) => (client, grant) => own(client, grant) || !client.pkce,
  ),
  replacing(
    'secret-demanded-with-automatic-authorization',
    'authenticates',
    { gain: 'Public clients with automatic authorization stop working.', source: 'RFC 6749 §3.2.1' },
    (own) => (client, grant) => own(client, grant) || client.automaticAuthorization === true,
  ),
  replacing(
    'secret-demanded-at-redemption',
    'authenticates',
    {
      gain: 'Apps that must use PKCE cannot log anybody in, and their makers put a secret into them.',
      source: 'RFC 8252 §8.5',
    },
    (own) => (client, grant) => own(client, grant) || (grant === 'authorization_code' && client.pkce),
  ),
  replacing(
    'code-grant-of-public-clients-forgotten',
    'clientMayUseGrant',
    { gain: 'Apps cannot log anybody in, and their makers look for a weaker grant.', source: 'RFC 9700 §2.1' },
    (own) => (client, grant) => own(client, grant) && (client.confidential || grant !== 'authorization_code'),
  ),
  replacing(
    'secret-demanded-at-refresh',
    'authenticates',
    { gain: 'Public clients have to ask their user again whenever an access token expires.', source: 'RFC 6749 §6' },
    (own) => (client, grant) => own(client, grant) || grant === 'refresh_token',
  ),
]
