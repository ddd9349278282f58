import type { JudgeContext } from '../judge/judge.ts'
import { json } from '../judge/outcome.ts'
import { BlockedError, type CaseState } from '../oauth/case-state.ts'
import type { Check } from './case.ts'

/** What judging a step has to know of the case: its client, user and site. */
export function contextOf(check: Pick<Check, 'severity'>, caseState: CaseState): JudgeContext {
  return {
    severity: check.severity,
    get accessTokenLifetime() {
      return caseState.client().accessTokenLifetime
    },
    get clientId() {
      return caseState.client().client_id
    },
    get userId() {
      if (caseState.uid !== null) return caseState.uid
      const next = 'set its uid in the site file'
      throw new BlockedError('user-id-unknown', `the site does not show the ID of the user ${caseState.user}: ${next}`)
    },
    accounts: (named = caseState.user) => {
      const known = Object.values(caseState.environment.target.users)
      const user = known.find(({ role }) => role === named) ?? {}
      const uid = named === caseState.user ? caseState.uid : null
      return { user: { ...user, ...(uid === null ? {} : { uid }) }, others: known.filter((one) => one !== user) }
    },
    baseUrl: caseState.environment.target.baseUrl,
    value: (of) => caseState.value(of),
    scopeName: (role) => caseState.scopeName(role),
    keys: (name) => json(caseState.result(name).outcome),
  }
}
