import { header } from '../model/exchange.ts'
import { isObject, type Json } from '../model/verdict.ts'
import { tokens } from './facts.ts'
import { decodeToken, json, member, typeOf, type Outcome } from './outcome.ts'

const observedHeaders = [
  'content-type',
  'cache-control',
  'pragma',
  'www-authenticate',
  'x-frame-options',
  'content-security-policy',
]

/** Facts of an outcome for later comparison: no secrets, no page text, nothing that changes from run to run. */
export function observe(outcome: Outcome): { [path: string]: Json } {
  const facts: { [path: string]: Json } = {}
  if (outcome.last) facts['status'] = outcome.last.response.status
  if (outcome.page) facts['page'] = outcome.page
  Object.assign(facts, outcome.facts)
  for (const name of observedHeaders) {
    const value = outcome.last && header(outcome.last.response, name)
    if (value) facts[`header.${name}`] = value
  }
  if (outcome.callback) facts['callback.params'] = Object.keys(outcome.callback.params).sort()
  const error = outcome.callback?.params['error'] ?? member(json(outcome), 'error')
  if (error !== undefined) facts['error'] = error
  const body = json(outcome)
  if (isObject(body) && outcome.kind !== 'resource') facts['json'] = typed(body)
  for (const name of tokens) {
    const decoded = decodeToken(member(body, name))
    if (!decoded) continue
    if (isObject(decoded.header)) facts[`${name}.header`] = typed(decoded.header)
    if (isObject(decoded.claims)) facts[`${name}.claims`] = typed(decoded.claims)
  }
  return facts
}

/** `{ "exp": "number" }`: names and types, no values. */
function typed(object: { readonly [member: string]: Json }): Json {
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((name) => [name, typeOf(object[name])]),
  )
}
