import { Failure } from '../core/failure.ts'
import { lastValue } from '../core/message.ts'
import { replacing, type Fault } from './fault.ts'

/** Faults in identifying a client and in deciding what it may do. */
export const clientFaults: readonly Fault[] = [
  replacing(
    'client-unknown-is-first',
    'findClient',
    { gain: 'A deleted client keeps working under the name of another client.', source: 'RFC 6749 §5.2' },
    (own) => (clients, id) => own(clients, id) ?? clients.find((client) => !client.confidential),
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
    'code-grant-of-public-clients-forgotten',
    'clientMayUseGrant',
    { gain: 'Apps cannot log anybody in, and their makers look for a weaker grant.', source: 'RFC 9700 §2.1' },
    (own) => (client, grant) => own(client, grant) && (client.confidential || grant !== 'authorization_code'),
  ),
]
