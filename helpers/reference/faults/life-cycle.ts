import type { Account, Client } from '../core/data.ts'
import { Failure } from '../core/failure.ts'
import type { State } from '../core/state.ts'
import { replacing, type Fault } from './fault.ts'

/** Makes all grants and approvals of a user or client unreadable. */
function damage(
  state: State,
  isOwn: (grant: { readonly user: Account | null; readonly clientId: string }) => boolean,
): void {
  for (const kind of [state.accessTokens, state.refreshTokens, state.codes])
    for (const grant of kind.values()) if (isOwn(grant)) state.damaged.add(grant.grantId)
}

const damageApprovals = (state: State, part: string): void => {
  for (const key of state.approvals.keys()) if (key.split(' ').includes(part)) state.damaged.add(key)
}

/** Keeps the former value of one setting when a consumer changes. */
const keeping =
  (...settings: (keyof Client)[]) =>
  () =>
  (before: Client, after: Client | null): Client | null =>
    after && { ...after, ...Object.fromEntries(settings.map((setting) => [setting, before[setting]])) }

/** Also keeps codes when the consumer changes, so that only the setting decides whether one is redeemed. */
const withoutEnding = (fault: Fault): Fault => ({
  ...fault,
  alter: (own) => ({ ...fault.alter(own), consumerChanged: () => undefined }),
})

export const lifeCycleFaults: readonly Fault[] = [
  replacing(
    'secret-of-saved-consumer-hashed-again',
    'changedConsumer',
    { gain: 'A client is locked out when anything about its consumer was saved.', source: 'RFC 6749 §2.3.1' },
    (own) => (before, after) =>
      after?.client_secret === undefined || after.client_secret !== before.client_secret
        ? own(before, after)
        : { ...after, client_secret: `hash of ${after.client_secret}` },
  ),
  replacing(
    'deletion-without-effect',
    'userChanged',
    { gain: 'Apps and sessions of a deleted user go on.', source: 'ASVS 5.0 7.4.2, CWE-613' },
    (own) => (state, account, change) => {
      if (change !== 'delete') own(state, account, change)
    },
  ),
  replacing(
    'refresh-token-of-blocked-user',
    'refreshHeldByUser',
    {
      gain: 'An app renews its access in the name of a user who was locked out.',
      source: 'ASVS 5.0 7.4.2, CWE-613',
    },
    () => () => true,
  ),
  replacing(
    'session-of-blocked-user-goes-on',
    'userChanged',
    { gain: 'An old browser session gets codes after its user was locked out.', source: 'ASVS 5.0 7.4.2, CWE-613' },
    (own) => (state, account, change) => {
      const sessions = [...state.sessions]
      own(state, account, change)
      if (change === 'block' || change === 'delete')
        for (const [id, session] of sessions) state.sessions.set(id, session)
    },
  ),
  replacing(
    'permissions-cached-by-scope',
    'cachedPermissions',
    { gain: 'An app can do what its user may no longer do.', source: 'ASVS 5.0 8.3.2, CWE-863' },
    () =>
      (cache, { record }, calculate) => {
        if (record.user === null) return calculate()
        const key = [record.user.uid, ...record.scopes].join(' ')
        const found = cache.get(key) ?? calculate()
        cache.set(key, found)
        return found
      },
  ),
  replacing(
    'change-of-user-breaks-grants',
    'userChanged',
    { gain: 'An app meets a server error when its user was saved.', source: 'CWE-755' },
    (own) => (state, account, change) => {
      if (['block', 'unblock', 'delete', 'restore'].includes(change)) {
        own(state, account, change)
        return
      }
      damage(state, ({ user }) => user?.uid === account.uid)
      damageApprovals(state, account.uid)
    },
  ),
  replacing(
    'changed-consumer-unreadable',
    'changedConsumer',
    { gain: 'An app meets a server error when its consumer was saved.', source: 'CWE-755' },
    () => (_before, after) => after && { ...after, unpublished: false, broken: true },
  ),
  replacing(
    'token-of-changed-consumer-unreadable',
    'consumerChanged',
    { gain: 'An app meets a server error at the API when its consumer was saved.', source: 'CWE-755' },
    () =>
      (state, { client_id: id }) => {
        for (const { clientId, grantId } of state.accessTokens.values()) if (clientId === id) state.damaged.add(grantId)
      },
  ),
  replacing(
    'role-taken-away-in-vain',
    'userChanged',
    { gain: 'An app can do what its user may no longer do.', source: 'ASVS 5.0 8.3.2, CWE-863' },
    (own) => (state, account, change) => {
      if (change === 'roles')
        Object.assign(
          account,
          state.original.users.find(({ name }) => name === account.name),
        )
      else own(state, account, change)
    },
  ),
  replacing(
    'machine-of-blocked-user',
    'bearerUserAllowed',
    { gain: 'A machine goes on with the access of an account that was locked.', source: 'CWE-613' },
    () => () => true,
  ),
  replacing(
    'new-token-for-blocked-machine',
    'userChanged',
    { gain: 'Locking the account of a machine does not stop it.', source: 'ASVS 5.0 7.4.2, CWE-613' },
    (own) => (state, account, change) => {
      if (account.permissions.includes('grant simple_oauth codes')) own(state, account, change)
      else if (change === 'delete') state.accounts = [...state.accounts, account]
    },
  ),
  replacing(
    'deleted-consumer-still-known',
    'changedConsumer',
    { gain: 'An app that was removed goes on.', source: 'RFC 6749 §6, CWE-613' },
    () => (before, after) => after ?? before,
  ),
  replacing(
    'token-of-deleted-consumer-crashes',
    'tokenOfUnknownClient',
    { gain: 'A token of a removed app fills the error log.', source: 'CWE-755, drupal.org/i/3630880' },
    () => 'crash',
  ),
  withoutEnding(
    replacing(
      'old-secret-stays-good',
      'changedConsumer',
      { gain: 'A leaked secret stays good after it was replaced.', source: 'CWE-287' },
      keeping('client_secret'),
    ),
  ),

  replacing(
    'removed-redirect-uri-stays',
    'changedConsumer',
    { gain: 'Codes go to an address that the app has given up.', source: 'RFC 9700 §4.1.3, CWE-601' },
    keeping('redirectUris'),
  ),
  withoutEnding(
    replacing(
      'removed-grant-stays',
      'changedConsumer',
      { gain: 'An app keeps a grant that was taken away.', source: 'RFC 6749 §5.2, CWE-863' },
      keeping('grantTypes'),
    ),
  ),

  replacing(
    'removed-scope-stays',
    'changedConsumer',
    { gain: 'A machine keeps a scope that was taken away.', source: 'RFC 6749 §3.3, CWE-863' },
    keeping('scopes'),
  ),
  replacing(
    'refreshed-token-gets-default-scopes',
    'refreshDefault',
    { gain: 'An app gets scopes that its user never approved.', source: 'RFC 6749 §6, CWE-863' },
    () => (token, client) => (client.scopes.length === 0 ? token.scopes : client.scopes),
  ),
  replacing(
    'refreshed-token-never-expires',
    'refreshIsCurrent',
    { gain: 'Whoever refreshes once keeps access for good.', source: 'RFC 9700 §4.14.2, CWE-613' },
    (own) => {
      const first = new Set<string>()
      return (token, now) => {
        const isFirst = !first.has(token.grantId)
        first.add(token.grantId)
        return !isFirst || own(token, now)
      }
    },
  ),
  replacing(
    'cron-removes-live-tokens',
    'cron',
    { gain: 'Cron that runs during a login logs users out of their apps.', source: 'RFC 6749 §5.1' },
    (own) => (state, now) => {
      const isLoginPending = [...state.codes.values()].some(({ used, expires }) => !used && expires > now)
      if (isLoginPending) state.removeTokens(() => true)
      else own(state, now)
    },
  ),
  replacing(
    'cron-keeps-expired-tokens',
    'cron',
    { gain: 'The table of tokens grows until the site slows down.', source: 'ASVS 5.0 14.2.7, CWE-459' },
    () => () => undefined,
  ),
  replacing(
    'removed-refresh-token-crashes',
    'storedRefreshToken',
    { gain: 'An app that comes back after weeks meets a server error.', source: 'CWE-755' },
    (own) => (state, value, client) => {
      const found = own(state, value, client)
      if (!found && value !== null && /^(?:def50200)?[\da-f]{724}$/u.test(value))
        throw new Failure('crash', 'no such token')
      return found
    },
  ),
  replacing(
    'key-set-published-from-cache',
    'jwks',
    { gain: 'Resource servers accept tokens of a key that leaked.', source: 'RFC 7517 §5, CWE-324' },
    (own) => {
      let first: Parameters<typeof own>[0] | undefined
      return (keys) => own((first ??= keys))
    },
  ),
]
