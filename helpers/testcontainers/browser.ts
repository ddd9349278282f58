import type { UserRole } from '../../fixtures/roles.ts'
import { signIn } from '../drupal/sign-in.ts'
import { createHttpClient } from '../http/client.ts'
import type { Cookies } from '../http/cookies.ts'
import { Redactor } from '../http/redact.ts'
import { json } from '../judge/outcome.ts'
import { describeAnswer } from '../judge/server-words.ts'
import { TargetError, type ConsumerName, type TargetInfo } from '../model/target.ts'
import { walk } from '../oauth/browser-flow.ts'
import { BlockedError, CaseState, type RunEnvironment } from '../oauth/case-state.ts'
import { runStep } from '../oauth/driver.ts'

/** The successful response of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3). */
export interface TokenResponse {
  readonly access_token: string
  readonly token_type: string
  /** Seconds. */
  readonly expires_in?: number
  readonly refresh_token?: string
  readonly scope?: string
  readonly id_token?: string
}

/** Milliseconds. */
const requestTimeout = 30_000
const bodyLimit = 4 << 20

/** The browsers of the site's users: one session per user, with one login. */
export class Browsers {
  private readonly environment: RunEnvironment
  private readonly logins = new Map<UserRole, Promise<{ cookies: Cookies; uid: string | null }>>()

  constructor(target: TargetInfo) {
    const never = () => Promise.reject(new Error('only a run of the contract does that'))
    this.environment = {
      target,
      http: createHttpClient({
        ...{ origin: target.baseUrl, timeout: requestTimeout, bodyLimit, connections: target.workers },
      }),
      redactor: new Redactor(),
      login: async (user) => {
        const login = this.logins.get(user) ?? this.logIn(user)
        this.logins.set(user, login)
        login.catch(() => this.logins.delete(user))
        const { cookies, uid } = await login
        return { cookies: cookies.clone(), uid }
      },
      ...{ logInAgain: never, changeSite: never, sleep: never },
      keptSession: () => {
        throw new Error('only an upgrade keeps sessions')
      },
      forgetLogin: () => Promise.resolve(null),
      internals: () => [],
      keySet: () => Promise.resolve(null),
    }
  }

  /**
   * The authorization code grant with PKCE, from the first request to the tokens (RFC 6749 §4.1).
   * @throws {TargetError} that says which request was not answered as expected.
   */
  async authorize(client: ConsumerName, user: string, scopes?: readonly string[]): Promise<TokenResponse> {
    const outcome = await blockedAsTargetError(() =>
      runStep(this.state(client, user), {
        do: 'codeGrant',
        ...(scopes === undefined ? {} : { authorize: { scope: scopes.join(' ') } }),
      }),
    )
    const body = json(outcome) as Partial<TokenResponse> | undefined
    if (outcome.last?.response.status === 200 && typeof body?.access_token === 'string') return body as TokenResponse
    throw new TargetError(
      'no-token',
      `Expected an access token from the token endpoint, got ${describeAnswer(outcome)}.`,
    )
  }

  /**
   * Opens the authorization request of a front end as a user who logs in and presses a button of the consent form.
   *
   * @returns the redirect URI with the authorization response (RFC 6749 §4.1.2), which is not requested.
   * @throws {TargetError} if the authorization server shows a page instead.
   */
  async visit(url: string, client: ConsumerName, user: string, decision: 'allow' | 'deny'): Promise<string> {
    const requested = new URL(url).searchParams.get('redirect_uri') ?? undefined
    const state = this.state(client, user)
    const step = { do: 'authorize', decision } as const
    const redirectUris = { registered: state.client().redirectUris, requested }
    const end = await blockedAsTargetError(() => walk(state, step, { method: 'GET', url }, redirectUris))
    if (end.callback !== null) return new URL(end.callback.location, url).href
    const { status } = end.last.response
    const message = `Expected the authorization server to send the browser back to the client, got a page (${status}, ${end.page ?? 'other'}). Compare client_id, redirect_uri and code_challenge of the request with the consumer.`
    throw new TargetError('no-redirect', message)
  }

  async close(): Promise<void> {
    await this.environment.http.close()
  }

  private state(client: ConsumerName, user: string): CaseState {
    // The driver knows users by role: here the names are used.
    const acting = { client, user: user as UserRole }
    return new CaseState(this.environment, acting, AbortSignal.timeout(10 * requestTimeout))
  }

  private async logIn(user: UserRole): Promise<{ cookies: Cookies; uid: string | null }> {
    const { target, http } = this.environment
    const visitor = target.users[user]
    if (!visitor) throw new TargetError('unknown-user', `The site has no user "${user}" of this module's.`)
    const site = { baseUrl: target.baseUrl, login: target.endpoints.login }
    const { cookies, uid, failure } = await signIn(http, site, visitor, false)
    if (failure !== null) throw new TargetError(failure.cause, `${visitor.name}: ${failure.message}`)
    return { cookies, uid }
  }
}

/** A BlockedError contains requests with secrets, and test runners print every member of an error. */
async function blockedAsTargetError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof BlockedError ? new TargetError(error.code, error.message) : error
  }
}
