import { json, member } from '../judge/outcome.ts'
import type { ClientInfo } from '../model/target.ts'
import { BlockedError, NotMappedError, type CaseState, type StepResult } from './case-state.ts'
import { actingClient, details } from './grants.ts'
import { requireResolvedParams } from './resolve.ts'
import { mostPolls, type DeviceAuthorizationStep, type PollStep } from './steps.ts'
import { requestToken } from './token-request.ts'

/** RFC 8628 §3.4. */
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** RFC 8628 §3.2: the default. */
const usualInterval = 5
/** Longest interval in seconds that a check waits between two polls, whatever the server requests. */
const longestInterval = 10
/** Longest time in seconds that a check waits for a code to expire. */
const longestLifetime = 60

/** @throws NotMappedError where the server has no such endpoint. */
export async function requestDevice(
  caseState: CaseState,
  step: DeviceAuthorizationStep,
  client: ClientInfo,
): Promise<StepResult> {
  const { device: path } = caseState.environment.target.endpoints
  if (path === undefined) throw new NotMappedError({ kind: 'capability', capability: 'device' })
  return requestToken(caseState, {
    ...{ client, path, changes: requireResolvedParams(step.params) },
    parameters: new Map([['scope', client.requests.join(' ')]]),
    ...details(caseState, step),
  })
}

/** @throws BlockedError if the server wants more time between two polls than a check has. */
export async function poll(caseState: CaseState, step: PollStep, flow: StepResult): Promise<StepResult> {
  const ask = (): Promise<StepResult> =>
    requestToken(caseState, {
      client: actingClient(caseState, step, flow),
      parameters: new Map([
        ['grant_type', deviceGrant],
        ['device_code', caseState.value(`${step.of}.device_code`)],
      ]),
      changes: requireResolvedParams(step.params),
      ...details(caseState, step),
    })
  let result = await ask()
  if (step.until !== 'decided') return result
  let interval = deviceInterval(flow)
  for (let polls = 1; polls < mostPolls; polls++) {
    const error = member(json(result.outcome), 'error')
    if (error !== 'authorization_pending' && error !== 'slow_down') break
    // RFC 8628 §3.5: by 5 seconds, for this and all further requests.
    if (error === 'slow_down') interval += 5
    await caseState.environment.sleep(interval * 1000)
    result = await ask()
  }
  return result
}

/** Seconds between two polls, by a device authorization response. @throws BlockedError if a check does not wait that long. */
export function deviceInterval({ outcome }: StepResult): number {
  const interval = member(json(outcome), 'interval')
  const seconds = typeof interval === 'number' ? interval : usualInterval
  if (seconds <= longestInterval) return Math.max(0, seconds)
  throw new BlockedError(
    'device-interval',
    `the server asks devices to wait ${seconds} seconds between two polls, and a check waits ${longestInterval} seconds at most: lower the polling interval`,
  )
}

/** The lifetime of a device code in seconds. @throws NotMappedError if a check does not wait that long, or the server does not say. */
export function deviceLifetime({ outcome }: StepResult): number {
  const lifetime = member(json(outcome), 'expires_in')
  if (typeof lifetime !== 'number') throw new NotMappedError({ kind: 'not-returned', fact: 'expires_in' })
  if (lifetime <= longestLifetime) return lifetime
  throw new NotMappedError({ kind: 'lives-too-long', value: 'device_code', seconds: lifetime })
}
