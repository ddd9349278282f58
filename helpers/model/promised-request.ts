/** Methods that guarantees about paths may name. */
export const promisedMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** A request that a site file makes a guarantee about: "PATCH /jsonapi/node/page/1". */
export interface PromisedRequest {
  readonly method: string
  /** Below the base URL, with its query. */
  readonly path: string
}

/** `place` is what is wrong: the method, or where the request would go. */
export type Malformed = { readonly place: 'form' | 'method' | 'host' | 'path' }

/** Parses "METHOD /path". A path that leads away from the base URL is malformed, because tokens are sent only to the site. */
export function promisedRequest(text: string): PromisedRequest | Malformed {
  const [, method = '', path = ''] = /^(\S+) (\S+)$/u.exec(text) ?? []
  if (path === '') return { place: 'form' }
  if (!(promisedMethods as readonly string[]).includes(method)) return { place: 'method' }
  if (/^[a-z][a-z0-9+.-]*:|^[\\/]{2}/iu.test(path)) return { place: 'host' }
  // WHATWG URL: a backslash is a slash, and %2e is a dot.
  const climbs = /(?:^|[\\/])(?:\.|%2e){2}(?:[\\/]|$)/iu.test(path.replace(/[?#].*$/u, ''))
  if (!path.startsWith('/') || climbs || path.includes('#') || path.includes('\\')) return { place: 'path' }
  return { method, path }
}

/** Whether the method may change something: such a request carries an empty JSON object, or nothing. */
export const isWriting = (method: string): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method)
