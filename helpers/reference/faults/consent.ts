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
    (own) => (session, given) => given === null || own(session, given),
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
]
