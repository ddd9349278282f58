import { Failure } from '../core/failure.ts'
import { replacing, type Fault } from './fault.ts'

const parse = (uri: string) => (URL.canParse(uri) ? new URL(uri) : null)
/** The parameters of RFC 6749, RFC 7636 and OpenID Connect. */
const knownParameters = [
  ...['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'code_challenge', 'code_challenge_method'],
  ...['nonce', 'prompt', 'max_age'],
]
const exact = 'RFC 9700 §4.1.3'

export const redirectFaults: readonly Fault[] = [
  replacing(
    'redirect-uri-prefix',
    'redirectUriMatches',
    { gain: 'Codes go to any path or host that begins like the registered URI.', source: exact },
    () => (registered, given) => given.startsWith(registered),
  ),
  replacing(
    'redirect-uri-same-host',
    'redirectUriMatches',
    { gain: 'Codes go to an open redirector on the host of the client.', source: 'RFC 9700 §4.1.1' },
    () => (registered, given) => parse(registered)?.hostname === parse(given)?.hostname,
  ),
  replacing(
    'redirect-uri-host-prefix',
    'redirectUriMatches',
    { gain: 'Codes go to a host of the attacker whose name begins with that of the client.', source: exact },
    (own) => (registered, given) =>
      own(registered, given) || (parse(given)?.hostname ?? '').startsWith(`${parse(registered)?.hostname}.`),
  ),
  replacing(
    'redirect-uri-host-suffix',
    'redirectUriMatches',
    { gain: 'Codes go to a host of the attacker whose name ends in that of the client.', source: exact },
    (own) => (registered, given) =>
      own(registered, given) || (parse(given)?.hostname ?? '').endsWith(parse(registered)?.hostname || '\0'),
  ),
  replacing(
    'redirect-uri-query-ignored',
    'redirectUriMatches',
    { gain: 'Parameters of the attacker reach the page that gets the code.', source: exact },
    (own) => (registered, given) => own(registered.split('?')[0] ?? '', given.split('?')[0] ?? ''),
  ),
  replacing(
    'redirect-uri-scheme-ignored',
    'redirectUriMatches',
    { gain: 'Codes go over a connection that anybody reads.', source: 'RFC 9700 §2.6' },
    (own) => (registered, given) => own(registered, given) || own(registered, given.replace(/^http:/, 'https:')),
  ),
  replacing(
    'redirect-uri-normalized',
    'redirectUriMatches',
    { gain: 'What two parsers read differently leads codes astray.', source: exact },
    (own) => (registered, given) => own(registered, given) || parse(registered)?.href === parse(given)?.href,
  ),
  replacing(
    'redirect-uri-decoded',
    'redirectUriMatches',
    {
      gain: 'An encoded character means one thing here and another at the client.',
      source: 'RFC 3986 §6.2, RFC 9700 §4.1.3',
    },
    (own) => (registered, given) => own(registered, given.replace(/%[0-7][\dA-F]/gi, decodeURIComponent)),
  ),
  replacing(
    'redirect-uri-case-ignored',
    'redirectUriMatches',
    { gain: 'Codes go to another page of a server that tells cases apart.', source: exact },
    (own) => (registered, given) => own(registered.toLowerCase(), given.toLowerCase()),
  ),
  replacing(
    'redirect-uri-slash-ignored',
    'redirectUriMatches',
    { gain: 'Codes go to another page than the one that is registered.', source: exact },
    (own) => (registered, given) => own(registered, given.replace(/\/$/, '')),
  ),
  replacing(
    'redirect-uri-first-word',
    'redirectUriMatches',
    { gain: 'What follows a space is checked by nobody and obeyed by somebody.', source: exact },
    (own) => (registered, given) => own(registered, given.split(' ')[0] ?? ''),
  ),
  replacing(
    'redirect-uri-any',
    'redirectUriMatches',
    { gain: 'Codes go wherever the attacker says.', source: 'RFC 6749 §10.6' },
    () => () => true,
  ),
  replacing(
    'redirect-uri-error-redirected',
    'unregisteredRedirect',
    { gain: 'The server sends its users to any site.', source: 'RFC 6749 §10.15, RFC 9700 §4.11.2' },
    () => (given) => given,
  ),
  replacing(
    'redirect-307',
    'redirectStatus',
    { gain: 'The browser posts what the user typed to the client.', source: 'RFC 9700 §4.12' },
    () => 307,
  ),
  replacing(
    'state-dropped',
    'responseState',
    { gain: 'The client cannot tell forged answers from its own.', source: 'RFC 6749 §10.12' },
    () => () => null,
  ),
  replacing(
    'state-altered',
    'responseState',
    { gain: 'The client refuses good answers or compares loosely.', source: 'RFC 6749 §4.1.2' },
    () => (state) => state.replace(/[^\w.~-]/g, '').slice(0, 255),
  ),
  replacing(
    'state-constant',
    'responseState',
    { gain: 'Every answer fits every session of the client.', source: 'RFC 6749 §10.12' },
    () => () => 'state',
  ),
  replacing(
    'implicit-token',
    'responseType',
    { gain: 'Access tokens end in histories, logs and referrers.', source: 'RFC 9700 §2.1.2' },
    (own) => (type) => own(type) ?? (type.includes('token') ? 'token' : null),
  ),
  replacing(
    'response-type-ignored',
    'responseType',
    { gain: 'A client that asks for something else gets a code it does not expect.', source: 'RFC 6749 §3.1.1' },
    () => () => 'code',
  ),
  replacing(
    'scope-unknown-dropped',
    'unknownScope',
    { gain: 'A client believes to have what it never got.', source: 'RFC 6749 §4.1.2.1' },
    () => () => 'drop',
  ),
  replacing(
    'scope-unknown-granted',
    'unknownScope',
    { gain: 'A token holds whatever scope another resource server may trust.', source: 'RFC 6749 §3.3' },
    () => () => 'keep',
  ),
  replacing(
    'redirect-uri-first-by-default',
    'defaultRedirectUri',
    {
      gain: 'A request that names no redirect URI sends its code where the client does not expect it.',
      source: 'RFC 6749 §3.1.2.3',
    },
    () => (registered) => registered[0] ?? null,
  ),
  replacing(
    'redirect-uri-not-defaulted',
    'defaultRedirectUri',
    { gain: 'None by itself; clients that leave out their only redirect URI stop working.', source: 'RFC 6749 §4.1.1' },
    () => () => null,
  ),
  replacing(
    'loopback-port-fixed',
    'redirectUriMatches',
    {
      gain: 'None by itself; native apps are led to fixed ports, which others can take before them.',
      source: 'RFC 8252 §7.3',
    },
    () => (registered, given) => given === registered,
  ),
  replacing(
    'loopback-any-path',
    'redirectUriMatches',
    { gain: 'Codes go to whatever else listens on the loopback address.', source: 'RFC 8252 §7.3, RFC 9700 §4.1.3' },
    (own) => (registered, given) =>
      own(registered, given) ||
      (own(registered, registered) &&
        /^http:\/\/127\.0\.0\.1[:/]/.test(registered) &&
        parse(given)?.hostname === '127.0.0.1'),
  ),
  replacing(
    'own-scheme-any-path',
    'redirectUriMatches',
    { gain: 'Codes go to every app that claims the scheme, whatever path it registered.', source: 'RFC 8252 §7.1' },
    (own) => (registered, given) =>
      own(registered, given) ||
      (!registered.startsWith('http') && parse(registered)?.protocol === parse(given)?.protocol),
  ),
  replacing(
    'parameter-unknown-refused',
    'authorizationParameters',
    { gain: 'None by itself; clients that send the parameters of an extension stop working.', source: 'RFC 6749 §3.1' },
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
    { gain: 'An empty value counts as one that was proven.', source: 'RFC 6749 §3.1' },
    () => (pairs, name) => pairs.find(([key]) => key === name)?.[1] ?? null,
  ),
  replacing(
    'parameter-list-crashes',
    'authorizationParameters',
    { gain: 'A single request makes the server fail, and its message may tell of its inside.', source: 'CWE-704' },
    (own) => (incoming) => {
      const pairs = own(incoming)
      if (pairs.some(([name]) => name.endsWith('[]'))) throw new TypeError('Array to string conversion')
      return pairs
    },
  ),
  replacing(
    'scope-omitted-grants-all',
    'defaultScopes',
    { gain: 'A request without a scope gets every scope there is.', source: 'RFC 6749 §3.3' },
    () => (_client, known) =>
      known.filter((scope) => scope.grantTypes.includes('authorization_code')).map((scope) => scope.name),
  ),
  replacing(
    'cors-at-authorization-endpoint',
    'consentHeaders',
    { gain: "A script of another site reads the consent page of the user's session.", source: 'RFC 9700 §2.6' },
    (own) => [...own, ['Access-Control-Allow-Origin', '*']],
  ),
  replacing(
    'authorization-by-get-only',
    'authorizationParameters',
    {
      gain: 'None by itself; clients that post their request stop working.',
      source: 'OpenID Connect Core §3.1.2.1',
      only: 'ideal',
    },
    () =>
      ({ query }) =>
        query,
  ),
]
