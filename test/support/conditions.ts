import type { DiagnosisId, Layer } from '../../fixtures/diagnoses.ts'
import type { Asked, Breaks } from './hostile-proxy.ts'

/** A condition of a site, simulated by changing a healthy server's answers as the real condition does. */
export interface Condition {
  /** A new one for each server: some answers depend on earlier ones. */
  readonly breaks: () => Breaks
  readonly id: DiagnosisId
  readonly layer: Layer
  /** What the message says of this very site. */
  readonly says: string
  /** What a check of a code, and one of a bearer token, is blocked by; by default both by the condition itself. */
  readonly blocks?: { readonly code: boolean; readonly bearer: boolean }
}

const json = (status: number, value: object) => ({
  status,
  headers: ['content-type', 'application/json'],
  body: JSON.stringify(value),
})
const html = (body: string) => ({ status: 200, headers: ['content-type', 'text/html; charset=UTF-8'], body })
const redirect = (status: number, location: string) => ({ status, headers: ['Location', location], body: '' })

const at = (what: string, answer: (asked: Asked) => ReturnType<Breaks>) => (): Breaks => (asked) =>
  asked.what === what ? answer(asked) : null

/** The form is served again when it is submitted, with additional content. */
const again = (path: string, more: string, message: string) => (): Breaks => {
  let shown = ''
  return ({ what, healthy }) => {
    if (what === `GET ${path}` && healthy.body.includes('<form')) {
      shown = healthy.body.replace('</form>', `${more}</form>`)
      return { body: shown }
    }
    return what === `POST ${path}` ? html(shown.replace('</body>', `${message}</body>`)) : null
  }
}

/** As BigPipe delivers it, after the page. */
const bigPipe = (text: string): string => {
  const data = `<div role="contentinfo" aria-label="Error message"><div role="alert"><h2 class="visually-hidden">Error message</h2>${text}</div></div>`
  const commands = [{ command: 'insert', method: 'replaceWith', selector: '[data-big-pipe]', data }]
  return `<script type="application/vnd.drupal-ajax" data-big-pipe-event="messages">${JSON.stringify(commands).replaceAll('<', '\\u003C')}</script>`
}

const serverError = (words: string) =>
  json(500, {
    error: 'server_error',
    error_description: `The authorization server encountered an unexpected condition which prevented it from fulfilling the request: ${words}`,
  })

const codeOnly = { code: true, bearer: true } as const

/** Answers as real sites gave them. */
export const conditions: Readonly<Record<string, Condition>> = {
  'the private key is missing': {
    breaks: at('POST /oauth/token', () => serverError('You need to set the OAuth2 private key.')),
    ...{ id: 'private-key-missing', layer: 'keys', says: 'with mode 600', blocks: codeOnly },
  },
  'the public key is missing': {
    breaks: at('GET /oauth/debug', ({ healthy }) =>
      healthy.status === 200
        ? json(401, { message: 'unexpected condition: You need to set the OAuth2 public key.' })
        : null,
    ),
    ...{ id: 'public-key-missing', layer: 'keys', says: 'public_key', blocks: { code: false, bearer: true } },
  },
  'no role has the permission to grant codes': {
    breaks: again('/oauth/authorize', '', bigPipe("The '<em>grant simple_oauth codes</em>' permission is required.")),
    ...{ id: 'permission-missing', layer: 'role', blocks: codeOnly },
    says: "The 'grant simple_oauth codes' permission is required.",
  },
  'no role has it, and approval is automatic': {
    breaks: at('GET /oauth/authorize', ({ url, healthy }) => {
      const sent = new URL(url, 'http://site.test').searchParams
      const back = `${sent.get('redirect_uri') ?? ''}?error=access_denied&state=${sent.get('state') ?? ''}`
      return healthy.status === 200 ? redirect(302, back) : null
    }),
    ...{ id: 'permission-missing-automatic', layer: 'role', says: 'access_denied', blocks: codeOnly },
  },
  'the consent form has a required box': {
    breaks: again(
      '/oauth/authorize',
      '<input type="checkbox" id="edit-terms" name="terms" value="1" required="required"><label for="edit-terms">I accept the terms</label>',
      bigPipe('I accept the terms field is required.'),
    ),
    ...{ id: 'consent-field-required', layer: 'consent', blocks: codeOnly },
    says: '"I accept the terms" (terms), which a person ticks and the suite does not; it says "I accept the terms field is required."',
  },
  'the consent form comes back with a message': {
    breaks: again('/oauth/authorize', '', bigPipe('Your account is not verified.')),
    ...{ id: 'consent-rejected', layer: 'consent', says: '"Your account is not verified."', blocks: codeOnly },
  },
  'the login asks a sum': {
    breaks: again(
      '/user/login',
      '<label for="edit-sum">Math question</label><input type="text" id="edit-sum" name="captcha_response" value="" required>',
      '<div role="alert">The answer you entered is not correct.</div>',
    ),
    ...{ id: 'login-field-required', layer: 'login', says: '"Math question" (captcha_response)', blocks: codeOnly },
  },
  'the login has a captcha of a script': {
    breaks: again('/user/login', '<div class="g-recaptcha" data-sitekey="1"></div>', ''),
    ...{ id: 'login-captcha', layer: 'login', says: 'loginLink: true', blocks: codeOnly },
  },
  'bearer requests are redirected to a login': {
    breaks: at('GET /oauth/debug', () => redirect(302, '/user/login?destination=/oauth/debug')),
    ...{ id: 'bearer-redirected', layer: 'authorization', says: '/user/login', blocks: { code: false, bearer: true } },
  },
  'the Authorization header is stripped': {
    breaks: at('GET /oauth/debug', () => json(403, { message: 'The permission is required.' })),
    ...{
      id: 'authorization-stripped',
      layer: 'authorization',
      says: 'CGIPassAuth',
      blocks: { code: false, bearer: true },
    },
  },
  'POST requests are redirected to https': {
    breaks: () => (asked) =>
      asked.what.startsWith('POST ') ? redirect(301, asked.origin.replace('http:', 'https:') + asked.url) : null,
    ...{ id: 'post-redirected', layer: 'post', says: 'RFC 9110 §15.4.2', blocks: codeOnly },
  },
  'the scope is named by its ID': {
    breaks: at('POST /oauth/token', ({ healthy }) =>
      healthy.status === 200
        ? json(400, { error: 'invalid_scope', error_description: 'The requested scope is invalid' })
        : null,
    ),
    ...{ id: 'scope-unknown', layer: 'scopes', says: 'by its name ("site:content")', blocks: codeOnly },
  },
  'the scope has no granularity, and Drupal fails': {
    breaks: at('GET /oauth/debug', ({ healthy }) =>
      healthy.status === 200
        ? { status: 500, headers: [], body: 'The website encountered an unexpected error.' }
        : null,
    ),
    ...{ id: 'resource-broken', layer: 'resource', says: 'lint --config', blocks: { code: false, bearer: true } },
  },
  'the scope opens nothing': {
    breaks: at('GET /oauth/debug', ({ healthy }) => (healthy.status === 200 ? json(403, { message: 'no' }) : null)),
    ...{ id: 'resource-denied', layer: 'resource', says: 'drush cache:rebuild', blocks: { code: false, bearer: true } },
  },
}
