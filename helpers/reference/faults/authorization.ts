import { Failure } from '../core/failure.ts'
import { lastValue } from '../core/message.ts'
import { replacing, type Fault } from './fault.ts'

/** The parameters of RFC 6749, RFC 7636 and OpenID Connect. */
const knownParameters = [
  ...['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'code_challenge', 'code_challenge_method'],
  ...['nonce', 'prompt', 'max_age'],
]

export const authorizationFaults: readonly Fault[] = [
  replacing(
    'state-trimmed',
    'responseState',
    { gain: 'A client whose `state` has outer blanks rejects its own responses.', source: 'RFC 6749 §4.1.2' },
    () => (state) => state.trim(),
  ),
  replacing(
    'scope-any-case',
    'findScope',
    {
      gain: 'A filter that compares scopes exactly lets another spelling through.',
      source: 'RFC 6749 §3.3',
      only: 'ideal',
    },
    () => (scopes, name) => scopes.find((scope) => scope.name.toLowerCase() === name.toLowerCase())?.name ?? null,
  ),
  replacing(
    'scope-of-blanks-granted',
    'scopeParameter',
    { mechanism: 'scopes', gain: 'A request for no scope at all gets a code.', source: 'RFC 6749 §3.3', only: 'ideal' },
    (own) => (pairs) => (pairs.some(([name, value]) => name === 'scope' && /^ +$/.test(value)) ? [] : own(pairs)),
  ),
  replacing(
    'implicit-token',
    'responseType',
    { gain: 'Access tokens end up in browser histories, logs and Referer headers.', source: 'RFC 9700 §2.1.2' },
    (own) => (type) => own(type) ?? (type.includes('token') ? 'token' : null),
  ),
  replacing(
    'response-type-ignored',
    'responseType',
    {
      gain: 'A client that requests another response type gets a code that it does not expect.',
      source: 'RFC 6749 §3.1.1',
    },
    () => () => 'code',
  ),
  replacing(
    'scope-unknown-dropped',
    'unknownScope',
    { gain: 'A client assumes that it has scopes that it did not get.', source: 'RFC 6749 §4.1.2.1' },
    () => () => 'drop',
  ),
  replacing(
    'scope-unknown-granted',
    'unknownScope',
    {
      gain: 'A token carries any scope that was requested, and other resource servers may trust it.',
      source: 'RFC 6749 §3.3',
    },
    () => () => 'keep',
  ),
  replacing(
    'parameter-unknown-refused',
    'authorizationParameters',
    { gain: 'Clients that send parameters of an extension stop working.', source: 'RFC 6749 §3.1' },
    (own) => (incoming) => {
      const pairs = own(incoming)
      const unknown = pairs.find(([name]) => !knownParameters.includes(name))
      if (unknown) throw new Failure('parameter/malformed', unknown[0])
      return pairs
    },
  ),
  replacing(
    'parameter-empty-taken',
    'parameter',
    { gain: 'An empty value is treated as if it had been validated.', source: 'RFC 6749 §3.1' },
    () => (pairs, name) => pairs.find(([key]) => key === name)?.[1] ?? null,
  ),
  replacing(
    'parameter-list-crashes',
    'authorizationParameters',
    { gain: 'A single request causes a server error, whose message may disclose internal details.', source: 'CWE-704' },
    (own) => (incoming) => {
      const pairs = own(incoming)
      if (pairs.some(([name]) => name.endsWith('[]'))) throw new Failure('crash', 'Array to string conversion')
      return pairs
    },
  ),
  replacing(
    'scope-omitted-grants-all',
    'defaultScopes',
    { gain: 'A request without a scope is granted every scope of the site.', source: 'RFC 6749 §3.3' },
    () => (_client, known) =>
      known.filter((scope) => scope.grantTypes.includes('authorization_code')).map((scope) => scope.name),
  ),
  replacing(
    'cors-at-authorization-endpoint',
    'consentHeaders',
    {
      mechanism: 'headers',
      gain: "A script on another site can read the consent page in the user's session.",
      source: 'RFC 9700 §2.6',
    },
    (own) => [...own, ['Access-Control-Allow-Origin', '*']],
  ),
  replacing(
    'cors-nowhere',
    'cors',
    { gain: 'Clients that run in a browser stop working.', source: 'Fetch Standard, "CORS protocol"', only: 'ideal' },
    () => () => null,
  ),
  replacing(
    'cors-for-every-origin',
    'cors',
    { gain: 'A script on any site can read the answers of the token endpoint.', source: 'CWE-942' },
    () =>
      ({ origin }) => ({ origin, credentials: false }),
  ),
  replacing(
    'cors-origin-by-its-beginning',
    'cors',
    {
      gain: 'Whoever registers a domain that begins like an allowed one can read the answers of the token endpoint.',
      source: 'CWE-942',
      only: 'ideal',
    },
    () =>
      ({ origin, clients }) =>
        clients.some(({ redirectUris }) =>
          redirectUris.some((uri) => uri.startsWith('https:') && origin.startsWith(new URL(uri).origin)),
        )
          ? { origin, credentials: false }
          : null,
  ),
  replacing(
    'authorization-by-get-only',
    'authorizationParameters',
    {
      gain: 'Clients that send the authorization request by POST stop working.',
      source: 'OpenID Connect Core §3.1.2.1',
      only: 'ideal',
    },
    () =>
      ({ query }) =>
        query,
  ),
  replacing(
    'response-type-optional',
    'responseTypeParameter',
    { gain: 'A request that does not say what it wants gets a code.', source: 'RFC 6749 §3.1.1' },
    (own) => (pairs) => (lastValue(pairs, 'response_type') ? own(pairs) : 'code'),
  ),
  replacing(
    'repeated-parameter-last-wins',
    'authorizationParameters',
    {
      gain: 'A filter reads the first of two redirect URIs and the server the last.',
      source: 'RFC 6749 §3.1, CWE-235',
      only: 'ideal',
    },
    (own) => (incoming) => [...new Map(own(incoming))],
  ),
  replacing(
    'request-object-error-redirected',
    'unregisteredRedirect',
    {
      gain: 'An attacker can use the server to redirect users to any site, with a request object that it does not support.',
      source: 'RFC 6749 §4.1.2.1, RFC 9700 §4.11.2',
    },
    (own) => (given, pairs) => (pairs.some(([name]) => /^request(_uri)?$/.test(name)) ? given : own(given, pairs)),
  ),
]
