import { replacing, type Fault } from './fault.ts'

type Cache = Map<string, ReadonlySet<string>>

/** The entry of a key, calculated for the first request. */
function entry(cache: Cache, key: string, calculate: () => ReadonlySet<string>): ReadonlySet<string> {
  const found = cache.get(key) ?? calculate()
  cache.set(key, found)
  return found
}

/** Faults that make one token's access depend on another's. */
export const isolationFaults: readonly Fault[] = [
  replacing(
    'content-cached-without-scopes',
    'cachedPage',
    {
      gain: 'A client reads what a client with the scope for it has read before.',
      source: 'RFC 6749 §7, CWE-524',
      mechanism: 'permissions',
    },
    (own) => async (cache, incoming, make) => {
      if (incoming.method !== 'GET' || !incoming.path.startsWith('/jsonapi/') || !incoming.headers.has('authorization'))
        return own(cache, incoming, make)
      const key = `content ${incoming.path}`
      const answered = cache.get(key) ?? (await own(cache, incoming, make))
      if (answered.status === 200) cache.set(key, answered)
      return answered
    },
  ),
  replacing(
    'permissions-cached-without-user',
    'cachedPermissions',
    { gain: 'A user gets the permissions of whoever used the same scopes before.', source: 'RFC 6749 §7, CWE-524' },
    () =>
      (cache, { record }, calculate) =>
        record.user === null ? calculate() : entry(cache, record.scopes.join(' '), calculate),
  ),
  replacing(
    'permissions-cached-for-machines-and-users',
    'cachedPermissions',
    { gain: 'A user gets the permissions of a client that used the same scopes before.', source: 'CWE-524' },
    () =>
      (cache, { record }, calculate) => {
        const key = record.scopes.join(' ')
        if (record.user === null) return entry(cache, key, calculate)
        return cache.get(key) ?? calculate()
      },
  ),
  replacing(
    'permissions-cached-for-users-and-machines',
    'cachedPermissions',
    { gain: 'A client is denied what it may do, after a user who may not.', source: 'CWE-524' },
    () =>
      (cache, { record }, calculate) => {
        const key = record.scopes.join(' ')
        if (record.user === null) return cache.get(key) ?? calculate()
        cache.set(key, calculate())
        return calculate()
      },
  ),
  replacing(
    'permissions-cached-without-scopes',
    'cachedPermissions',
    { gain: "A client gets the permissions of the user's token for another client.", source: 'RFC 6749 §7, CWE-524' },
    // Only for tokens with a role: the entry of all others would belong to whichever check comes first.
    () =>
      (cache, { record, roles }, calculate) =>
        roles.length === 0 ? calculate() : entry(cache, [record.user?.uid, ...roles].join(' '), calculate),
  ),
  replacing(
    'admin-not-limited-by-code',
    'scopesLimitAdmin',
    { gain: 'A client that an administrator approves for one scope can do everything.', source: 'RFC 6749 §7' },
    () => (user) => user === null,
  ),
  replacing(
    'admin-not-limited-by-client-credentials',
    'scopesLimitAdmin',
    {
      gain: 'A client whose user is an administrator can do everything, whatever its scopes.',
      source: 'CWE-863, CVE-2026-122058, DRUPAL-CONTRIB-2026-296',
    },
    () => (user) => user !== null,
  ),
  replacing(
    'account-keeps-its-roles',
    'tokenRoles',
    {
      gain: 'A client can open every page that requires a role of the user.',
      source: 'CWE-863, DRUPAL-CONTRIB-2025-114',
    },
    () => (byScope, ofAccount) => [...new Set([...byScope, ...ofAccount])],
  ),
  replacing(
    'userinfo-cached-without-token',
    'cachedUserinfo',
    {
      gain: 'Any token, even one that UserInfo would reject, opens the claims of whoever asked first.',
      source: 'OpenID Connect Core §5.3.2, CWE-524',
    },
    () => (state) => state.userinfoCache,
  ),
]
