import { createHash, randomBytes } from 'node:crypto'
import type { Account } from './data.ts'
import { Failure } from './failure.ts'
import type { Labels } from './labels.ts'
import type { Mechanisms } from './mechanisms.ts'
import type { Answer, Incoming } from './message.ts'
import type { BrowserSession, State } from './state.ts'

/** What every endpoint needs. */
export interface Service {
  readonly state: State
  readonly mechanisms: Mechanisms
  readonly labels: Labels
}

/** The user of a request, by bearer token or session. */
export interface SignedInUser {
  readonly account: Account
  readonly permissions: ReadonlySet<string>
}

/** All permissions of the user's roles; an administrator has every permission of the site. */
export function userPermissions({ state: { data } }: Service, account: Account): ReadonlySet<string> {
  const ofRoles = [...account.permissions, ...Object.values(account.roles ?? {}).flat()]
  if (account.admin === undefined) return new Set(ofRoles)
  const everyone = data.users.flatMap(({ permissions }) => permissions)
  const ofScopes = data.scopes.flatMap(({ permission }) => permission ?? [])
  return new Set([...ofRoles, ...everyone, ...ofScopes, 'access site reports', 'administer nodes'])
}

const cookieName = (incoming: Incoming) =>
  `SESS${createHash('sha256').update(new URL(incoming.origin).hostname).digest('hex').slice(0, 32)}`

/** The session cookie's name depends on the host, as in Drupal. */
export function findSession({ state }: Service, incoming: Incoming): { id: string; session: BrowserSession } | null {
  const name = cookieName(incoming)
  for (const part of (incoming.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=')
    if (key !== name || !value) continue
    const id = decodeURIComponent(value)
    const session = state.sessions.get(id)
    if (session) return { id, session }
  }
  return null
}

/** Starts a session and returns its cookie. */
export function startSession(
  service: Service,
  incoming: Incoming,
  user: Account | null,
  flash: string[],
): Answer['headers'] {
  const id = `${randomBytes(24).toString('base64url').replaceAll('_', ',')},${randomBytes(6).toString('hex')}`
  const formToken = randomBytes(32).toString('base64url')
  service.state.sessions.set(id, { formToken, user, flash, authTime: Math.floor(Date.now() / 1000) })
  return [['Set-Cookie', `${cookieName(incoming)}=${service.mechanisms.sessionCookie(id)}`]]
}

export function endSession({ state }: Service, incoming: Incoming, id: string): Answer['headers'] {
  state.sessions.delete(id)
  const gone = 'deleted; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; path=/; HttpOnly'
  return [['Set-Cookie', `${cookieName(incoming)}=${gone}`]]
}

/** Responds to a rejected request; any error other than a `Failure` is a bug in the server. */
export async function refusing(
  work: () => Promise<Answer> | Answer,
  refuse: (failure: Failure) => Answer,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Failure) return refuse(error)
    throw error
  }
}
