import { replacing, type Fault } from './fault.ts'

const parse = (uri: string) => (URL.canParse(uri) ? new URL(uri) : null)
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
]
