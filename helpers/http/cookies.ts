import { Cookie, CookieJar } from 'tough-cookie'
import type { RecordedResponse } from '../model/exchange.ts'

/**
 * The cookies of one user agent (RFC 6265). Values are sent back byte for byte; cookies for other hosts are refused.
 * Copies share nothing.
 */
export class Cookies {
  #jar: CookieJar

  constructor() {
    // A site may live right below a public suffix. Nothing is lost: requests go to one origin only.
    this.#jar = new CookieJar(undefined, { rejectPublicSuffixes: false })
  }

  /** The value of the `Cookie` header for a URL, or null where there is none to send. */
  headerFor(url: string): string | null {
    const value = this.#jar.getCookieStringSync(url)
    return value === '' ? null : value
  }

  /** Takes the `Set-Cookie` headers of a response to `url`; what RFC 6265 §5.3 refuses is left out. */
  store(url: string, response: RecordedResponse): void {
    for (const [name, value] of response.headers)
      if (name === 'set-cookie') this.#jar.setCookieSync(value, url, { ignoreError: true })
  }

  /** Takes the `Cookie` header of a browser for a whole host: NAME=VALUE, several with semicolons between them. */
  take(url: string, header: string): void {
    for (const pair of header.split(';'))
      if (pair.includes('=')) this.#jar.setCookieSync(`${pair.trim()}; Path=/`, url, { ignoreError: true })
  }

  clone(): Cookies {
    const copy = new Cookies()
    copy.#jar = this.#jar.cloneSync() ?? new CookieJar()
    return copy
  }

  /** Every value that is held: secrets, for redaction. Expired ones stay in the jar for a while and are left out. */
  values(): string[] {
    return (this.#jar.serializeSync()?.cookies ?? [])
      .map((cookie) => Cookie.fromJSON(cookie))
      .filter((cookie) => cookie !== undefined && cookie.TTL() > 0)
      .map((cookie) => cookie?.value ?? '')
  }
}
