import { lastValue } from '../core/message.ts'
import { replacing, type Fault } from './fault.ts'

export const consentFaults: readonly Fault[] = [
  replacing(
    'approval-by-number-of-scopes',
    'rememberedApproval',
    {
      gain: 'A client that was approved for one scope gets any other one instead, without being asked for.',
      source: 'RFC 6749 §10.2',
    },
    (own) => (client, approved, scopes) => own(client, new Set(scopes), scopes) && scopes.length <= approved.size,
  ),
  replacing(
    'consent-list-cut',
    'consentScopes',
    { gain: 'The user consents to scopes that the page leaves out.', source: 'RFC 6749 §10.2' },
    (own) => (asked, granted) => own(asked, granted).slice(0, 3),
  ),
  replacing(
    'login-not-required',
    'loginRequired',
    { gain: 'An attacker gets a code for another user.', source: 'RFC 6749 §3.1' },
    () => false,
  ),
  replacing(
    'login-any-password',
    'passwordMatches',
    { gain: 'Anyone who knows a user name can act as that user.', source: 'CWE-287' },
    () => () => true,
  ),
  replacing(
    'login-of-blocked-user',
    'loginAllowed',
    { gain: 'A blocked user can still log in.', source: 'CWE-863' },
    () => () => true,
  ),
  replacing(
    'form-token-unchecked',
    'formTokenMatches',
    {
      gain: 'Another site can submit the consent form on behalf of the user.',
      source: 'RFC 6749 §10.12, RFC 9700 §4.7',
    },
    () => () => true,
  ),
  replacing(
    'form-token-any-text',
    'formTokenMatches',
    { gain: 'Another site can submit the consent form with a made-up token.', source: 'RFC 6749 §10.12' },
    () => (_session, given) => (given ?? '') !== '',
  ),
  replacing(
    'form-token-optional',
    'formTokenMatches',
    { gain: 'Another site can submit the consent form without a token.', source: 'CWE-352' },
    (own) => (session, given, state) => given === null || own(session, given, state),
  ),
  replacing(
    'consent-skipped',
    'automaticApproval',
    { gain: 'A user who follows a link gives a client access without being asked.', source: 'RFC 6749 §10.2' },
    () => () => true,
  ),
  replacing(
    'consent-remembered-for-more',
    'rememberedApproval',
    {
      gain: 'A client that was approved for one scope gets every other scope without being asked for.',
      source: 'RFC 6749 §10.2',
    },
    () => (_client, approved) => approved.size > 0,
  ),
  replacing(
    'consent-denied-issues-code',
    'codeForDenial',
    { gain: 'A client gets access although the user denied it.', source: 'RFC 6749 §4.1.2.1' },
    () => true,
  ),
  replacing(
    'consent-by-any-button',
    'decision',
    { gain: 'A click on "Deny" gives the client access.', source: 'RFC 6749 §4.1.1' },
    () => () => 'allow',
  ),
  replacing(
    'grant-permission-ignored',
    'mayGrantCodes',
    { gain: 'Users without the required permission can give clients access.', source: 'CWE-862' },
    () => () => true,
  ),
  replacing(
    'framing-allowed',
    'securityHeaders',
    { gain: "Another site can frame the consent page and hijack the user's click.", source: 'RFC 9700 §4.16' },
    () => [],
  ),
  replacing(
    'framing-policy-missing',
    'securityHeaders',
    {
      gain: 'A browser that supports only Content-Security-Policy lets another site frame the consent page.',
      source: 'RFC 9700 §4.16',
      only: 'ideal',
    },
    (own) => own.filter(([name]) => name !== 'Content-Security-Policy'),
  ),
  replacing(
    'login-drops-challenge',
    'rememberedQuery',
    { gain: 'A user who has to log in first gets a code that is not protected by PKCE.', source: 'RFC 9700 §4.8' },
    () => (query) => query.filter(([name]) => !name.startsWith('code_challenge')),
  ),
  replacing(
    'login-drops-redirect-uri',
    'rememberedQuery',
    {
      gain: 'After login, the code is sent to a redirect URI that the client did not request.',
      source: 'RFC 6749 §4.1.1',
    },
    () => (query) => query.filter(([name]) => name !== 'redirect_uri'),
  ),
  replacing(
    'form-token-of-any-session',
    'formTokenMatches',
    { gain: 'An attacker can forge consent with a form token from a session of their own.', source: 'RFC 6749 §10.12' },
    () => (_session, given, state) => [...state.sessions.values()].some((session) => session.formToken === given),
  ),
  replacing(
    'approval-for-every-user',
    'approvalKey',
    { gain: 'A client that one user approved gets access to every account.', source: 'RFC 6749 §10.2' },
    () => (_account, client) => client.client_id,
  ),
  replacing(
    'approval-for-every-client',
    'approvalKey',
    {
      gain: 'A client that nobody approved gets access because another client was approved.',
      source: 'RFC 6749 §10.2',
    },
    () => (account) => account.uid,
  ),
  replacing(
    'denial-remembered-as-approval',
    'rememberDenial',
    { gain: 'A client that was denied gets access with its next request.', source: 'RFC 6749 §4.1.2.1' },
    () => true,
  ),
  replacing(
    'consent-form-decides',
    'authorizationParameters',
    {
      mechanism: 'form',
      gain: 'The client gets something other than what the user saw and approved.',
      source: 'RFC 6749 §10.12',
    },
    (own) => (incoming) => {
      const posted = incoming.body.map(([name]) => name)
      return [...own(incoming).filter(([name]) => !posted.includes(name)), ...incoming.body]
    },
  ),
  replacing(
    'consent-hides-scopes',
    'consentScopes',
    { gain: 'The user consents to more than the page shows.', source: 'RFC 6749 §10.2' },
    () => (asked) => asked.slice(0, 1),
  ),
  replacing(
    'consent-hides-default-scopes',
    'consentScopes',
    { gain: 'The user consents to scopes that the page does not show.', source: 'RFC 6749 §10.2', only: 'ideal' },
    () => (asked) => asked,
  ),
  replacing(
    'consent-label-as-markup',
    'consentLabel',
    {
      gain: 'Anyone who can name a client can run scripts in the session of every user who sees the consent page.',
      source: 'RFC 6749 §10.14, CWE-79',
    },
    () => (label) => label,
  ),
  replacing(
    'consent-title-as-markup',
    'consentTitle',
    {
      gain: "A client's name that closes the title runs scripts in the session of every user who sees the consent page.",
      source: 'RFC 6749 §10.14, CWE-79',
    },
    () => (title, label) => `${title}: ${label}`,
  ),
  replacing(
    'consent-cacheable',
    'consentHeaders',
    { gain: "A shared cache serves one user's consent form to another user.", source: 'CWE-524' },
    (own) => [...own, ['Cache-Control', 'public, max-age=600']],
  ),
  replacing(
    'approval-always-asked',
    'automaticApproval',
    { gain: 'Users are asked for consent although automatic authorization is switched on.', source: 'RFC 6749 §4.1.2' },
    () => () => false,
  ),
  replacing(
    'login-redirect-307',
    'loginRedirectStatus',
    {
      gain: 'The browser resends the user name and password to the address that the login redirects to.',
      source: 'RFC 9700 §4.12',
    },
    () => 307,
  ),
  replacing(
    'consent-page-loads-from-elsewhere',
    'consentLabel',
    {
      gain: 'A third-party server learns who is asked for consent to what, or runs scripts on the page.',
      source: 'RFC 9700 §4.2.4',
    },
    (own) => (label) => `${own(label)}<img src="https://cdn.example/logo.png" alt="" />`,
  ),
  replacing(
    'approval-remembered-unasked',
    'automaticApproval',
    { gain: 'A client that was approved once gets new codes without asking again.', source: 'RFC 6749 §10.2' },
    (own) => {
      const seen = new Set<string>()
      return (client) => {
        const known = seen.has(client.client_id)
        seen.add(client.client_id)
        return known || own(client)
      }
    },
  ),
  replacing(
    'consent-form-decides-binding',
    'codeAsIssued',
    { gain: 'A changed form binds the code to another client, redirect URI or challenge.', source: 'RFC 6749 §10.12' },
    () =>
      (code, { body }) => ({
        ...code,
        clientId: lastValue(body, 'client_id') ?? code.clientId,
        redirectUri: lastValue(body, 'redirect_uri') ?? code.redirectUri,
        challenge: lastValue(body, 'code_challenge') ?? code.challenge,
      }),
  ),
]
