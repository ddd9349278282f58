import { isWriting } from '../model/promised-request.ts'
import { statusOf, type Outcome } from './outcome.ts'
import type { Observation, Requirement } from './requirement.ts'

const path = 'resource.access'

export const describePermitted = (): Requirement => ({
  path,
  expected: 'permitted: 2xx; of a writing request with an empty body also 400, 409 or 422',
})

export function permitted(outcome: Outcome): Observation {
  const status = statusOf(outcome)
  const isRead = !isWriting(outcome.last?.request.method ?? 'GET')
  const ok = (status >= 200 && status < 300) || (!isRead && [400, 409, 422].includes(status))
  return { path, ok, actual: { status } }
}

export const describeForbidden = (): Requirement => ({ path, expected: 'refused for lack of permission: 403' })

export function forbidden(outcome: Outcome): Observation {
  const status = statusOf(outcome)
  const open = permitted(outcome).ok
  return { path, ok: status === 403, actual: { status }, ...(open ? { granted: true } : {}) }
}

/** Why a status shows neither that a path is open nor that the scope keeps it closed; null if it shows either. */
export function notDecided(outcome: Outcome): { readonly cause: string; readonly message: string } | null {
  const status = statusOf(outcome)
  const got = `expected 403, got ${String(status)}`
  if (status === 401)
    return {
      cause: 'token-not-accepted',
      message: `${got}: the site rejects the token that it has just issued, so that nothing shows what its scope opens`,
    }
  if ([404, 405, 406, 415].includes(status))
    return {
      cause: 'no-such-path',
      message: `${got}: the site has no such path for this method. Correct it in the site file`,
    }
  if (status >= 300 && status < 400)
    return { cause: 'path-redirects', message: `${got}, a redirect. Name the path that it leads to` }
  return null
}
