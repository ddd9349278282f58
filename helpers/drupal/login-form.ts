import type { CheerioAPI } from 'cheerio'
import { controlsOf, type Form, formsOf, isDrupalForm, readForm, type Selection } from './forms.ts'

export interface LoginForm extends Form {
  /** Name of the field for the user name. */
  readonly nameField: string
  readonly passwordField: string
}

/**
 * Finds the login form, in any language: Drupal's own if the page has it, else the first form with exactly one password
 * input (forms for registration and password changes have two). Null if there is none.
 */
export function findLoginForm(html: string, url: string): LoginForm | null {
  const { $, forms } = formsOf(html)
  const candidates = forms.filter((form) => passwords($, form).length === 1)
  const found = candidates.find((form) => isDrupalForm($, form, 'user_login_form')) ?? candidates[0]
  if (found === undefined) return null
  const form = readForm($, found, url)
  const passwordField = passwords($, found).attr('name')
  const names = controlsOf($, found)
    .filter('input[type="text" i], input[type="email" i], input:not([type])')
    .filter('[name]')
    .toArray()
    .map((element) => $(element).attr('name') ?? '')
  // A honeypot is an ordinary text field too, so Drupal's own name has priority.
  const nameField = names.includes('name') ? 'name' : names[0]
  if (form.method !== 'post' || !passwordField || !nameField) return null
  return { ...form, nameField, passwordField }
}

function passwords($: CheerioAPI, form: Selection): Selection {
  return controlsOf($, form).filter('input[type="password" i]')
}
