import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { replacing, type Fault } from './fault.ts'

let foreign: KeyObject | undefined
/** Made on first use: a key pair takes a tenth of a second, and every run on the reference server loads this file. */
const foreignKey = (): KeyObject => (foreign ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)

export const openidFaults: readonly Fault[] = [
  replacing(
    'id-token-of-refresh-with-other-key',
    'idTokenKeys',
    {
      gain: 'Clients that verify the `id_token` of a refresh reject it, or stop verifying.',
      source: 'OpenID Connect Core §12.2',
    },
    (own) => (state, grant) =>
      grant === 'refresh_token' ? { ...own(state, grant), privateKey: foreignKey() } : own(state, grant),
  ),
  replacing(
    'id-token-hash-wrong',
    'idTokenClaims',
    {
      gain: 'Clients that compare `at_hash` reject every login, or stop comparing, and take a token that was swapped.',
      source: 'OpenID Connect Core §3.2.2.9',
    },
    (own) => (issue, nonce, authTime) => ({ ...own(issue, nonce, authTime), at_hash: 'MTIzNDU2Nzg5MDEyMzQ1Ng' }),
  ),
  replacing(
    'userinfo-claims-as-strings',
    'userinfoClaims',
    {
      gain: 'Clients take the string `false` for an email address that was verified.',
      source: 'OpenID Connect Core §5.1',
    },
    (own) => (claims, scopes) =>
      Object.fromEntries(Object.entries(own(claims, scopes)).map(([name, value]) => [name, String(value)])),
  ),
  replacing(
    'userinfo-token-in-query',
    'bearerToken',
    {
      gain: 'Tokens for UserInfo end up in logs and browser histories.',
      source: 'RFC 9700 §4.3.2',
      mechanism: 'openid',
    },
    (own) => (incoming) =>
      own(incoming) ??
      (incoming.path === '/oauth/userinfo'
        ? (incoming.query.find(([name]) => name === 'access_token')?.[1] ?? null)
        : null),
  ),
  replacing(
    'openid-scope-opens-everything',
    'scopesMeant',
    {
      gain: 'A client that only logs its users in can do everything that they can do.',
      source: 'RFC 6749 §7, CWE-863',
    },
    (own) => (known, names) => own(known, names.includes('openid') ? known.map(({ name }) => name) : names),
  ),
  replacing(
    'id-token-audience-wrong',
    'idTokenClaims',
    { gain: 'A client accepts an `id_token` that was issued for another client.', source: 'OpenID Connect Core §2' },
    (own) => (issue, nonce, authTime) => ({ ...own(issue, nonce, authTime), aud: 'another' }),
  ),
  replacing(
    'id-token-with-other-key',
    'idTokenKeys',
    {
      gain: 'Clients that verify the `id_token` reject it, or stop verifying.',
      source: 'OpenID Connect Core §10.1',
    },
    (own) => (state) => ({ ...own(state), privateKey: foreignKey() }),
  ),
  replacing(
    'id-token-for-every-client',
    'idTokenDue',
    {
      gain: "A client learns the user's identity without having requested it.",
      source: 'OpenID Connect Core §3.1.2.1',
    },
    () => (_scopes, grant) => grant !== 'client_credentials',
  ),
  replacing(
    'id-token-issuer-changing',
    'idTokenClaims',
    { gain: 'Clients reject the `id_token` of a refresh, or trust any issuer.', source: 'OpenID Connect Core §12.2' },
    (own) => (issue, nonce, authTime) => ({ ...own(issue, nonce, authTime), iss: `${issue.origin}/${issue.id}` }),
  ),
  replacing(
    'subject-for-each-response',
    'userinfoClaims',
    {
      gain: 'A client takes a user who comes back for somebody else.',
      source: 'OpenID Connect Core §5.3.2, §12.2',
    },
    (own) => {
      let count = 0
      return (claims, scopes) => ({ ...own(claims, scopes), sub: `user-${(count += 1)}` })
    },
  ),
  replacing(
    'nonce-dropped',
    'idTokenClaims',
    {
      gain: "An attacker can replay an `id_token` into another user's session.",
      source: 'OpenID Connect Core §15.5.2',
      only: 'ideal',
    },
    (own) => (issue, _nonce, authTime) => own(issue, null, authTime),
  ),
  replacing(
    'userinfo-for-every-scope',
    'userinfoAllowed',
    {
      gain: "A client can query the user's identity at UserInfo without having requested it.",
      source: 'OpenID Connect Core §5.3.1',
      only: 'ideal',
    },
    () => () => true,
  ),
  replacing(
    'userinfo-every-claim',
    'userinfoClaims',
    {
      gain: "A client learns the user's email address without having requested it.",
      source: 'OpenID Connect Core §5.4',
      only: 'ideal',
    },
    () => (claims) => claims,
  ),
  replacing(
    'userinfo-of-another',
    'userinfoClaims',
    { gain: 'A client confuses one user with another.', source: 'OpenID Connect Core §5.3.2' },
    (own) => (claims, scopes) => ({ ...own(claims, scopes), sub: '1' }),
  ),
  replacing(
    'userinfo-by-get-alone',
    'userinfoMethods',
    {
      gain: 'Clients that request UserInfo by POST cannot log users in.',
      source: 'OpenID Connect Core §5.3.1',
    },
    () => ['GET'],
  ),
  replacing(
    'userinfo-with-password',
    'userinfoClaims',
    {
      gain: "A client that a user logs in with learns the user's password hash and can crack it.",
      source: 'RFC 6749 §7, CWE-200',
    },
    (own) => (claims, scopes) => ({ ...own(claims, scopes), pass: '$2y$10$abcdefghijklmnopqrstuv' }),
  ),
  replacing(
    'userinfo-open',
    'userinfoAccount',
    { gain: "Anyone can read a user's identity without a token.", source: 'OpenID Connect Core §5.3, CWE-306' },
    (own) => (state, account) => own(state, account) ?? state.accounts[0],
  ),
]
