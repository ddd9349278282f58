import { randomUUID } from 'node:crypto'
import { bearerAccess, sessionAccess, type Access } from '../core/bearer.ts'
import { Failure } from '../core/failure.ts'
import { userClaims } from '../core/issue.ts'
import type { ContentOperation } from '../core/mechanisms.ts'
import { answer, lastValue, withHeaders, type Answer, type Incoming } from '../core/message.ts'
import { crashPage, page } from '../core/pages.ts'
import { findSession, type Service } from '../core/service.ts'

const debugPermission = 'debug simple_oauth tokens'
const json = (body: unknown): Answer => answer(200, JSON.stringify(body), [['Content-Type', 'application/json']])

/** Whether errors are sent as JSON, because of the route or of `_format`. */
const speaksJson = (incoming: Incoming) =>
  incoming.path.startsWith('/oauth/debug') || lastValue(incoming.query, '_format') === 'json'

type Open = (access: Access | null) => Answer | Promise<Answer>

/**
 * Calls `open` with the access of the bearer token; rejects an invalid token as RFC 6750 §3 or the profile says.
 * @param forSessions Whether the route also accepts a browser session, as pages do; routes of Simple OAuth accept only tokens.
 */
export async function withAccess(
  service: Service,
  incoming: Incoming,
  open: Open,
  forSessions = false,
): Promise<Answer> {
  const { cachedPage } = service.mechanisms
  return cachedPage(service.state.pages, incoming, () => answerWithAccess(service, incoming, open, forSessions))
}

async function answerWithAccess(
  service: Service,
  incoming: Incoming,
  open: Open,
  forSessions: boolean,
): Promise<Answer> {
  const { mechanisms } = service
  const user = forSessions ? findSession(service, incoming)?.session.user : null
  const bySession = user ? sessionAccess(service, user) : null
  let access: Access | null
  try {
    access = await bearerAccess(service, incoming)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (bySession && mechanisms.sessionBesideToken('bad')) return open(bySession)
    return refuseBearer(service, incoming, error)
  }
  if (bySession && (access === null || mechanisms.sessionBesideToken('good'))) return open(bySession)
  const given = await open(access)
  return access?.client ? withHeaders(given, [['X-Consumer-ID', access.client.client_id]]) : given
}

function refuseBearer(service: Service, incoming: Incoming, failure: Failure): Answer {
  if (service.mechanisms.oauthError(failure).error === 'crash') {
    service.state.errorLog.push(failure.message)
    return crashPage(service.labels, speaksJson(incoming))
  }
  const header = incoming.headers.get('authorization') ?? ''
  const refusal = service.mechanisms.bearerRefusal(failure, header, speaksJson(incoming))
  return framed(service, refusal, service.labels.unauthorized)
}

/** Adds the page that a browser would show to a response without a body. */
function framed({ labels }: Service, given: Answer, title: string): Answer {
  if (given.body !== '') return given
  const shown = page(labels, title, '', [], given.status)
  return { ...shown, headers: [...given.headers, ...shown.headers] }
}

/** The token debug page of Simple OAuth: JSON that requires a permission. */
export function answerDebug(service: Service, incoming: Incoming): Promise<Answer> {
  return guarded(service, incoming, debugPermission, (access) => {
    const known = new Set([
      'access content',
      'administer nodes',
      ...service.state.data.scopes.flatMap(({ permission }) => permission ?? []),
    ])
    const may = (name: string) => ({ title: name, access: access?.permissions.has(name) ?? false })
    const token = access?.token ?? ''
    const id = access?.account?.uid ?? '0'
    return json({
      token: [token],
      id,
      roles: access?.roles ?? ['anonymous'],
      permissions: Object.fromEntries([...known].map((name) => [name, may(name)])),
    })
  })
}

/** A route that requires a permission. */
function guarded(
  service: Service,
  incoming: Incoming,
  needed: string,
  open: (access: Access | null) => Answer,
  frame = (refused: Answer) => framed(service, refused, service.labels.accessDenied),
): Promise<Answer> {
  return withAccess(service, incoming, (access) => {
    if (service.mechanisms.mayOpen(access?.permissions ?? new Set(), needed))
      return withHeaders(open(access), service.mechanisms.resourceHeaders)
    const refusal = service.mechanisms.accessRefusal(needed, access !== null, speaksJson(incoming))
    return frame(withParameter(service, incoming, refusal))
  })
}

/** RFC 9728 §5.1: the challenge names the metadata of the resource. */
function withParameter({ mechanisms }: Service, { origin }: Incoming, given: Answer): Answer {
  if (given.status !== 401) return given
  const headers = given.headers.map(([name, value]): [string, string] =>
    name === 'WWW-Authenticate' ? [name, value + mechanisms.challengeParameter(origin)] : [name, value],
  )
  return { ...given, headers }
}

/** OpenID Connect Core §5.3. */
export function answerUserinfo(service: Service, incoming: Incoming): Answer | Promise<Answer> {
  const { mechanisms, labels, state } = service
  if (state.openidDisabled) return page(labels, labels.notFound, '', [], 404)
  return withAccess(service, incoming, (access) => {
    const cached = access ? mechanisms.cachedUserinfo(state) : null
    const scopes = access?.record?.scopes ?? []
    const isAllowed = access === null || mechanisms.userinfoAllowed(scopes)
    const shown = cached ?? (isAllowed ? mechanisms.userinfoAccount(state, access?.account) : undefined)
    if (!shown) {
      const refusal = mechanisms.accessRefusal('openid', access !== null, speaksJson(incoming))
      return framed(service, refusal, labels.accessDenied)
    }
    if (access) state.userinfoCache ??= shown
    const claims = mechanisms.userinfoClaims(userClaims(shown, incoming.origin), scopes)
    return withHeaders(json(claims), mechanisms.userinfoHeaders)
  })
}

/** A page that only users with a role may open. */
export function answerRolePage(service: Service, incoming: Incoming): Promise<Answer> {
  const open = (access: Access | null): Answer => {
    const { labels, mechanisms, state } = service
    if (access?.roles.includes(state.data.rolePage?.role ?? '') === true) return page(labels, 'Role page', '')
    const refusal = mechanisms.accessRefusal('role', access !== null, speaksJson(incoming))
    return framed(service, refusal, labels.accessDenied)
  }
  return withAccess(service, incoming, open, true)
}

/** JSON:API with one page, for everyone with the permission "access content". */
export function answerJsonApi(service: Service, incoming: Incoming): Promise<Answer> {
  return withAccess(service, incoming, () => {
    const body = {
      jsonapi: { version: '1.0' },
      data: [{ type: 'node--page', id: '1', attributes: { title: 'Published' } }],
    }
    return answer(200, JSON.stringify(body), [['Content-Type', 'application/vnd.api+json']])
  })
}

const operations: Readonly<Record<string, ContentOperation>> = {
  GET: 'read',
  POST: 'create',
  PATCH: 'change',
  DELETE: 'delete',
}

/** JSON:API of the content type: each operation requires a permission of its own. */
export function answerContent(service: Service, incoming: Incoming): Promise<Answer> {
  const { mechanisms, state } = service
  const type = state.data.contentType ?? ''
  const op = operations[incoming.method] ?? 'read'
  const id = incoming.path.split('/').slice(4)[0]
  const open = (): Answer => {
    if (id !== undefined && !state.content.has(id))
      return inJsonApi(404, { errors: [{ status: '404', title: 'Not Found' }] })
    const shown = (one: string) => ({ type: `node--${type}`, id: one, attributes: { title: state.content.get(one) } })
    switch (op) {
      case 'read':
        return inJsonApi(200, { data: id === undefined ? [...state.content.keys()].map(shown) : shown(id) })
      case 'create': {
        const created = randomUUID()
        state.content.set(created, titleOf(incoming))
        return inJsonApi(201, { data: shown(created) })
      }
      case 'change':
        state.content.set(id ?? '', titleOf(incoming))
        return inJsonApi(200, { data: shown(id ?? '') })
      case 'delete':
        state.content.delete(id ?? '')
        return answer(204, '', [])
    }
  }
  return guarded(service, incoming, mechanisms.contentPermission(op, type), open, (refused) =>
    refused.body === ''
      ? withHeaders(
          inJsonApi(refused.status, { errors: [{ status: String(refused.status), title: 'Forbidden' }] }),
          refused.headers,
        )
      : refused,
  )
}

const inJsonApi = (status: number, document: object): Answer =>
  answer(status, JSON.stringify({ jsonapi: { version: '1.1' }, ...document }), [
    ['Content-Type', 'application/vnd.api+json'],
  ])

function titleOf({ text }: Incoming): string {
  const { data } = JSON.parse(text) as { data?: { attributes?: { title?: string } } }
  return data?.attributes?.title ?? ''
}

export function answerReports(service: Service, incoming: Incoming): Promise<Answer> {
  const found = (access: Access | null) => page(service.labels, access ? 'Reports' : '', '')
  return guarded(service, incoming, 'access site reports', found)
}
