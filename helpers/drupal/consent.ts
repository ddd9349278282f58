import type { CheerioAPI } from 'cheerio'
import type { HttpRequest } from '../http/client.ts'
import { type Button, type Form, formsOf, hasDrupalId, isDrupalForm, readForm, submission } from './forms.ts'

/** The consent form of Simple OAuth. */
export interface ConsentForm extends Form {
  readonly allow: Button
  /** Null in Simple OAuth 5.2, whose form has one button. */
  readonly deny: Button | null
  /** The scope descriptions that the user sees, in the site's language. */
  readonly scopes: readonly string[]
  /** Drupal's CSRF token; null if the form has none. */
  readonly formToken: string | null
  /** Addresses of other origins that the page loads scripts, styles, images or frames from. */
  readonly foreign: readonly string[]
}

/** Finds the consent form of a page by its ids, never by its wording; null if no form has a button to allow. */
export function findConsentForm(html: string, url: string): ConsentForm | null {
  const { $, forms } = formsOf(html)
  const element = forms.find((candidate) => isDrupalForm($, candidate, 'simple_oauth_authorize_form'))
  if (element === undefined) return null
  const form = readForm($, element, url)
  const allow = findButton(form, 'edit-submit')
  const deny = findButton(form, 'edit-cancel')
  if (form.method !== 'post' || allow === null) return null
  const items = element.find('[data-drupal-selector^="edit-scopes"] li')
  return {
    ...form,
    allow,
    deny,
    scopes: items.toArray().map((item) => $(item).text().replace(/\s+/g, ' ').trim()),
    formToken: form.fields.find(([name]) => name === 'form_token')?.[1] ?? null,
    foreign: loaded($).filter((address) => URL.canParse(address, url) && isForeign(new URL(address, url), url)),
  }
}

/** The POST request that presses a button. In `changes`, null removes a field and a string sets it. */
export function consentRequest(
  form: ConsentForm,
  button: Button,
  changes?: Record<string, string | null>,
): HttpRequest {
  return submission(form, button, changes)
}

/** The addresses that a browser loads by itself to show the page. */
function loaded($: CheerioAPI): string[] {
  const elements = $(
    'script[src], img[src], iframe[src], embed[src], link[href]:is([rel~="stylesheet" i], [rel~="icon" i])',
  )
  return elements.toArray().map((element) => $(element).attr('src') ?? $(element).attr('href') ?? '')
}

const isForeign = ({ protocol, origin }: URL, url: string): boolean =>
  /^https?:$/.test(protocol) && origin !== new URL(url).origin

function findButton(form: Form, selector: string): Button | null {
  return (
    form.buttons.find((button) => button.selector === selector) ??
    form.buttons.find((button) => hasDrupalId(button.id, selector)) ??
    null
  )
}
