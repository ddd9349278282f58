import type { Client } from '../core/data.ts'
import type { Mechanisms } from '../core/mechanisms.ts'
import type { State } from '../core/state.ts'
import { otherKeys } from './token.ts'

/** A way in which an upgrade goes wrong: by what it does to the stored data, or by how the new server treats them. */
export interface UpgradeFault {
  readonly id: string
  /** What clients lose, or an attacker gains. */
  readonly gain: string
  /** Changes what the old server stored. */
  readonly carry?: (state: State) => void | Promise<void>
  readonly alter?: (mechanisms: Mechanisms) => Mechanisms
}

const day = 86_400_000

const carrying = (id: string, gain: string, carry: NonNullable<UpgradeFault['carry']>): UpgradeFault => ({
  id,
  gain,
  carry,
})
const altering = (id: string, gain: string, alter: (own: Mechanisms) => Partial<Mechanisms>): UpgradeFault => ({
  id,
  gain,
  alter: (own) => ({ ...own, ...alter(own) }),
})

/** Replaces each client by a changed copy. */
const ofClients =
  (change: (client: Client) => Partial<Client>) =>
  (state: State): void => {
    state.data = {
      ...state.data,
      clients: state.data.clients.map((client) => ({ ...client, ...change(client) })),
    }
  }

/** Lets tokens and codes live a day longer. */
const prolong = <T extends { readonly expires: number }>(stored: Map<string, T>): void => {
  for (const [id, one] of stored) stored.set(id, { ...one, expires: one.expires + day })
}

/** Faults of the upgrade of the reference server, in the order of the contracts that notice them. */
export const upgradeFaults: readonly UpgradeFault[] = [
  carrying('upgrade-loses-access-tokens', 'Every client gets 401 until it requests a new token.', (state) => {
    state.accessTokens.clear()
  }),
  carrying('upgrade-loses-refresh-tokens', 'Every user has to log in and consent again.', (state) => {
    state.refreshTokens.clear()
  }),
  carrying('upgrade-loses-rotated-grants', 'Clients that have refreshed a token before lose their access.', (state) => {
    const rotated = new Set([...state.refreshTokens.values()].flatMap(({ used, grantId }) => (used ? grantId : [])))
    for (const [value, { grantId }] of state.refreshTokens) if (rotated.has(grantId)) state.refreshTokens.delete(value)
  }),
  carrying('upgrade-widens-refresh-tokens', 'A client gets scopes that no user granted.', (state) => {
    const every = state.data.scopes.filter(({ grantTypes }) => grantTypes.includes('refresh_token'))
    for (const [value, token] of state.refreshTokens)
      state.refreshTokens.set(value, { ...token, scopes: every.map(({ name }) => name) })
  }),
  carrying('upgrade-forgets-rotation', 'Whoever stole a rotated refresh token can use it again.', (state) => {
    for (const token of state.refreshTokens.values()) token.used = false
  }),
  carrying('upgrade-forgets-revocation', 'Revoked access tokens are accepted again.', (state) => {
    for (const token of state.accessTokens.values()) token.revoked = false
  }),
  altering(
    'upgrade-accepts-expired-access-tokens',
    'Old access tokens from logs and backups are accepted again.',
    () => ({
      timesValid: () => true,
    }),
  ),
  carrying('upgrade-prolongs-refresh-tokens', 'Access that had ended is open again.', (state) => {
    prolong(state.refreshTokens)
  }),
  carrying('upgrade-loses-codes', 'Users who are logging in end up at an error page of the app.', (state) => {
    state.codes.clear()
  }),
  altering('upgrade-accepts-any-verifier', 'A stolen code can be redeemed by whoever stole it.', () => ({
    verifierMatches: () => true,
  })),
  carrying('upgrade-forgets-used-codes', 'A code from a log can be redeemed once more.', (state) => {
    for (const code of state.codes.values()) code.used = false
  }),
  carrying('upgrade-prolongs-codes', 'An old code from a log can be redeemed.', (state) => {
    prolong(state.codes)
  }),
  carrying('upgrade-makes-new-keys', 'Resource servers with a copy of the key set reject every token.', (state) =>
    state.replaceKeys(),
  ),
  altering('upgrade-signs-with-another-key', 'Resource servers reject every new token.', () => ({
    signingKeys: otherKeys,
  })),
  altering('upgrade-changes-issuer', 'Resource servers that check the issuer reject every new token.', (own) => ({
    accessToken: (issue, keys) => {
      const jwt = own.accessToken(issue, keys)
      return { ...jwt, claims: { ...jwt.claims, iss: `${String(jwt.claims['iss'])}oauth/` } }
    },
  })),
  altering('upgrade-changes-subjects', 'Apps take every user for somebody else.', (own) => ({
    accessToken: (issue, keys) => {
      const jwt = own.accessToken(issue, keys)
      return { ...jwt, claims: { ...jwt.claims, sub: `user-${String(jwt.claims['sub'])}` } }
    },
  })),
  altering('upgrade-loses-secrets', 'Machine clients stop working until each gets a new secret.', () => ({
    secretMatches: () => false,
  })),
  altering('upgrade-empties-secrets', 'Anybody can act as a confidential client.', () => ({
    secretMatches: () => true,
    authenticates: () => true,
  })),
  carrying(
    'upgrade-keeps-one-redirect-uri',
    'Apps with several redirect URIs lose all but the first.',
    ofClients(({ redirectUris }) => ({ redirectUris: redirectUris.slice(0, 1) })),
  ),
  altering('upgrade-accepts-any-redirect-uri', 'Codes are sent to any site.', () => ({
    redirectUriMatches: () => true,
  })),
  carrying(
    'upgrade-enables-every-grant',
    'Clients get tokens by grants that nobody enabled for them.',
    ofClients(() => ({ grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] })),
  ),
  carrying(
    'upgrade-loses-default-scopes',
    'Machine clients are rejected, or get any scope they ask for.',
    ofClients(() => ({ scopes: [] })),
  ),
  altering('upgrade-makes-pkce-optional', 'A stolen code can be redeemed by whoever stole it.', () => ({
    challengeRequired: () => false,
  })),
  carrying(
    'upgrade-resets-lifetimes',
    'Stolen tokens work for as long as a default says.',
    ofClients(() => ({ accessTokenLifetime: 3600, refreshTokenLifetime: 1_209_600 })),
  ),
  carrying('upgrade-ends-sessions', 'Everybody has to log in again.', (state) => {
    state.sessions.clear()
  }),
  altering('upgrade-loses-passwords', 'Users are locked out.', () => ({ passwordMatches: () => false })),
  altering('upgrade-hashes-passwords-again', 'The first login of a user ends the access of all clients.', (own) => ({
    loginAllowed: (state, account) => {
      state.forgetAccess(account)
      return own.loginAllowed(state, account)
    },
  })),
  carrying('upgrade-unblocks-users', 'Blocked users can log in again.', (state) => {
    state.blocked.clear()
  }),
  carrying('upgrade-forgets-approvals', 'Every user is asked for consent again.', (state) => {
    state.approvals.clear()
  }),
  altering('upgrade-remembers-every-approval', 'Clients get codes for users who never consented.', () => ({
    rememberedApproval: () => true,
  })),
  altering(
    'upgrade-lets-everybody-grant-codes',
    'Users give clients access that an administrator denied them.',
    () => ({
      mayGrantCodes: () => true,
    }),
  ),
  altering('upgrade-ignores-scopes', 'A token opens everything.', () => ({ mayOpen: () => true })),
]
