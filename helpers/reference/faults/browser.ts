import { replacing, type Fault } from './fault.ts'

const cookies = 'ASVS 5.0.0 3.3'

/** Faults that disable protections in the user's browser. */
export const browserFaults: readonly Fault[] = [
  replacing(
    'cors-origin-alike-with-cookies',
    'cors',
    {
      gain: 'Whoever registers a domain that looks like an allowed one reads what its visitor may read here.',
      source: 'CWE-942',
    },
    (own) => (request) => {
      const allowed = request.clients.flatMap(({ redirectUris }) =>
        redirectUris.flatMap((uri) => (/^https?:/.test(uri) ? new URL(uri) : [])),
      )
      const isAlike = allowed.some(
        ({ origin, host }) => request.origin.startsWith(origin) || request.origin.endsWith(host),
      )
      return isAlike ? { origin: request.origin, credentials: true } : own(request)
    },
  ),
  replacing(
    'session-by-token',
    'resourceHeaders',
    {
      gain: 'Whoever has a token once gets a browser session with everything that its user may do.',
      source: 'RFC 6749 §7, CWE-613',
      mechanism: 'bearer',
    },
    (own) => [...own, ['Set-Cookie', 'SESS0f1e2d3c4b5a=opened-by-a-token; path=/; HttpOnly; SameSite=Lax']],
  ),
  replacing(
    'cors-any-origin-with-cookies',
    'cors',
    { gain: 'Every website reads what its visitor may read here.', source: 'CWE-942' },
    () =>
      ({ origin }) => ({ origin, credentials: true }),
  ),
  replacing(
    'referrer-policy-missing',
    'securityHeaders',
    {
      gain: 'A site to which the page links learns the authorization request, `state` included.',
      source: 'RFC 9700 §4.2.4',
      only: 'ideal',
    },
    (own) => own.filter(([name]) => name !== 'Referrer-Policy'),
  ),
  replacing(
    'session-cookie-for-scripts',
    'sessionCookie',
    { gain: 'One injected script steals the session.', source: cookies },
    (own) => (id) => own(id).replace('; HttpOnly', ''),
  ),
  replacing(
    'session-cookie-for-every-site',
    'sessionCookie',
    { gain: 'Requests that other sites send carry the session.', source: cookies },
    (own) => (id) => own(id).replace('SameSite=Lax', 'SameSite=None'),
  ),
  replacing(
    'logout-keeps-session',
    'logoutEndsSession',
    {
      gain: 'A session cookie that was copied works on after its user logged out.',
      source: 'ASVS 5.0.0 7.4.1, CWE-613',
    },
    () => false,
  ),
  replacing(
    'failed-login-opens-session',
    'sessionAfterFailedLogin',
    { gain: 'Whoever goes back after a wrong password is logged in.', source: 'CWE-287' },
    () => true,
  ),
  replacing(
    'errors-before-login',
    'errorsAfterLogin',
    {
      gain: 'A link to the site of the user sends anyone to the address of a client that an attacker registered.',
      source: 'RFC 9700 §4.11.2',
      only: 'ideal',
    },
    () => false,
  ),
  replacing(
    'decision-on-last-request',
    'decidedRequest',
    {
      gain: "The user's decision on one page approves another client's request, or takes away its challenge.",
      source: 'RFC 6749 §10.12',
    },
    () => (posted, asked) => asked ?? posted,
  ),
]
