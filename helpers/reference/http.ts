import type { Context } from 'hono'
import { withHeaders, type Answer, type Incoming } from './core/message.ts'
import type { Service } from './core/service.ts'

const usual: Answer['headers'] = [
  ['Cache-Control', 'must-revalidate, no-cache, private'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Expires', 'Sun, 19 Nov 1978 05:00:00 GMT'],
  ['Vary', 'X-Consumer-ID'],
  ['X-Consumer-ID', 'default_consumer'],
]

/** The response that Hono sends, with the headers that Drupal adds to every page. */
export function respond({ mechanisms }: Service, given: Answer): Response {
  const headers = new Headers()
  for (const [name, value] of withHeaders(given, [...usual, ...mechanisms.securityHeaders]).headers)
    headers.append(name, toLatin1(value))
  return new Response(given.status === 204 ? null : given.body, { status: given.status, headers })
}

/** Header values are bytes: UTF-8, as PHP sends it, without line breaks. */
const toLatin1 = (value: string) => Buffer.from(value.replace(/[\r\n\0]/g, '')).toString('latin1')

/** A request as the endpoints see it; null where it is for another host. */
export async function read({ mechanisms }: Service, context: Context): Promise<Incoming | null> {
  const url = new URL(context.req.url)
  const origin = mechanisms.requestOrigin(context.req.raw.headers)
  if (origin === null) return null
  return {
    method: context.req.method,
    path: url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname,
    target: url.pathname + url.search,
    query: [...url.searchParams],
    ...(await readBody(context)),
    headers: context.req.raw.headers,
    origin,
  }
}

async function readBody(context: Context): Promise<Pick<Incoming, 'body' | 'text'>> {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return { body: [], text: '' }
  const type = context.req.header('content-type')?.toLowerCase() ?? ''
  if (type.startsWith('multipart/form-data')) {
    // PHP ignores a multipart body without a boundary.
    const parts = Object.entries(await context.req.parseBody().catch(() => ({})))
    return { body: parts.map(([name, value]) => [name, typeof value === 'string' ? value : '']), text: '' }
  }
  const text = await context.req.text()
  return { body: type.startsWith('application/x-www-form-urlencoded') ? [...new URLSearchParams(text)] : [], text }
}
