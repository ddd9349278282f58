import { Failure } from '../core/failure.ts'
import { basicCredentials } from '../core/league.ts'
import { simpleOauth } from '../profiles/simple-oauth.ts'
import { replacing, type Fault } from './fault.ts'

const authentication = 'RFC 6749 §3.2.1'

/** Faults in client authentication. */
export const secretFaults: readonly Fault[] = [
  replacing(
    'secret-in-basic-unchecked-at-refresh',
    'authenticates',
    {
      gain: 'An attacker who steals a refresh token can use it with any secret, in a header that is not looked at.',
      source: 'RFC 6749 §6, CWE-303',
    },
    (own) => (client, grant, isBasic) =>
      own(client, grant, isBasic) && !(grant === 'refresh_token' && isBasic === true),
  ),
  replacing(
    'secret-remembered-once-verified',
    'secretMatches',
    {
      gain: 'A leaked secret stays good after it was replaced, for as long as the server remembers that it was good.',
      source: 'CWE-613',
      mechanism: 'consumers',
    },
    (own) => {
      const verified = new Set<string>()
      return (client, secret) => {
        const key = JSON.stringify([client.client_id, secret])
        if (verified.has(key)) return true
        const isRight = own(client, secret)
        if (isRight) verified.add(key)
        return isRight
      }
    },
  ),
  replacing(
    'basic-scheme-exact',
    'basicCredentials',
    { gain: 'Clients that spell the scheme in a different case cannot authenticate.', source: 'RFC 9110 §11.1' },
    (own) => (header) => own(header?.startsWith('Basic ') === true ? header : null),
  ),
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
    'secret-with-nul-crashes',
    'secretMatches',
    { gain: 'A secret that the hash function does not accept causes a server error.', source: 'CWE-158' },
    (own) => (client, secret) => {
      if (secret.includes('\0')) throw new Failure('crash', 'a secret with NUL')
      return own(client, secret)
    },
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
    'secret-demanded-at-refresh',
    'authenticates',
    { gain: 'Public clients have to ask their user again whenever an access token expires.', source: 'RFC 6749 §6' },
    (own) => (client, grant) => own(client, grant) || grant === 'refresh_token',
  ),
]
