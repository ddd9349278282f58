import type { ReferenceServer } from '../../../helpers/reference/server.ts'
import {
  authorizePath,
  codeFlow,
  debug,
  get,
  login,
  post,
  readForm,
  send,
  type Params,
} from '../../support/reference-client.ts'
import { foreign } from './authorization.ts'
import { pkce, facts, type Facts, type Probe } from './requests.ts'

const consentForm = async (server: ReferenceServer, cookie: string, params: Params) =>
  readForm(await (await get(server, authorizePath(params), { cookie })).text(), 'simple-oauth-authorize-form')

const cookiesOf = (response: Response) => response.headers.getSetCookie().map((cookie) => cookie.split(';')[0])

/** Browser protections: origins, cookies, logins, and which request a decision is about. */
export const browsers: Probe = async (server) => {
  const cookie = await login(server)
  const origins = await Promise.all(foreign.map((origin) => facts(get(server, '/oauth/jwks', { origin }))))
  const page = await facts(get(server, authorizePath(pkce), { cookie }))
  const typed = (pass: string) => post(server, '/user/login', { name: 'alice', pass, form_id: 'user_login_form' })
  const { tokens } = await codeFlow(server)
  const byToken = cookiesOf(await debug(server, tokens.access_token)).length
  const attributes = (await typed('pw alice')).headers.getSetCookie().map((one) => one.split('; ').slice(2))
  const afterFailure = await facts(
    get(server, authorizePath(pkce), { cookie: cookiesOf(await typed('wrong')).join('; ') }),
  )
  const early = await facts(get(server, authorizePath({ ...pkce, scope: 'nope' })))
  const form = await consentForm(server, cookie, pkce)
  await consentForm(server, cookie, { ...pkce, client_id: 'spa2', state: 'of another' })
  const pressed = { ...form.fields, op: form.buttons[0] ?? '' }
  const decided = await facts(post(server, form.action, pressed, { cookie }))
  await post(server, '/user/logout', {}, { cookie })
  const afterLogout = await facts(get(server, authorizePath(pkce), { cookie }))
  return { origins, page, byToken, attributes, afterFailure, early, decided, afterLogout }
}

const notes = '/jsonapi/node/note'

/** Content read and written by JSON:API, with a token of each scope. */
export const contents: Probe = async (server) => {
  const { access_token: all } = (await codeFlow(server, { scope: 'content:read note:create note:change note:delete' }))
    .tokens
  const sendAs = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, token: string) =>
    send(server, path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.api+json' },
      ...(['POST', 'PATCH'].includes(method)
        ? { body: JSON.stringify({ data: { type: 'node--note', attributes: { title: 'x' } } }) }
        : {}),
    })
  const seen: Facts = {}
  for (const scope of ['content:read', 'note:create', 'note:change', 'note:delete', 'every scope']) {
    const token = scope === 'every scope' ? all : (await codeFlow(server, { scope })).tokens.access_token
    const made = (await (await sendAs('POST', notes, all)).json()) as { data?: { id: string } }
    const own = `${notes}/${made.data?.id ?? 'none'}`
    const statuses: number[] = []
    for (const [method, path] of [
      ['GET', notes],
      ['POST', notes],
      ['PATCH', own],
      ['DELETE', own],
    ] as const)
      statuses.push((await sendAs(method, path, token)).status)
    seen[scope] = statuses
  }
  return seen
}
