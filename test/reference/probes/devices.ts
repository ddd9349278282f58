import { vi } from 'vitest'
import type { ReferenceServer } from '../../../helpers/reference/server.ts'
import { get, login, post, readForm, send, type Params } from '../../support/reference-client.ts'
import { facts, token, type Facts, type Probe } from './requests.ts'

interface Device {
  readonly device_code: string
  readonly user_code: string
}

interface Registered {
  readonly client_id: string
  readonly registration_access_token: string
}

const json = async (response: Promise<Response>): Promise<Facts> => (await (await response).json()) as Facts

/** Ten seconds later, by the clock of the server, which runs in this process. */
async function later(ask: () => Promise<Facts>): Promise<Facts> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 })
  try {
    return await ask()
  } finally {
    vi.useRealTimers()
  }
}

/** Device authorization (RFC 8628), each of a code of its own. */
export const devices: Probe = async (server) => {
  const cookie = await login(server)
  const asked = (change: Params = {}) => post(server, '/oauth/device_authorization', { client_id: 'every', ...change })
  const flown = async () => (await json(asked())) as unknown as Device
  const poll = (device_code: string | null, change: Params = {}) =>
    facts(
      token(server, {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: 'every',
        device_code,
        ...change,
      }),
    )
  const decide = async ({ user_code }: Device, button: number) => {
    const form = readForm(
      await (await get(server, '/oauth/device', { cookie })).text(),
      'simple-oauth-device-flow-verification-form',
    )
    return facts(post(server, form.action, { ...form.fields, user_code, op: form.buttons[button] ?? '' }, { cookie }))
  }
  const [approved, denied, open, foreign, secret, late] = await Promise.all([
    flown(),
    flown(),
    flown(),
    flown(),
    flown(),
    flown(),
  ])
  await decide(foreign, 0)
  return {
    asked: await facts(asked()),
    codes: approved.device_code === denied.device_code || approved.device_code.length < 20,
    confidential: await facts(asked({ client_id: 'every-web', client_secret: null })),
    page: await facts(get(server, '/oauth/device')),
    pending: [await poll(open.device_code), await poll(open.device_code)],
    approved: [await decide(approved, 0), await poll(approved.device_code), await poll(approved.device_code)],
    denied: [await decide(denied, 1), await poll(denied.device_code)],
    foreign: await poll(foreign.device_code, { client_id: 'every-web', client_secret: 'secret-every' }),
    secret: [await decide(secret, 0), await poll(secret.device_code, { client_id: 'every-web' })],
    unknown: [await poll('abc'), await poll(null)],
    expired: await later(() => poll(late.device_code)),
  }
}

const metadata = {
  client_name: 'An app',
  redirect_uris: ['https://app.example.test/back'],
  grant_types: ['authorization_code', 'refresh_token', 'password'],
  token_endpoint_auth_method: 'none',
}

/** Registration (RFC 7591) and its management (RFC 7592). */
export const registrations: Probe = async (server: ReferenceServer) => {
  const register = (change: object, body = JSON.stringify({ ...metadata, ...change })) =>
    send(server, '/oauth/register', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  const seen = async (change: object, body?: string): Promise<unknown> => {
    const answered = await register(change, body)
    const { status } = answered
    const { client_id, redirect_uris, grant_types, ...rest } = (await answered.json()) as Facts
    return [status, client_id === 'own', redirect_uris, grant_types, Object.keys(rest), rest['error']]
  }
  const registered = async () => (await json(register({}))) as unknown as Registered
  const [one, other] = [await registered(), await registered()]
  const manage = async (method: 'GET' | 'DELETE', access?: string) => {
    const headers = access === undefined ? {} : { authorization: `Bearer ${access}` }
    return (await send(server, `/oauth/register/${one.client_id}`, { method, headers })).status
  }
  return {
    public: await seen({}),
    confidential: await seen({ token_endpoint_auth_method: 'client_secret_basic' }),
    own: await seen({ client_id: 'own' }),
    script: await seen({ redirect_uris: ['javascript:alert(1)'] }),
    fragment: await seen({ redirect_uris: ['https://app.example.test/back#a'] }),
    none: await seen({ redirect_uris: [] }),
    method: await seen({ token_endpoint_auth_method: 'unknown' }),
    list: await seen({}, '[]'),
    managed: [
      await manage('GET'),
      await manage('GET', 'abc'),
      await manage('GET', other.registration_access_token),
      await manage('GET', one.registration_access_token),
      await manage('DELETE', one.registration_access_token),
      await manage('GET', one.registration_access_token),
    ],
  }
}
