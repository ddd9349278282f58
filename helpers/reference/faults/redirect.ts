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
    { gain: 'Codes are sent to any path or host that starts like the registered redirect URI.', source: exact },
    () => (registered, given) => given.startsWith(registered),
  ),
  replacing(
    'redirect-uri-same-host',
    'redirectUriMatches',
    { gain: "Codes are sent to an open redirector on the client's host.", source: 'RFC 9700 §4.1.1' },
    () => (registered, given) => parse(registered)?.hostname === parse(given)?.hostname,
  ),
  replacing(
    'redirect-uri-host-prefix',
    'redirectUriMatches',
    { gain: "Codes are sent to an attacker's host whose name starts with the client's host name.", source: exact },
    (own) => (registered, given) =>
      own(registered, given) || (parse(given)?.hostname ?? '').startsWith(`${parse(registered)?.hostname}.`),
  ),
  replacing(
    'redirect-uri-host-suffix',
    'redirectUriMatches',
    { gain: "Codes are sent to an attacker's host whose name ends with the client's host name.", source: exact },
    (own) => (registered, given) =>
      own(registered, given) || (parse(given)?.hostname ?? '').endsWith(parse(registered)?.hostname || '\0'),
  ),
  replacing(
    'redirect-uri-query-ignored',
    'redirectUriMatches',
    { gain: 'An attacker can add parameters to the page that receives the code.', source: exact },
    (own) => (registered, given) => own(registered.split('?')[0] ?? '', given.split('?')[0] ?? ''),
  ),
  replacing(
    'redirect-uri-scheme-ignored',
    'redirectUriMatches',
    { gain: 'Codes are sent over an unencrypted connection.', source: 'RFC 9700 §2.6' },
    (own) => (registered, given) => own(registered, given) || own(registered, given.replace(/^http:/, 'https:')),
  ),
  replacing(
    'redirect-uri-normalized',
    'redirectUriMatches',
    { gain: 'Codes go astray because two URI parsers read the same redirect URI differently.', source: exact },
    (own) => (registered, given) => own(registered, given) || parse(registered)?.href === parse(given)?.href,
  ),
  replacing(
    'redirect-uri-decoded',
    'redirectUriMatches',
    {
      gain: 'The server and the client read an encoded character in the redirect URI differently.',
      source: 'RFC 3986 §6.2, RFC 9700 §4.1.3',
    },
    (own) => (registered, given) => own(registered, given.replace(/%[0-7][\dA-F]/gi, decodeURIComponent)),
  ),
  replacing(
    'redirect-uri-case-ignored',
    'redirectUriMatches',
    { gain: 'Codes are sent to another page on a server that distinguishes letter case.', source: exact },
    (own) => (registered, given) => own(registered.toLowerCase(), given.toLowerCase()),
  ),
  replacing(
    'redirect-uri-slash-ignored',
    'redirectUriMatches',
    { gain: 'Codes are sent to a page other than the registered one.', source: exact },
    (own) => (registered, given) => own(registered, given.replace(/\/$/, '')),
  ),
  replacing(
    'redirect-uri-first-word',
    'redirectUriMatches',
    { gain: 'Text after a space in the redirect URI is not validated but may still be used.', source: exact },
    (own) => (registered, given) => own(registered, given.split(' ')[0] ?? ''),
  ),
  replacing(
    'redirect-uri-any',
    'redirectUriMatches',
    { gain: 'Codes are sent to any address that the attacker chooses.', source: 'RFC 6749 §10.6' },
    () => () => true,
  ),
  replacing(
    'redirect-uri-error-redirected',
    'unregisteredRedirect',
    {
      gain: 'An attacker can use the server to redirect users to any site.',
      source: 'RFC 6749 §10.15, RFC 9700 §4.11.2',
    },
    () => (given) => given,
  ),
  replacing(
    'redirect-307',
    'redirectStatus',
    { gain: "The browser posts the user's input to the client.", source: 'RFC 9700 §4.12' },
    () => 307,
  ),
  replacing(
    'state-dropped',
    'responseState',
    { gain: 'The client cannot distinguish forged responses from genuine ones.', source: 'RFC 6749 §10.12' },
    () => () => null,
  ),
  replacing(
    'state-altered',
    'responseState',
    { gain: 'The client rejects genuine responses, or has to compare `state` loosely.', source: 'RFC 6749 §4.1.2' },
    () => (state) => state.replace(/[^\w.~-]/g, '').slice(0, 255),
  ),
  replacing(
    'state-constant',
    'responseState',
    { gain: 'Every response matches every session of the client.', source: 'RFC 6749 §10.12' },
    () => () => 'state',
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
    'redirect-uri-first-by-default',
    'defaultRedirectUri',
    {
      gain: 'The code for a request without a redirect URI is sent where the client does not expect it.',
      source: 'RFC 6749 §3.1.2.3',
    },
    () => (registered) => registered[0] ?? null,
  ),
  replacing(
    'redirect-uri-not-defaulted',
    'defaultRedirectUri',
    { gain: 'Clients that omit their only redirect URI stop working.', source: 'RFC 6749 §4.1.1' },
    () => () => null,
  ),
  replacing(
    'loopback-port-fixed',
    'redirectUriMatches',
    {
      gain: 'Native apps have to use a fixed port, which another program can occupy first.',
      source: 'RFC 8252 §7.3',
    },
    () => (registered, given) => given === registered,
  ),
  replacing(
    'loopback-any-path',
    'redirectUriMatches',
    {
      gain: 'Codes are sent to any other program that listens on the loopback address.',
      source: 'RFC 8252 §7.3, RFC 9700 §4.1.3',
    },
    (own) => (registered, given) =>
      own(registered, given) ||
      (own(registered, registered) &&
        /^http:\/\/127\.0\.0\.1[:/]/.test(registered) &&
        parse(given)?.hostname === '127.0.0.1'),
  ),
  replacing(
    'own-scheme-any-path',
    'redirectUriMatches',
    {
      gain: 'Codes are sent to any app that claims the scheme, whatever path was registered.',
      source: 'RFC 8252 §7.1',
    },
    (own) => (registered, given) =>
      own(registered, given) ||
      (!registered.startsWith('http') && parse(registered)?.protocol === parse(given)?.protocol),
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
      if (pairs.some(([name]) => name.endsWith('[]'))) throw new TypeError('Array to string conversion')
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
    { gain: "A script on another site can read the consent page in the user's session.", source: 'RFC 9700 §2.6' },
    (own) => [...own, ['Access-Control-Allow-Origin', '*']],
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
]
