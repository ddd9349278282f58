import { consentRequest, findConsentForm } from '../../helpers/drupal/consent.ts'
import { logIn } from '../../helpers/drupal/login.ts'
import { createHttpClient } from '../../helpers/http/client.ts'
import { Cookies } from '../../helpers/http/cookies.ts'
import { header } from '../../helpers/model/exchange.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import type { ReferenceProfile } from '../../helpers/reference/server.ts'
import type { ClientInfo, TargetInfo } from '../../helpers/model/target.ts'
import type { ClientRole } from '../../fixtures/roles.ts'

export interface Site {
  readonly info: TargetInfo
  readonly origin: string
  client(role: ClientRole): ClientInfo
  /** What a user agent does with an authorization request: the editor logs in, allows, and is sent to the client. */
  visit(authorizationRequest: URL): Promise<URL>
  close(): Promise<void>
}

/** A reference server and its user; the library sends the OAuth requests. */
export async function openSite(profile: ReferenceProfile): Promise<Site> {
  const target = referenceTarget({ profile })
  const info = await target.start(() => undefined)
  const origin = new URL(info.baseUrl).origin
  const http = createHttpClient({ origin, timeout: 10_000, bodyLimit: 1_000_000, connections: 1 })
  return {
    info,
    origin,
    client: (role) => given(info.clients[role], role),
    visit: async (authorizationRequest) => {
      const cookies = new Cookies()
      const editor = given(info.users.editor, 'editor')
      const login = await logIn(http, cookies, info.baseUrl + info.endpoints.login, { password: '', ...editor })
      if (!login.ok) throw new Error(login.failure?.message)
      const cookie: readonly [string, string] = ['cookie', cookies.headerFor(info.baseUrl) ?? '']
      const page = await http.send({ method: 'GET', url: authorizationRequest.href, headers: [cookie] })
      const form = given(findConsentForm(page.response.body, authorizationRequest.href), 'consent form')
      const request = consentRequest(form, form.allow)
      const answer = await http.send({ ...request, headers: [...(request.headers ?? []), cookie] })
      return new URL(given(header(answer.response, 'location'), 'redirect'))
    },
    close: async () => {
      await http.close()
      target.stop()
    },
  }
}

export function given<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`no ${what}`)
  return value
}
