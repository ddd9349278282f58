import type { Issue, Jwt } from '../core/mechanisms.ts'
import { replacing, type Fault, type FaultDetails } from './fault.ts'

/** A fault in the claims of the access token; undefined removes a claim. */
function claims(id: string, details: FaultDetails, change: (jwt: Jwt['claims'], issue: Issue) => Jwt['claims']): Fault {
  return replacing(id, 'accessToken', details, (own) => (issue, keys) => {
    const { header, claims: good } = own(issue, keys)
    return { header, claims: { ...good, ...change(good, issue) } }
  })
}

export const claimFaults: readonly Fault[] = [
  claims(
    'claim-personal-data-of-refreshed',
    { gain: 'Anyone who sees a refreshed token learns the email address of the user.', source: 'RFC 9068 §6' },
    (_claims, { user, grantType }) => (grantType === 'refresh_token' ? { email: user?.mail } : {}),
  ),
  claims(
    'claim-personal-data-of-machine',
    { gain: 'Anyone who sees the token of a machine learns the name of the account behind it.', source: 'RFC 9068 §6' },
    (_claims, { client, grantType }) => (grantType === 'client_credentials' ? { name: client.user } : {}),
  ),
  claims(
    'claim-iss-of-each-grant',
    {
      gain: 'Resource servers that compare the issuer reject the tokens of some grants, or stop comparing.',
      source: 'RFC 7519 §4.1.1',
    },
    ({ iss }, { grantType }) => (grantType === 'authorization_code' ? {} : { iss: `${String(iss)}/${grantType}` }),
  ),
  claims('claim-sub-missing', { gain: 'A resource server cannot distinguish users.', source: 'RFC 9068 §2.2' }, () => ({
    sub: undefined,
  })),
  claims('claim-sub-of-another', { gain: 'A user can act as another user.', source: 'RFC 9068 §2.2' }, ({ sub }) => ({
    sub: String(Number(sub) + 1),
  })),
  claims(
    'claim-sub-of-nobody',
    { gain: 'Resource servers cannot tell one user from another.', source: 'RFC 7519 §4.1.2' },
    ({ sub }, { user }) => ({ sub: user ? 'user' : sub }),
  ),
  claims(
    'claim-sub-changing',
    { gain: 'Resource servers take one user for a new one with every token.', source: 'RFC 9068 §2.2' },
    ({ sub }, { user, id }) => ({ sub: user ? `${user.uid}-${id}` : sub }),
  ),
  claims(
    'claim-sub-number',
    { gain: 'Resource servers have to compare user IDs loosely.', source: 'RFC 7519 §4.1.2' },
    ({ sub }) => ({
      sub: Number(sub),
    }),
  ),
  claims(
    'claim-aud-missing',
    { gain: 'A token is accepted by every resource server.', source: 'RFC 9068 §2.2, RFC 8725 §3.9' },
    () => ({
      aud: undefined,
    }),
  ),
  claims(
    'claim-aud-changing',
    {
      gain: 'A refreshed token is accepted by resource servers for which the grant was not meant.',
      source: 'RFC 8725 §3.9',
    },
    (_claims, { id }) => ({
      aud: `https://resource-${id}.example`,
    }),
  ),
  claims(
    'claim-iss-missing',
    { gain: 'A token from one authorization server is accepted as a token from another.', source: 'RFC 8725 §3.8' },
    () => ({
      iss: undefined,
    }),
  ),
  claims(
    'claim-iat-missing',
    { gain: 'Resource servers cannot distinguish old tokens from new ones.', source: 'RFC 9068 §2.2' },
    () => ({
      iat: undefined,
    }),
  ),
  claims(
    'claim-iat-string',
    { gain: 'Resource servers misread the age of a token.', source: 'RFC 7519 §4.1.6' },
    ({ iat }) => ({
      iat: String(iat),
    }),
  ),
  claims('claim-jti-missing', { gain: 'Replay of a token goes undetected.', source: 'RFC 9068 §2.2' }, () => ({
    jti: undefined,
  })),
  claims('claim-exp-missing', { gain: 'A stolen token is valid forever.', source: 'RFC 9068 §2.2' }, () => ({
    exp: undefined,
  })),
  claims(
    'claim-exp-string',
    { gain: 'Resource servers that cannot parse the expiry time ignore it.', source: 'RFC 7519 §2, §4.1.4' },
    ({ exp }) => ({
      exp: String(exp),
    }),
  ),
  claims(
    'claim-exp-later',
    { gain: 'A stolen token is valid for a day longer than announced.', source: 'RFC 6749 §5.1' },
    ({ exp }) => ({
      exp: Number(exp) + 86_400,
    }),
  ),
  claims(
    'claim-scope-missing',
    { gain: 'Resource servers have to guess what was granted.', source: 'RFC 9068 §2.2.3' },
    () => ({
      scope: undefined,
    }),
  ),
  claims(
    'claim-scope-wider',
    { gain: 'Resource servers allow more than the user approved.', source: 'RFC 6749 §3.3' },
    ({ scope }) => ({
      scope: Array.isArray(scope) ? [...(scope as unknown[]), 'admin'] : `${String(scope)} admin`,
    }),
  ),
  claims(
    'claim-personal-data',
    { gain: "Anyone who sees a token learns the user's name and email address.", source: 'RFC 9068 §6' },
    (_claims, { user }) => ({
      name: user?.name,
      email: user?.mail,
    }),
  ),
  claims(
    'claim-private-added',
    { gain: 'Every client and resource server learns internal data of the site.', source: 'RFC 9068 §6' },
    (_claims, { user }) => ({ roles: user?.permissions ?? [] }),
  ),
  claims(
    'claim-iat-past',
    { gain: 'Resource servers mistake a new token for an old one.', source: 'RFC 7519 §4.1.6' },
    ({ iat }) => ({
      iat: Number(iat) - 3600,
    }),
  ),
  claims(
    'claim-sub-of-machine-is-user',
    { gain: 'Resource servers mistake a machine client for a user.', source: 'RFC 9700 §4.15' },
    ({ sub }, { user }) => ({ sub: user ? sub : '1' }),
  ),
  claims(
    'claim-sub-of-machine-missing',
    { gain: 'Resource servers cannot identify who sent the request.', source: 'RFC 9068 §2.2', only: 'ideal' },
    ({ sub }, { user }) => ({ sub: user ? sub : undefined }),
  ),
  claims(
    'claim-client-id-missing',
    { gain: 'A resource server cannot distinguish clients.', source: 'RFC 9068 §2.2', only: 'ideal' },
    () => ({ client_id: undefined }),
  ),
  claims(
    'claim-scope-list',
    {
      gain: 'Resource servers that search a string for a scope name find none, or the wrong one.',
      source: 'RFC 9068 §2.2.3',
      only: 'ideal',
    },
    (_claims, { scopes }) => ({ scope: scopes }),
  ),
]
