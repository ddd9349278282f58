import { type CheerioAPI, load } from 'cheerio'
import type { HttpRequest } from '../http/client.ts'

export interface Button {
  readonly id: string
  readonly name: string
  readonly value: string
  /** `data-drupal-selector`, or ''. */
  readonly selector: string
}

/** A form of a page, as a browser reads it. */
export interface Form {
  /** Absolute, without a fragment. */
  readonly action: string
  readonly method: 'get' | 'post'
  /** Names and values that are sent if the user changes nothing, without buttons. */
  readonly fields: readonly (readonly [string, string])[]
  /** The submit buttons, in document order. */
  readonly buttons: readonly Button[]
}

export type Selection = ReturnType<CheerioAPI>

// A Drupal page has a few thousand elements, nested a few dozen levels deep.
const maxElements = 20_000
const maxDepth = 1_500
const empty = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i

let last: { readonly html: string; readonly page: CheerioAPI } | undefined

/**
 * Parses a page; an empty document if its HTML is larger or deeper than any login or consent page. The last page is cached, because callers
 * look for several forms in it.
 */
export function parsePage(html: string): CheerioAPI {
  if (last?.html !== html) last = { html, page: load(isReadable(html) ? html : '') }
  return last.page
}

/** The forms of a page; none without parsing where no tag begins one, as on most error pages. */
export const formsOf = (html: string): { readonly $: CheerioAPI; readonly forms: readonly Selection[] } => {
  const $ = parsePage(/<form/iu.test(html) ? html : '')
  return {
    $,
    forms: $('form')
      .toArray()
      .map((form) => $(form)),
  }
}

/** The parser's time grows with the square of the depth, and code that reads the tree recurses once per level. */
function isReadable(html: string): boolean {
  let elements = 0
  const open: string[] = []
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z][a-z\d]*)/gi)) {
    // A misplaced end tag may leave elements open: counting too many is safer than counting too few.
    if (slash !== '' && open.at(-1) === name.toLowerCase()) open.pop()
    if (slash !== '') continue
    if (!empty.test(name)) open.push(name.toLowerCase())
    if (++elements > maxElements || open.length > maxDepth) return false
  }
  return true
}

/** Reads a form as a browser does: its own controls and those with `form="id"`, without disabled and unchecked ones. */
export function readForm($: CheerioAPI, form: Selection, url: string): Form {
  const controls = controlsOf($, form)
  return {
    action: resolveAction(form.attr('action') ?? '', url),
    method: form.attr('method')?.trim().toLowerCase() === 'post' ? 'post' : 'get',
    fields: controls
      .filter('input[name], select[name], textarea[name]')
      .serializeArray()
      .map(({ name, value }) => [name, value] as const),
    buttons: controls
      .filter('input[type="submit" i], button:not([type]), button[type="submit" i]')
      .filter(':not([disabled])')
      .toArray()
      .map((element) => ({
        id: $(element).attr('id') ?? '',
        name: $(element).attr('name') ?? '',
        value: $(element).attr('value') ?? '',
        selector: $(element).attr('data-drupal-selector') ?? '',
      })),
  }
}

/** The inputs, selects, text areas and buttons of a form. */
export function controlsOf($: CheerioAPI, form: Selection): Selection {
  const controls = 'input, select, textarea, button'
  const id = form.attr('id')
  const own = form.find(controls).filter((_, element) => [undefined, id].includes($(element).attr('form')))
  if (id === undefined) return own
  const elsewhere = $('[form]').filter((_, element) => $(element).attr('form') === id)
  return elsewhere.length === 0 ? own : own.add(elsewhere.filter(controls))
}

/**
 * Whether this is the Drupal form with the given PHP id (`user_login_form`): by the id of the element, which may carry
 * a suffix (`user-login-form--2`), or by the hidden field `form_id`.
 */
export function isDrupalForm($: CheerioAPI, form: Selection, formId: string): boolean {
  const htmlId = formId.replaceAll('_', '-')
  if (hasDrupalId(form.attr('id') ?? '', htmlId)) return true
  const hidden = controlsOf($, form).filter('[name="form_id"]').toArray()
  return hidden.some((element) => $(element).attr('value')?.trim() === formId)
}

/** Drupal makes ids unique by a suffix: `edit-submit`, `edit-submit--2`, `edit-submit--Xk3…`. */
export function hasDrupalId(id: string, expected: string): boolean {
  return id === expected || id.startsWith(`${expected}--`)
}

/**
 * The POST request that submits a form with one of its buttons (null: with the Enter key). In `changes`, null removes a
 * field and a string sets it.
 */
export function submission(
  form: Form,
  button: Button | null,
  changes: Record<string, string | null> = {},
): HttpRequest {
  const body = new URLSearchParams()
  for (const [name, value] of form.fields) body.append(name, value)
  if (button !== null && button.name !== '') body.append(button.name, button.value)
  for (const [name, value] of Object.entries(changes))
    if (value === null) body.delete(name)
    else body.set(name, value)
  return {
    method: 'POST',
    url: form.action,
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: body.toString(),
  }
}

function resolveAction(action: string, url: string): string {
  // An invalid address has no origin, so it is rejected like one of another origin.
  if (!URL.canParse(action.trim(), url)) return 'about:blank'
  const resolved = new URL(action.trim(), url)
  resolved.hash = ''
  return resolved.href
}
