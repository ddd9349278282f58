import { replacing, type Fault } from './fault.ts'

export const consentFaults: readonly Fault[] = [
  replacing(
    'login-not-required',
    'loginRequired',
    { gain: 'Anybody gets a code for somebody else.', source: 'RFC 6749 §3.1' },
    () => false,
  ),
  replacing(
    'login-any-password',
    'passwordMatches',
    { gain: 'Knowing a name is enough to act as its owner.', source: 'CWE-287' },
    () => () => true,
  ),
  replacing(
    'login-of-blocked-user',
    'loginAllowed',
    { gain: 'Somebody locked out still logs in.', source: 'CWE-863' },
    () => () => true,
  ),
  replacing(
    'form-token-unchecked',
    'formTokenMatches',
    { gain: 'Another site submits the consent form for the user.', source: 'RFC 6749 §10.12, RFC 9700 §4.7' },
    () => () => true,
  ),
  replacing(
    'form-token-any-text',
    'formTokenMatches',
    { gain: 'Another site submits the consent form with a token of its own making.', source: 'RFC 6749 §10.12' },
    () => (_session, given) => (given ?? '') !== '',
  ),
  replacing(
    'form-token-optional',
    'formTokenMatches',
    { gain: 'Another site submits the consent form without the token.', source: 'CWE-352' },
    (own) => (session, given, state) => given === null || own(session, given, state),
  ),
  replacing(
    'consent-skipped',
    'automaticApproval',
    { gain: 'A link is enough to give a client access.', source: 'RFC 6749 §10.2' },
    () => () => true,
  ),
  replacing(
    'consent-remembered-for-more',
    'rememberedApproval',
    { gain: 'A client approved for little gets everything without a question.', source: 'RFC 6749 §10.2' },
    () => (_client, approved) => approved.size > 0,
  ),
  replacing(
    'consent-denied-issues-code',
    'codeForDenial',
    { gain: 'A client gets access against the will of the user.', source: 'RFC 6749 §4.1.2.1' },
    () => true,
  ),
  replacing(
    'consent-by-any-button',
    'decision',
    { gain: 'Pressing Deny gives the client access.', source: 'RFC 6749 §4.1.1' },
    () => () => 'allow',
  ),
  replacing(
    'grant-permission-ignored',
    'mayGrantCodes',
    { gain: 'Users without the permission give clients access.', source: 'CWE-862' },
    () => () => true,
  ),
  replacing(
    'framing-allowed',
    'securityHeaders',
    { gain: 'Another site lays itself over the consent page and steals the click.', source: 'RFC 9700 §4.16' },
    () => [],
  ),
  replacing(
    'framing-policy-missing',
    'securityHeaders',
    {
      gain: 'A browser that reads policies alone lets another site lay itself over the consent page.',
      source: 'RFC 9700 §4.16',
      only: 'ideal',
    },
    (own) => own.filter(([name]) => name !== 'Content-Security-Policy'),
  ),
  replacing(
    'login-drops-challenge',
    'rememberedQuery',
    { gain: 'Whoever has to log in first gets a code that no verifier protects.', source: 'RFC 9700 §4.8' },
    () => (query) => query.filter(([name]) => !name.startsWith('code_challenge')),
  ),
  replacing(
    'login-drops-redirect-uri',
    'rememberedQuery',
    { gain: 'After the login the code goes where the client did not ask for it.', source: 'RFC 6749 §4.1.1' },
    () => (query) => query.filter(([name]) => name !== 'redirect_uri'),
  ),
  replacing(
    'form-token-of-any-session',
    'formTokenMatches',
    { gain: 'An attacker forges consent with the token of a session of their own.', source: 'RFC 6749 §10.12' },
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
    { gain: 'A client that nobody approved gets the access of another.', source: 'RFC 6749 §10.2' },
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
    { gain: 'What the user saw is not what the client gets.', source: 'RFC 6749 §10.12' },
    (own) => (incoming) => {
      const posted = incoming.body.map(([name]) => name)
      return [...own(incoming).filter(([name]) => !posted.includes(name)), ...incoming.body]
    },
  ),
  replacing(
    'consent-hides-scopes',
    'consentScopes',
    { gain: 'The user agrees to more than the page tells.', source: 'RFC 6749 §10.2' },
    () => (asked) => asked.slice(0, 1),
  ),
  replacing(
    'consent-label-as-markup',
    'consentLabel',
    {
      gain: 'Whoever names a client runs scripts in the session of every user who is asked.',
      source: 'RFC 6749 §10.14, CWE-79',
    },
    () => (label) => label,
  ),
  replacing(
    'consent-cacheable',
    'consentHeaders',
    { gain: 'A shared cache hands the form of one user to another.', source: 'CWE-524' },
    (own) => [...own, ['Cache-Control', 'public, max-age=600']],
  ),
  replacing(
    'approval-always-asked',
    'automaticApproval',
    { gain: 'None by itself; clients set up to need no approval are stopped by a form.', source: 'RFC 6749 §4.1.2' },
    () => () => false,
  ),
  replacing(
    'login-redirect-307',
    'loginRedirectStatus',
    { gain: 'The browser posts name and password again, to wherever the login leads.', source: 'RFC 9700 §4.12' },
    () => 307,
  ),
  replacing(
    'consent-page-loads-from-elsewhere',
    'consentLabel',
    { gain: 'Another server sees who is asked what, or runs scripts on the page.', source: 'RFC 9700 §4.2.4' },
    (own) => (label) => `${own(label)}<img src="https://cdn.example/logo.png" alt="" />`,
  ),
  replacing(
    'approval-remembered-unasked',
    'automaticApproval',
    { gain: 'A client that was approved once gets new codes without a question.', source: 'RFC 6749 §10.2' },
    (own) => {
      const seen = new Set<string>()
      return (client) => {
        const known = seen.has(client.client_id)
        seen.add(client.client_id)
        return known || own(client)
      }
    },
  ),
]
