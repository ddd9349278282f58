import { replacing, type Fault } from './fault.ts'

const parse = (uri: string) => (URL.canParse(uri) ? new URL(uri) : null)
const exact = 'RFC 9700 §4.1.3'

export const redirectFaults: readonly Fault[] = [
  replacing(
    'redirect-uri-first-exact-alone',
    'redirectUriMatches',
    {
      gain: 'Codes are sent to any path or host that starts like one of the further registered redirect URIs.',
      source: exact,
    },
    (own) => (registered, given, index) =>
      index === undefined || index === 0 ? own(registered, given) : given.startsWith(registered),
  ),
  replacing(
    'state-zero-dropped',
    'responseState',
    { gain: 'A client that numbers its requests rejects the response to the first.', source: 'RFC 6749 §4.1.2' },
    (own) => (state) => (state === '0' ? null : own(state)),
  ),
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
    (own) => (registered, given) => {
      const [wanted, other] = [parse(registered), parse(given)]
      if (!wanted?.hostname || !other?.hostname.endsWith(wanted.hostname)) return own(registered, given)
      return own(registered, `${other.protocol}//${wanted.host}${other.pathname}${other.search}`)
    },
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
    'redirect-uri-path-ignored',
    'redirectUriMatches',
    { gain: "Codes are sent to any page on the client's host, such as an open redirector.", source: 'RFC 9700 §4.1.1' },
    (own) => (registered, given) =>
      own(registered, given) || (registered.startsWith('http') && parse(registered)?.origin === parse(given)?.origin),
  ),
  replacing(
    'redirect-uri-host-ignored',
    'redirectUriMatches',
    { gain: "Codes are sent to the registered path on an attacker's host.", source: exact },
    (own) => (registered, given) => {
      const [wanted, other] = [parse(registered), parse(given)]
      if (wanted && other?.host) other.host = wanted.host
      return own(registered, given) || (other !== null && own(registered, other.href))
    },
  ),
  replacing(
    'redirect-uri-host-cut-off',
    'redirectUriMatches',
    {
      gain: "Codes are sent to an attacker's host whose name begins with the registered scheme and host.",
      source: exact,
    },
    (own) => (registered, given) => {
      const origin = registered.startsWith('http') ? parse(registered)?.origin : undefined
      if (origin === undefined || !given.startsWith(origin)) return own(registered, given)
      return own(registered, given) || !/^[/?#]/.test(given.slice(origin.length))
    },
  ),
  replacing(
    'redirect-uri-relative-resolved',
    'redirectUriMatches',
    { gain: 'The server and the browser resolve the same redirect URI to different hosts.', source: 'RFC 6749 §3.1.2' },
    (own) => (registered, given) =>
      own(registered, given) ||
      (given.startsWith('/') && URL.canParse(given, registered) && own(registered, new URL(given, registered).href)),
  ),
  replacing(
    'redirect-uri-loopback-always',
    'redirectUriMatches',
    { gain: 'Codes of every client are sent to whatever program listens on the device.', source: 'RFC 8252 §8.3' },
    (own) => (registered, given) => own(registered, given) || parse(given)?.hostname === '127.0.0.1',
  ),
  replacing(
    'redirect-uri-any-scheme',
    'redirectUriMatches',
    {
      gain: 'Codes are sent to any app that claims a scheme, or a script runs in the browser.',
      source: 'RFC 8252 §8.4',
    },
    (own) => (registered, given) => own(registered, given) || /^(?!https?:)[a-z.]+:/i.test(given),
  ),
  replacing(
    'loopback-port-demanded',
    'redirectUriMatches',
    { gain: 'Native apps that listen on the default port stop working.', source: 'RFC 8252 §7.3' },
    (own) => (registered, given) => !/^http:\/\/127\.0\.0\.1\//.test(given) && own(registered, given),
  ),
]
