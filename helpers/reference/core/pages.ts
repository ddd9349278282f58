import { randomBytes } from 'node:crypto'
import type { Labels } from './labels.ts'
import { answer, escapeHtml, type Answer } from './message.ts'

export interface Message {
  readonly type: 'error' | 'status'
  readonly text: string
}

const html: Answer['headers'] = [['Content-Type', 'text/html; charset=UTF-8']]

/** A page with the markup of Drupal's Stark theme. */
export function page(
  labels: Labels,
  title: string,
  content: string,
  messages: readonly Message[] = [],
  status = 200,
  /** As HTML, where it is not the heading. */
  head = escapeHtml(title),
): Answer {
  const notes = messages.map(
    ({ type, text }) =>
      `<div role="contentinfo" aria-label="${labels[type]}"><div${type === 'error' ? ' role="alert"' : ''}>
        <h2 class="visually-hidden">${labels[type]}</h2>${escapeHtml(text)}</div></div>`,
  )
  return answer(
    status,
    `<!DOCTYPE html>
<html lang="${labels.language}" dir="ltr">
  <head><meta charset="utf-8" /><title>${head} | Reference</title></head>
  <body>
    <div class="layout-container"><main role="main"><a id="main-content" tabindex="-1"></a>
      <div data-drupal-messages>${notes.join('')}</div>
      <h1>${escapeHtml(title)}</h1>
      ${content}
    </main></div>
  </body>
</html>
`,
    html,
  )
}

const hidden = (name: string, value: string, selector: string) =>
  `<input data-drupal-selector="${selector}" type="hidden" name="${name}" value="${escapeHtml(value)}" />`

const buildId = () => {
  const id = `form-${randomBytes(32).toString('base64url')}`
  return `<input autocomplete="off" data-drupal-selector="${id.toLowerCase()}" type="hidden" name="form_build_id" value="${id}" />`
}

const button = (id: string, value: string) =>
  `<input data-drupal-selector="${id}" type="submit" id="${id}" name="op" value="${escapeHtml(value)}" class="button js-form-submit form-submit" />`

const actions = (...buttons: string[]) =>
  `<div data-drupal-selector="edit-actions" class="form-actions js-form-wrapper form-wrapper" id="edit-actions">${buttons.join('')}</div>`

function form(id: string, action: string, content: string): string {
  return `<form class="${id}" data-drupal-selector="${id}" action="${escapeHtml(action)}" method="post" id="${id}" accept-charset="UTF-8">
  ${content}
</form>`
}

function field(name: string, type: 'text' | 'password', label: string, autocomplete: string): string {
  return `<div class="js-form-item form-item js-form-type-${type} form-item-${name} js-form-item-${name}">
    <label for="edit-${name}" class="js-form-required form-required">${escapeHtml(label)}</label>
    <input autocomplete="${autocomplete}" data-drupal-selector="edit-${name}" type="${type}" id="edit-${name}" name="${name}" size="60" class="form-${type} required" required="required" aria-required="true" />
  </div>`
}

export function loginPage(labels: Labels, action: string, messages: readonly Message[]): Answer {
  const content = [
    field('name', 'text', labels.username, 'username'),
    field('pass', 'password', labels.password, 'current-password'),
    buildId(),
    hidden('form_id', 'user_login_form', 'edit-user-login-form'),
    actions(button('edit-submit', labels.logIn)),
  ]
  return page(labels, labels.logIn, form('user-login-form', action, content.join('\n  ')), messages)
}

export interface Consent {
  readonly action: string
  /** As HTML. */
  readonly title: string
  /** The client's name, as HTML. */
  readonly label: string
  /** The descriptions of the requested scopes. */
  readonly scopes: readonly string[]
  readonly formToken: string
  readonly redirectUri: string
}

export function consentPage(labels: Labels, consent: Consent, messages: readonly Message[]): Answer {
  const items = consent.scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('')
  const content = [
    `<h3>${labels.allowing} '<em class="placeholder">${consent.label}</em>' ${labels.to}:</h3>`,
    `<ul data-drupal-selector="edit-scopes">${items}</ul>`,
    hidden('redirect_uri', consent.redirectUri, 'edit-redirect-uri'),
    buildId(),
    hidden('form_token', consent.formToken, 'edit-simple-oauth-authorize-form-form-token'),
    hidden('form_id', 'simple_oauth_authorize_form', 'edit-simple-oauth-authorize-form'),
    actions(button('edit-submit', labels.allow), button('edit-cancel', labels.deny)),
  ]
  const text = form('simple-oauth-authorize-form', consent.action, content.join('\n  '))
  return page(labels, labels.grantTitle, text, messages, 200, consent.title)
}

/** The form of simple_oauth_21 for the code that a device shows. */
export function devicePage(labels: Labels, userCode: string, formToken: string, messages: readonly Message[]): Answer {
  const content = [
    `<div class="js-form-item form-item"><label for="edit-user-code">${labels.userCode}</label>
    <input data-drupal-selector="edit-user-code" type="text" id="edit-user-code" name="user_code" value="${escapeHtml(userCode)}" size="16" maxlength="16" class="form-text required" required="required" /></div>`,
    buildId(),
    hidden('form_token', formToken, 'edit-simple-oauth-device-flow-verification-form-form-token'),
    hidden('form_id', 'simple_oauth_device_flow_verification_form', 'edit-simple-oauth-device-flow-verification-form'),
    actions(button('edit-authorize', labels.allowDevice), button('edit-deny', labels.denyDevice)),
  ]
  const text = form('simple-oauth-device-flow-verification-form', '/oauth/device', content.join('\n  '))
  return page(labels, labels.device, text, messages)
}

export function logoutPage(labels: Labels): Answer {
  const content = [buildId(), hidden('form_id', 'user_logout_confirm', 'edit-user-logout-confirm')]
  const text = form(
    'user-logout-confirm',
    '/user/logout/confirm',
    [...content, actions(button('edit-submit', labels.logOut))].join('\n  '),
  )
  return page(labels, labels.logOut, text)
}

/** A redirect with the body that Symfony adds. */
export function redirect(status: number, location: string): Answer {
  const shown = escapeHtml(location)
  return answer(
    status,
    `<!DOCTYPE html><html><head><title>Redirecting to ${shown}</title></head><body></body></html>`,
    [
      ['Location', location],
      ['Content-Type', 'text/html; charset=utf-8'],
    ],
  )
}

export function crashPage(labels: Labels, json: boolean): Answer {
  return answer(500, labels.crash, json ? [['Content-Type', 'text/plain; charset=UTF-8']] : html)
}
