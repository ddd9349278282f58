import type { HttpRequest } from '../http/client.ts'
import { hasDrupalId, parsePage, readForm, submission, type Button } from './forms.ts'

/** The form of a verification page (RFC 8628 §3.3): the code and the decision at once. */
export interface UserCodeForm {
  readonly action: string
  /** The request that sends a code with a decision; null where there is no button to deny. */
  readonly decide: (userCode: string, decision: 'allow' | 'deny') => HttpRequest | null
}

const field = 'user_code'
const denying = ['edit-deny', 'edit-cancel']

/** Finds the form by the name of its field, never by its wording; null if there is none. */
export function findUserCodeForm(html: string, url: string): UserCodeForm | null {
  const $ = parsePage(html)
  const form = $('form')
    .toArray()
    .map((element) => readForm($, $(element), url))
    .find(({ method, fields }) => method === 'post' && fields.some(([name]) => name === field))
  if (form === undefined) return null
  return {
    action: form.action,
    decide: (userCode, decision) => {
      const deny = form.buttons.find(denies)
      if (decision === 'deny' && !deny) return null
      const allow = form.buttons.find((button) => !denies(button)) ?? null
      return submission(form, decision === 'deny' ? (deny ?? null) : allow, { [field]: userCode })
    },
  }
}

const denies = ({ selector, id }: Button): boolean => denying.some((name) => selector === name || hasDrupalId(id, name))
