import { randomInt } from 'node:crypto'
import { resolveScopes } from '../core/authorization.ts'
import type { Client } from '../core/data.ts'
import { Failure } from '../core/failure.ts'
import { issueTokens, newGrantId } from '../core/issue.ts'
import { deviceGrantType, type DeviceCheck } from '../core/device-mechanisms.ts'
import type { Mechanisms, Members } from '../core/mechanisms.ts'
import { answer, lastValue, type Answer, type Incoming, type Pairs } from '../core/message.ts'
import { devicePage, page, redirect } from '../core/pages.ts'
import { findSession, refusing, type Service } from '../core/service.ts'
import type { DeviceCode } from '../core/state.ts'
import { encodePath } from './login.ts'
import { identify, requireSecret } from './client.ts'
import { errorAnswer } from './error-answer.ts'

/** Seconds between two polls. */
const interval = 1
// RFC 8628 §6.1: no vowels, so that no words are formed.
const letters = 'BCDFGHJKLMNPQRSTVWXZ'

const newUserCode = (): string => {
  const text = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
  return `${text.slice(0, 4)}-${text.slice(4)}`
}

/** Whether a client may use the grant, which a module adds on real sites. */
export const mayUseDevices = (mechanisms: Mechanisms, client: Client): boolean =>
  client.everyGrant === true || mechanisms.clientMayUseGrant(client, deviceGrantType)

/** The device authorization endpoint (RFC 8628 §3.1). */
export async function answerDeviceAuthorization(service: Service, incoming: Incoming): Promise<Answer> {
  const { mechanisms, state } = service
  return refusing(
    () => {
      const pairs = mechanisms.tokenParameters(incoming)
      mechanisms.checkParameters(pairs)
      const basic = mechanisms.basicCredentials(incoming.headers.get('authorization'))
      const client = identify(service, mechanisms.clientId(incoming, pairs, basic, state))
      if (mechanisms.deviceAuthenticates(client))
        requireSecret(mechanisms, client, mechanisms.credentials(pairs, basic).secret)
      if (!mayUseDevices(mechanisms, client)) throw new Failure('grant/not-allowed', deviceGrantType)
      const scopes = resolveScopes(service, mechanisms.scopeParameter(pairs) ?? client.scopes, 'authorization_code')
      const userCode = newUserCode()
      const value = mechanisms.deviceCodeValue()
      const expires = Date.now() + mechanisms.deviceCodeLifetime * 1000
      const { client_id: clientId } = client
      state.deviceCodes.set(value, {
        clientId,
        userCode,
        scopes,
        expires,
        decision: null,
        user: null,
        used: false,
        polled: 0,
      })
      const address = `${incoming.origin}/oauth/device`
      const members = mechanisms.deviceResponse({
        device_code: value,
        user_code: userCode,
        verification_uri: address,
        verification_uri_complete: `${address}?user_code=${userCode}`,
        expires_in: mechanisms.deviceCodeLifetime,
        interval,
      })
      return answer(200, JSON.stringify(members), mechanisms.tokenHeaders)
    },
    (failure) => errorAnswer(service, failure, incoming),
  )
}

/** The verification page (RFC 8628 §3.3). */
export function answerDevicePage(service: Service, incoming: Incoming): Answer {
  const { mechanisms, labels, state } = service
  const session = findSession(service, incoming)?.session
  const user = session?.user ?? null
  if (user === null && !mechanisms.devicePageIsOpen)
    return redirect(302, `/user/login?destination=${encodePath(incoming.target)}`)
  const show = (wrong?: string): Answer =>
    devicePage(
      labels,
      lastValue(incoming.query, 'user_code') ?? '',
      session?.formToken ?? '',
      wrong === undefined ? [] : [{ type: 'error', text: wrong }],
    )
  if (incoming.method !== 'POST' || user === null || session === undefined) return show()
  if (!mechanisms.formTokenMatches(session, lastValue(incoming.body, 'form_token'), state)) return show(labels.outdated)
  const typed = (lastValue(incoming.body, 'user_code') ?? '').trim().toUpperCase()
  const code = [...state.deviceCodes.values()].find(({ userCode }) => userCode === typed)
  if (!code || code.decision !== null || !mechanisms.deviceCodeIsCurrent(code, Date.now()))
    return show(labels.wrongUserCode)
  mechanisms.decideDevice(code, lastValue(incoming.body, 'op') === labels.denyDevice ? 'deny' : 'allow', user)
  return page(labels, labels.device, `<p>${labels.deviceDecided}</p>`)
}

const checks: Readonly<Record<DeviceCheck, (service: Service, code: DeviceCode, client: Client) => void>> = {
  client: ({ mechanisms }, code, client) => {
    if (!mechanisms.deviceCodeBelongsTo(code, client)) throw new Failure('device/other-client')
  },
  lifetime: ({ mechanisms }, code) => {
    if (!mechanisms.deviceCodeIsCurrent(code, Date.now())) throw new Failure('device/expired')
  },
  used: (_service, code) => {
    if (code.used) throw new Failure('device/used')
  },
  denied: (_service, code) => {
    if (code.decision === 'deny') throw new Failure('device/denied')
  },
  pending: (_service, code) => {
    if (code.decision !== null) return
    const isTooSoon = Date.now() < code.polled + interval * 1000
    code.polled = Date.now()
    throw new Failure(isTooSoon ? 'device/too-soon' : 'device/pending')
  },
}

/** The grant of devices (RFC 8628 §3.4). */
export async function deviceGrant(
  service: Service,
  incoming: Incoming,
  pairs: Pairs,
  client: Client,
): Promise<Members> {
  const { state, mechanisms } = service
  const value = mechanisms.parameter(pairs, 'device_code')
  const code = mechanisms.storedDeviceCode(state, value)
  if (!code) throw value === null ? new Failure('parameter/missing', 'device_code') : new Failure('device/unknown')
  for (const check of mechanisms.deviceChecks) checks[check](service, code, client)
  mechanisms.consumeDeviceCode(code)
  const { scopes } = code
  return issueTokens(service, incoming, {
    ...{ client, scopes, refreshScopes: scopes, user: code.user ?? state.accounts[0] ?? null },
    grantType: deviceGrantType,
    grantId: newGrantId(),
    nonce: null,
    authTime: Math.floor(Date.now() / 1000),
  })
}
