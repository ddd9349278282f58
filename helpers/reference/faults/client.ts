import { replacing, type Fault } from './fault.ts'

const authentication = 'RFC 6749 §3.2.1'

export const clientFaults: readonly Fault[] = [
  replacing(
    'secret-always-wrong',
    'secretMatches',
    { gain: 'None by itself; clients with a secret stop working.', source: 'RFC 6749 §2.3.1' },
    () => () => false,
  ),
  replacing(
    'secret-unchecked',
    'secretMatches',
    { gain: 'Knowing the public name of a client is enough to be it.', source: authentication },
    () => () => true,
  ),
  replacing(
    'secret-optional',
    'authenticates',
    { gain: 'Leaving the secret out is enough to be any client.', source: authentication },
    () => () => false,
  ),
  replacing(
    'secret-prefix',
    'secretMatches',
    { gain: 'A secret is guessed letter by letter.', source: 'RFC 6749 §10.10' },
    () => (client, secret) => client.client_secret?.startsWith(secret) ?? false,
  ),
  replacing(
    'secret-of-any-client',
    'secretMatches',
    { gain: 'One client with a secret can be every other.', source: authentication },
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
    { gain: 'Anybody gets a token with the public name of a client.', source: 'RFC 6749 §4.4.2' },
    () => () => true,
  ),
  replacing(
    'grant-for-every-client',
    'clientMayUseGrant',
    { gain: 'A client uses grants it was never given.', source: 'RFC 6749 §5.2' },
    () => () => true,
  ),
  replacing(
    'password-grant',
    'grantType',
    { gain: 'Clients collect the passwords of users.', source: 'RFC 9700 §2.4' },
    (own) => (pairs) => (own(pairs) === 'password' ? 'client_credentials' : own(pairs)),
  ),
  replacing(
    'unknown-grant-defaulted',
    'grantType',
    { gain: 'Grants that were switched off go on under another name.', source: 'RFC 6749 §5.2' },
    (own) => (pairs) =>
      ['authorization_code', 'refresh_token'].includes(own(pairs)) ? own(pairs) : 'client_credentials',
  ),
  replacing(
    'client-scope-unlimited',
    'withinClientScopes',
    { gain: 'A client gives itself scopes its owner never allowed.', source: 'RFC 6749 §3.3' },
    () => () => true,
  ),
  replacing(
    'scope-for-every-grant',
    'scopeForGrant',
    { gain: 'A scope meant for users is given without one.', source: 'RFC 6749 §3.3' },
    () => () => true,
  ),
  replacing(
    'client-credentials-refresh-token',
    'refreshTokenFor',
    { gain: 'A leaked answer gives access long after the secret was changed.', source: 'RFC 6749 §4.4.3' },
    () => () => true,
  ),
  replacing(
    'token-request-in-query',
    'tokenParameters',
    { gain: 'Secrets and codes end in the logs of servers and proxies.', source: 'RFC 6749 §2.3.1' },
    (own) => (incoming) => [...incoming.query, ...own(incoming)],
  ),
  replacing(
    'client-id-any-case',
    'findClient',
    { gain: 'Two clients whose names differ in case alone are mixed up.', source: 'RFC 6749 §1.9', only: 'ideal' },
    () => (clients, id) => clients.find((client) => client.client_id.toLowerCase() === id.toLowerCase()),
  ),
  replacing(
    'repeated-parameters-accepted',
    'checkParameters',
    { gain: 'A filter and the server read different values.', source: 'RFC 6749 §3.2, CWE-235', only: 'ideal' },
    () => () => undefined,
  ),
]
