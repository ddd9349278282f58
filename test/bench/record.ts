import type { UserRole } from '../../fixtures/roles.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { Runner } from '../../helpers/contract/runner.ts'
import type { Exchange } from '../../helpers/model/exchange.ts'
import type { RunEnvironment } from '../../helpers/oauth/case-state.ts'
import type { SiteChange, Target, TargetInfo } from '../../helpers/model/target.ts'

/** One action of a check. Times are of the monotonic clock, in milliseconds. */
export type Deed = {
  readonly start: number
  readonly end: number
} & (
  | { readonly did: 'send'; readonly exchange: Exchange }
  /** The session cookies it was given, of the user's one login of the run. */
  | { readonly did: 'log in'; readonly user: UserRole; readonly cookies: readonly string[] }
  /** `end` is when the expiry was due, not when the check got its slot back. */
  | { readonly did: 'wait' }
  | { readonly did: 'changeSite'; readonly request: SiteChange }
)

/** What each check did, in the order in which the checks began. */
export type Recording = readonly (readonly Deed[])[]

/** Runs the checks as the command does, without vitest around, and notes what each of them did, unredacted. */
export async function record(target: Target, info: TargetInfo, checks: readonly Check[]): Promise<Recording> {
  const recorded: Deed[][] = []
  const session = new Runner({
    target: info,
    profile: 'default',
    knownIssues: [],
    requestTimeout: 30_000,
    checkTimeout: 120_000,
    changeSite: (request) => target.changeSite(request),
    errorLog: () => Promise.resolve(target.errorLog()),
    around: (_check, environment) => {
      const deeds: Deed[] = []
      recorded.push(deeds)
      return watched(environment, deeds)
    },
  })
  try {
    await session.run(checks, () => undefined)
    return recorded
  } finally {
    await session.close()
  }
}

function watched(environment: RunEnvironment, deeds: Deed[]): RunEnvironment {
  const clock = () => performance.now()
  return {
    ...environment,
    http: {
      ...environment.http,
      send: async (request, signal) => {
        const start = clock()
        const exchange = await environment.http.send(request, signal)
        deeds.push({ did: 'send', exchange, start, end: clock() })
        return exchange
      },
    },
    login: async (user) => {
      const start = clock()
      const session = await environment.login(user)
      deeds.push({ did: 'log in', user, cookies: session.cookies.values(), start, end: clock() })
      return session
    },
    sleep: async (milliseconds) => {
      const start = clock()
      await environment.sleep(milliseconds)
      // A timer may fire slightly early.
      deeds.push({ did: 'wait', start, end: Math.min(start + milliseconds, clock()) })
    },
    changeSite: async (request) => {
      const start = clock()
      const facts = await environment.changeSite(request)
      deeds.push({ did: 'changeSite', request, start, end: clock() })
      return facts
    },
  }
}
