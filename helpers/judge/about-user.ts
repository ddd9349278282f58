import { isObject, type Json } from '../model/verdict.ts'
import { json, statusOf, type Outcome } from './outcome.ts'
import type { Observation, Requirement } from './requirement.ts'
import { isAboutAnother } from './resource-response.ts'

/** An account by what identifies it; an unknown value is absent. */
export interface Identity {
  readonly uid?: string
  readonly name?: string
  readonly mail?: string
}

export const describeAboutUser = (): Requirement => ({
  path: 'userinfo.user',
  expected: "rejected, or claims of the token's user and of no other",
})

/**
 * Judges whom a UserInfo response is about, if it returns claims at all (OpenID Connect Core §5.3.2). Names only the wrong claims, because
 * their values are personal data.
 *
 * @param user whose token it is; if the ID is unknown, `sub` only must not be another user's.
 * @param others the other accounts of the target.
 */
export function aboutUser(outcome: Outcome, user: Identity, others: readonly Identity[]): Observation {
  const path = 'userinfo.user'
  const status = statusOf(outcome)
  const claims = json(outcome)
  if (status < 200 || status >= 300) return { path, ok: true, actual: { status } }
  if (!isObject(claims) || claims['sub'] === undefined) return { path, ok: false, actual: { status, missing: ['sub'] } }
  const foreign = (of: (account: Identity) => string | undefined): Set<string> =>
    new Set(others.flatMap((account) => of(account) ?? []))
  const uids = foreign(({ uid }) => uid)
  const names = new Set([...foreign(({ name }) => name), ...foreign(({ mail }) => mail)])
  const isForeign = ([claim, value]: [string, Json]): boolean => {
    if (typeof value !== 'string') return claim === 'sub'
    if (claim !== 'sub') return names.has(value)
    // If it is not a Drupal ID, the token itself shows whose it is.
    return uids.has(value) || (/^\d+$/u.test(value) ? value !== (user.uid ?? value) : isAboutAnother(outcome))
  }
  const wrong = Object.entries(claims).filter(isForeign)
  if (wrong.length === 0) return { path, ok: true, actual: { status } }
  return { path, ok: false, actual: { status, wrong: wrong.map(([claim]) => claim).sort() }, granted: true }
}
