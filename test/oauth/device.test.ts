import { describe, expect, test } from 'vitest'
import { Redactor } from '../../helpers/http/redact.ts'
import type { HttpClient, HttpRequest } from '../../helpers/http/client.ts'
import type { TargetInfo } from '../../helpers/model/target.ts'
import { BlockedError, CaseState, NotMappedError, type RunEnvironment } from '../../helpers/oauth/case-state.ts'
import { runStep } from '../../helpers/oauth/driver.ts'
import { deviceAuthorization, poll, verifyUserCode, wait } from '../../helpers/oauth/declare-steps.ts'

const baseUrl = 'https://site.example'

/** A site that sends devices these members and these answers to polls (the last one repeatedly), and logs requests and waits. */
function site(members: object, polls: readonly string[] = ['authorization_pending']) {
  const asked: string[] = []
  const waited: number[] = []
  const device = {
    device_code: 'device-code',
    user_code: 'WDJB-MJHT',
    verification_uri: `${baseUrl}/device`,
    expires_in: 600,
  }
  const send = (request: HttpRequest) => {
    asked.push(request.url)
    const isPoll = request.url.endsWith('/token')
    const error = polls[Math.min(asked.filter((url) => url.endsWith('/token')).length, polls.length) - 1]
    const body = isPoll ? { error } : { ...device, ...members }
    const response = { status: isPoll ? 400 : 200, headers: [], body: JSON.stringify(body), truncated: false }
    return Promise.resolve({ request: { headers: [], body: null, ...request }, response })
  }
  const client = {
    role: 'device',
    client_id: 'device',
    confidential: false,
    redirectUris: [],
    requests: [],
    scopes: [],
  }
  const environment = {
    target: {
      baseUrl,
      endpoints: { token: '/token', device: '/device_authorization' },
      clients: { device: client },
      users: {},
    } as unknown as TargetInfo,
    http: { send, close: () => Promise.resolve() } as unknown as HttpClient,
    redactor: new Redactor(),
    login: () => Promise.resolve({ cookies: { headerFor: () => null, take: () => undefined }, uid: '2' }),
    sleep: (milliseconds: number) => {
      waited.push(milliseconds)
      return Promise.resolve()
    },
  } as unknown as RunEnvironment
  const caseState = new CaseState(environment, { client: 'device' }, AbortSignal.timeout(5000))
  return { caseState, asked, waited }
}

describe('a device flow that never ends', () => {
  test('is polled three times and no more', async () => {
    const { caseState, waited } = site({ interval: 1 })
    await runStep(caseState, deviceAuthorization({ as: 'first' }))
    const { last, exchanges } = await runStep(caseState, poll('first', { until: 'decided' }))
    expect(last?.response.body).toBe('{"error":"authorization_pending"}')
    expect(exchanges).toHaveLength(1)
    expect(waited).toEqual([1000, 1000])
  })

  test('is polled five seconds later each time that the server asks to slow down', async () => {
    const { caseState, waited } = site({ interval: 1 }, ['slow_down'])
    await runStep(caseState, deviceAuthorization({ as: 'first' }))
    await runStep(caseState, poll('first', { until: 'decided' }))
    expect(waited).toEqual([6000, 11_000])
  })

  test('is not polled again by a server that asks for an endless interval', async () => {
    const { caseState, waited } = site({ interval: 1_000_000_000 })
    await runStep(caseState, deviceAuthorization({ as: 'first' }))
    await expect(runStep(caseState, poll('first', { until: 'decided' }))).rejects.toThrow(
      new BlockedError(
        'device-interval',
        'the server asks devices to wait 1000000000 seconds between two polls, and a check waits 10 seconds at most: lower the polling interval',
      ),
    )
    expect(waited).toEqual([])
  })

  test('is not waited for until its code expires', async () => {
    const { caseState, waited } = site({ expires_in: 1800 })
    await runStep(caseState, deviceAuthorization({ as: 'first' }))
    const ended = runStep(caseState, wait('device-code-expiry', 'first'))
    await expect(ended).rejects.toThrow(NotMappedError)
    await expect(ended).rejects.toMatchObject({ skip: { kind: 'lives-too-long', value: 'device_code', seconds: 1800 } })
    expect(waited).toEqual([])
  })
})

test('a verification page on another host is never opened', async () => {
  const { caseState, asked } = site({ verification_uri: 'https://site.example.attacker.example/device' })
  await runStep(caseState, deviceAuthorization({ as: 'first' }))
  await expect(runStep(caseState, verifyUserCode('first', { session: 'none' }))).rejects.toThrow(
    'the verification page is not on the site under test, and no other host is ever asked',
  )
  expect(asked).toEqual([`${baseUrl}/device_authorization`])
})
