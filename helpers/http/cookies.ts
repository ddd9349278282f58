import { Cookie, CookieJar } from 'tough-cookie'
import type { RecordedResponse } from '../model/exchange.ts'

/**
 * The cookies of one user agent (RFC 6265). Values are sent back byte for byte; cookies for other hosts are rejected.
 * Copies share nothing.
 */
export class Cookies {
  #jar: CookieJar
  /** Whether a copy may have the same jar: most copies are only read, so whoever stores a cookie first gets a jar of its own. */
  #shared = false

  constructor() {
    // A site may be directly below a public suffix. This is safe: requests go to one origin only.
    this.#jar = new CookieJar(undefined, { rejectPublicSuffixes: false })
  }

  /** The value of the `Cookie` header for a URL, or null if there is no cookie to send. */
  headerFor(url: string): string | null {
    const value = this.#jar.getCookieStringSync(url)
    return value === '' ? null : value
  }

  /** Stores the `Set-Cookie` headers of a response from `url`; cookies that RFC 6265 §5.3 rejects are ignored. */
  store(url: string, response: RecordedResponse): void {
    for (const [name, value] of response.headers)
      if (name === 'set-cookie') this.#ownJar().setCookieSync(value, url, { ignoreError: true })
  }

  /** Stores a browser's `Cookie` header for a whole host: NAME=VALUE pairs, separated by semicolons. */
  take(url: string, header: string): void {
    for (const pair of header.split(';'))
      if (pair.includes('=')) this.#ownJar().setCookieSync(`${pair.trim()}; Path=/`, url, { ignoreError: true })
  }

  clone(): Cookies {
    const copy = new Cookies()
    copy.#jar = this.#jar
    copy.#shared = this.#shared = true
    return copy
  }

  #ownJar(): CookieJar {
    if (this.#shared) this.#jar = this.#jar.cloneSync() ?? new CookieJar()
    this.#shared = false
    return this.#jar
  }

  /** The values of all cookies, which are secrets to redact. Expired cookies stay in the jar for a while; they are left out. */
  values(): string[] {
    return (this.#jar.serializeSync()?.cookies ?? [])
      .map((cookie) => Cookie.fromJSON(cookie))
      .filter((cookie) => cookie !== undefined && cookie.TTL() > 0)
      .map((cookie) => cookie?.value ?? '')
  }
}
