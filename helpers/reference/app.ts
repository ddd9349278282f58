import type { IncomingMessage, ServerResponse } from 'node:http'
import { Hono, type Context } from 'hono'
import { answer, withHeaders, type Answer, type Incoming } from './core/message.ts'
import { crashPage, page } from './core/pages.ts'
import type { Service } from './core/service.ts'
import { answerAuthorize } from './endpoints/authorize.ts'
import { answerLogin, answerLogout, answerUser } from './endpoints/login.ts'
import {
  answerContent,
  answerDebug,
  answerJsonApi,
  answerReports,
  answerRolePage,
  answerUserinfo,
  withAccess,
} from './endpoints/resource.ts'
import { answerDeviceAuthorization, answerDevicePage } from './endpoints/device.ts'
import { answerManagement, answerRegistration } from './endpoints/registration.ts'
import { answerIntrospection, answerRevocation } from './endpoints/revocation.ts'
import { answerToken } from './endpoints/token.ts'
import { read, respond } from './http.ts'

type Handler = (service: Service, incoming: Incoming) => Answer | Promise<Answer>

/** Handlers by path; other methods get a 405. */
type Routes = Readonly<Record<string, { readonly methods: readonly string[]; readonly handler: Handler }>>

const metadata: Handler = ({ mechanisms, labels: texts }, { origin }) => {
  const document = mechanisms.metadata(origin)
  if (document === null) return page(texts, texts.notFound, '', [], 404)
  return answer(200, JSON.stringify(document), [['Content-Type', 'application/json']])
}

const resourceMetadata: Handler = ({ mechanisms, labels: texts }, { origin }) => {
  const document = mechanisms.resourceMetadata(origin)
  if (document === null) return page(texts, texts.notFound, '', [], 404)
  return answer(200, JSON.stringify(document), [['Content-Type', 'application/json']])
}

const jwks: Handler = (service, incoming) =>
  openRoute(service, incoming, () =>
    service.state.openidDisabled
      ? page(service.labels, service.labels.notFound, '', [], 404)
      : answer(200, JSON.stringify(service.mechanisms.jwks(service.state.keys)), [
          ['Content-Type', 'application/json'],
        ]),
  )

/** An endpoint of which contracts ask only whether it exists. */
const furtherEndpoint: Handler = () =>
  answer(400, '{"error":"invalid_request"}', [['Content-Type', 'application/json']])

const plainPage: Handler = (service, incoming) =>
  openRoute(service, incoming, () => page(service.labels, 'Published', ''))

/** A route that requires no token, but may reject an invalid one. */
function openRoute(
  service: Service,
  incoming: Incoming,
  open: () => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  return service.mechanisms.bearerEverywhere ? withAccess(service, incoming, open) : open()
}

const routes: Routes = {
  '/user': { methods: ['GET'], handler: answerUser },
  '/user/login': {
    methods: ['GET', 'POST'],
    handler: (service, incoming) => openRoute(service, incoming, () => answerLogin(service, incoming)),
  },
  '/user/logout': { methods: ['GET', 'POST'], handler: answerLogout },
  '/user/logout/confirm': { methods: ['GET', 'POST'], handler: answerLogout },
  '/oauth/authorize': {
    methods: ['GET', 'POST'],
    handler: (service, incoming) => openRoute(service, incoming, () => answerAuthorize(service, incoming)),
  },
  '/oauth/token': {
    methods: ['POST'],
    handler: (service, incoming) => openRoute(service, incoming, () => answerToken(service, incoming)),
  },
  '/oauth/jwks': { methods: ['GET'], handler: jwks },
  '/.well-known/jwks.json': { methods: ['GET'], handler: jwks },
  '/oauth/debug': { methods: ['GET'], handler: answerDebug },
  '/oauth/userinfo': { methods: ['GET', 'POST'], handler: answerUserinfo },
  '/jsonapi/node/page': { methods: ['GET'], handler: answerJsonApi },
  '/admin/reports': { methods: ['GET'], handler: answerReports },
  '/.well-known/oauth-authorization-server': { methods: ['GET'], handler: metadata },
  '/.well-known/oauth-protected-resource': { methods: ['GET'], handler: resourceMetadata },
  '/.well-known/openid-configuration': { methods: ['GET'], handler: metadata },
  '/node/1': { methods: ['GET'], handler: plainPage },
  '/user/:uid': { methods: ['GET'], handler: plainPage },
  '/': { methods: ['GET'], handler: plainPage },
}

/** Endpoints that only some servers have. */
const tokenRoutes: Routes = {
  '/oauth/revoke': { methods: ['POST'], handler: answerRevocation },
  '/oauth/introspect': { methods: ['POST'], handler: answerIntrospection },
}

const deviceRoutes: Routes = {
  '/oauth/device_authorization': { methods: ['POST'], handler: answerDeviceAuthorization },
  '/oauth/device': { methods: ['GET', 'POST'], handler: answerDevicePage },
}
const registrationRoutes: Routes = {
  '/oauth/register': { methods: ['POST'], handler: answerRegistration },
  '/oauth/register/:id': { methods: ['GET', 'DELETE'], handler: answerManagement },
}

/** Drupal sends this before anything else, without the headers of a page. */
const untrustedHost = (): Response =>
  new Response('The provided host name is not valid for this server.', {
    status: 400,
    headers: { 'Content-Type': 'text/plain; charset=UTF-8', 'Cache-Control': 'no-cache, private' },
  })

interface Node {
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse }
}

/** The routes of the server. */
export function buildApp(service: Service): Hono<Node> {
  const { labels: texts } = service
  const { rolePage, contentType } = service.state.data
  const app = new Hono<Node>({ strict: false })
  app.use('*', async (context, next) => {
    await next()
    allowOrigin(service, context.req.raw, context.res)
  })
  for (const [path, { methods: usualMethods, handler }] of Object.entries({
    ...routes,
    ...Object.fromEntries(
      service.mechanisms.furtherEndpoints.map((path) => [path, { methods: ['POST'], handler: furtherEndpoint }]),
    ),
    ...(service.mechanisms.tokenEndpoints ? tokenRoutes : {}),
    ...(service.mechanisms.device ? deviceRoutes : {}),
    ...(service.mechanisms.registration ? registrationRoutes : {}),
    ...(rolePage ? { [rolePage.path]: { methods: ['GET'], handler: answerRolePage } } : {}),
    ...(contentType === undefined
      ? {}
      : {
          [`/jsonapi/node/${contentType}`]: { methods: ['GET', 'POST'], handler: answerContent },
          [`/jsonapi/node/${contentType}/:id`]: { methods: ['GET', 'PATCH', 'DELETE'], handler: answerContent },
        }),
  })) {
    const methods =
      { '/oauth/token': service.mechanisms.tokenMethods, '/oauth/userinfo': service.mechanisms.userinfoMethods }[
        path
      ] ?? usualMethods
    app.on([...methods], path, async (context) => {
      const incoming = await read(service, context)
      return incoming === null ? untrustedHost() : respond(service, await handler(service, incoming))
    })
    app.all(path, (context) => respond(service, otherMethod(service, context, path, methods)))
  }
  app.notFound(() => respond(service, page(texts, texts.notFound, '', [], 404)))
  app.onError((error) => {
    service.state.errorLog.push(String(error))
    return respond(service, crashPage(texts, false))
  })
  return app
}

/** Who may read the answer, and whether a script may send the request at all (Fetch, CORS protocol). */
function allowOrigin({ mechanisms, state }: Service, request: Request, { headers }: Response): void {
  const origin = request.headers.get('origin')
  const { pathname: path } = new URL(request.url)
  const allowed = origin === null ? null : mechanisms.cors({ origin, path, clients: state.data.clients })
  if (allowed === null) return
  headers.set('Access-Control-Allow-Origin', allowed.origin)
  if (allowed.credentials) headers.set('Access-Control-Allow-Credentials', 'true')
  if (request.method !== 'OPTIONS') return
  headers.set('Access-Control-Allow-Methods', 'GET, POST, PATCH, DELETE')
  headers.set('Access-Control-Allow-Headers', 'authorization, content-type')
}

function otherMethod(service: Service, context: Context, path: string, methods: readonly string[]): Answer {
  const { labels: texts, mechanisms } = service
  const isJson = path === '/oauth/debug' || context.req.query('_format') === 'json'
  const json: Answer['headers'] = isJson ? [['Content-Type', 'application/json']] : []
  if (context.req.method === 'OPTIONS') {
    const allow: Answer['headers'] = [['Allow', methods.join(', ')]]
    return withHeaders(answer(200, '', [...allow, ...json]), [['Content-Type', 'text/html; charset=UTF-8']])
  }
  const allow: Answer['headers'] = [['Allow', (methods.includes('GET') ? [...methods, 'HEAD'] : methods).join(', ')]]
  const extra = path === '/oauth/token' ? [...allow, ...mechanisms.tokenErrorHeaders] : allow
  const shown = isJson
    ? answer(405, JSON.stringify({ message: 'Method Not Allowed' }), [['Content-Type', 'application/json']])
    : page(texts, texts.clientError, '', [], 405)
  return withHeaders(shown, extra)
}
