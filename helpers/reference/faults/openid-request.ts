import { Failure } from '../core/failure.ts'
import { replacing, type Fault } from './fault.ts'

const request = 'OpenID Connect Core §3.1.2.1'

export const openidRequestFaults: readonly Fault[] = [
  replacing(
    'prompt-none-ignored',
    'promptHonoured',
    {
      mechanism: 'openid',
      gain: 'A client that asks in a hidden frame gets a login form instead of an answer.',
      source: request,
      only: 'ideal',
    },
    () => false,
  ),
  replacing(
    'prompt-none-always-refused',
    'silentlyIssued',
    {
      gain: 'A client that asks in a hidden frame takes every user for somebody who is not logged in.',
      source: request,
      only: 'ideal',
    },
    () => false,
  ),
  replacing(
    'login-again-ignored',
    'loginAgain',
    {
      gain: 'Whoever finds a browser that is logged in passes where the client wanted the user to prove who they are.',
      source: request,
      only: 'ideal',
    },
    () => () => false,
  ),
  replacing(
    'auth-time-missing',
    'idTokenClaims',
    { gain: 'A client cannot tell a login of today from one of last month.', source: request, only: 'ideal' },
    (own) => (issue, nonce, authTime) => {
      const { auth_time: _, ...claims } = own(issue, nonce, authTime)
      return claims
    },
  ),
  replacing(
    'id-token-of-another-issuer',
    'idTokenClaims',
    {
      gain: 'A client that compares the issuers rejects every login, or stops comparing.',
      source: 'OpenID Connect Core §2',
    },
    (own) => (issue, nonce, authTime) => ({ ...own(issue, nonce, authTime), iss: 'https://login.example' }),
  ),
  replacing(
    'id-token-hint-ignored',
    'hintMatches',
    {
      gain: 'A client gets the account that happens to be logged in for the one it asked for.',
      source: request,
      only: 'ideal',
    },
    () => () => true,
  ),
  replacing(
    'request-object-ignored',
    'requestObjectFailure',
    {
      gain: 'Parameters that the client signed are dropped, and those in the URL, which anybody can change, are taken.',
      source: 'OpenID Connect Core §6.1',
      only: 'ideal',
    },
    () => () => null,
  ),
  replacing(
    'openid-parameters-refused',
    'checkParameters',
    { gain: 'Clients that follow the standard cannot log their users in.', source: 'OpenID Connect Core §15.1' },
    (own) => (pairs) => {
      own(pairs)
      const known = /^(?:display|ui_locales|claims_locales|acr_values|login_hint)$/
      const refused = pairs.find(([name]) => known.test(name))
      if (refused) throw new Failure('parameter/malformed', refused[0])
    },
  ),
  replacing(
    'id-token-when-switched-off',
    'idTokenDue',
    { gain: 'Clients get identity data that the owner of the site switched off.', source: 'CWE-200', only: 'ideal' },
    (own) => (scopes, grant) => own(scopes, grant, false),
  ),
  replacing(
    'metadata-of-another-issuer',
    'metadata',
    { gain: 'Clients reject every token, or stop comparing issuers.', source: 'RFC 8414 §3.3', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), issuer: 'https://login.example' }),
  ),
  replacing(
    'response-of-another-issuer',
    'authorizationIssuer',
    { gain: 'Clients of several servers send the code to the wrong one.', source: 'RFC 9207 §2', only: 'ideal' },
    () => () => 'https://login.example',
  ),
]
