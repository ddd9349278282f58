import type { CheerioAPI } from 'cheerio'
import { findConsentForm } from './consent.ts'
import { controlsOf, isDrupalForm, parsePage, type Selection } from './forms.ts'
import { findLoginForm } from './login-form.ts'

/** What a page shows to a user who cannot get past it. */
export interface PageFacts {
  /** Which form of the flow is on the page. */
  readonly form: 'login' | 'consent' | null
  /** Where that form is submitted to, absolute; null without a form. */
  readonly action: string | null
  /** Required fields of that form without a value, other than name and password: `"Math question" (captcha_response)`. */
  readonly unfilled: readonly string[]
  /** Error messages of the page, those that BigPipe delivers included; in the site's language. */
  readonly messages: readonly string[]
  /** Whether the page contains a captcha that only a script fills in. */
  readonly captcha: boolean
}

const noPage: PageFacts = { form: null, action: null, unfilled: [], messages: [], captcha: false }

/** Never throws; a body that is not a page has no facts. */
export function pageFacts(html: string, url: string): PageFacts {
  if (!html.includes('<')) return noPage
  const $ = parsePage(html)
  const consent = findConsentForm(html, url)
  const login = consent === null ? findLoginForm(html, url) : null
  const own = login === null ? [] : [login.nameField, login.passwordField]
  const element = consent === null && login === null ? null : formOf($, consent === null)
  return {
    form: consent ? 'consent' : login ? 'login' : null,
    action: (consent ?? login)?.action ?? null,
    unfilled: element === null ? [] : unfilledOf($, element, own),
    messages: messagesOf($),
    captcha: $(scriptCaptchas).length > 0,
  }
}

/** reCAPTCHA, hCaptcha, Turnstile and Friendly Captcha, by the elements that their documentation names. */
const scriptCaptchas = '.g-recaptcha, .h-captcha, .cf-turnstile, .frc-captcha, [name="captcha_token"]'

function formOf($: CheerioAPI, isLogin: boolean): Selection | null {
  const forms = $('form')
    .toArray()
    .map((element) => $(element))
  const id = isLogin ? 'user_login_form' : 'simple_oauth_authorize_form'
  const withPassword = (form: Selection): boolean => controlsOf($, form).filter('input[type="password" i]').length === 1
  return forms.find((form) => isDrupalForm($, form, id)) ?? (isLogin ? (forms.find(withPassword) ?? null) : null)
}

function unfilledOf($: CheerioAPI, form: Selection, own: readonly string[]): string[] {
  const controls = controlsOf($, form)
  const required = controls.filter('[required], [aria-required="true"]').filter(':not([disabled]):not([type="hidden"])')
  const found = required.toArray().flatMap((element) => {
    const control = $(element)
    const name = control.attr('name') ?? ''
    if (name === '' || own.includes(name) || isFilled($, controls, control)) return []
    const id = control.attr('id')
    const label =
      id === undefined
        ? ''
        : oneLine(
            $('label')
              .filter((_, one) => $(one).attr('for') === id)
              .first()
              .text(),
          )
    return [label === '' ? name : `"${label}" (${name})`]
  })
  return [...new Set(found)]
}

function isFilled($: CheerioAPI, controls: Selection, control: Selection): boolean {
  const type = (control.attr('type') ?? '').toLowerCase()
  if (type === 'checkbox') return control.is('[checked]')
  if (type !== 'radio') return String(control.val() ?? '').trim() !== ''
  const name = control.attr('name')
  return controls
    .filter('[type="radio" i][checked]')
    .toArray()
    .some((one) => $(one).attr('name') === name)
}

const mostMessages = 3

function messagesOf($: CheerioAPI): string[] {
  const pages = [
    $,
    ...$('script[type="application/vnd.drupal-ajax"]')
      .toArray()
      .flatMap((one) => bigPipe($(one).text())),
  ]
  const texts = pages.flatMap((page) => {
    const alerts = page('[role="alert"]')
    const found = alerts.length > 0 ? alerts : page('.messages--error, .form-item--error-message')
    return found.toArray().map((element) => {
      const alert = page(element).clone()
      alert.find('.visually-hidden, script, style').remove()
      return oneLine(alert.text())
    })
  })
  return [...new Set(texts.filter((text) => text !== ''))].slice(0, mostMessages)
}

/** The pages within the commands that BigPipe sends after the page itself. */
function bigPipe(json: string): CheerioAPI[] {
  try {
    const commands: unknown = JSON.parse(json)
    const markup = (Array.isArray(commands) ? commands : []).map(
      (one: unknown) => (one as { data?: unknown } | null)?.data,
    )
    return markup.filter((data): data is string => typeof data === 'string').map(parsePage)
  } catch {
    return []
  }
}

const longest = 200

function oneLine(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}
