import { isObject, type Finding, type Json } from './verdict.ts'

/** "an integer", "a string" */
export const article = (noun: string): string => `${/^[aeio]/u.test(noun) ? 'an' : 'a'} ${noun}`

/**
 * A value with its type, so that no two values look alike: `3600 (number)`, `"3600" (string)`, `{"status":400}`. A string that looks like
 * no other value has no quotes.
 */
export function valueText(value: Json): string {
  if (typeof value === 'number' || typeof value === 'boolean') return `${value} (${typeof value})`
  if (typeof value !== 'string') return JSON.stringify(value)
  return looksLikeAnother(value) ? `${JSON.stringify(value)} (string)` : value
}

function looksLikeAnother(text: string): boolean {
  const value = text.replace(/ \((number|boolean|string)\)$/, '')
  if (value.trim() !== value || value === '' || value === 'absent' || /^["[{]/.test(value)) return true
  if (!/^(?:[-\d]|true$|false$|null$)/.test(value)) return false
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}

type Members = Readonly<Record<string, Json>>
type Describe = (actual: Members) => string | undefined

const list = (value: Json | undefined, between = ', '): string =>
  Array.isArray(value) ? value.map(plain).join(between) : ''
const plain = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null))
const quoted = (value: Json): string => (typeof value === 'string' ? JSON.stringify(value) : valueText(value))
const status = ({ status: code }: Members): string =>
  typeof code !== 'number' ? 'no response' : code === 0 ? 'no response' : String(code)

const recipient = (redirect: Json | undefined): string =>
  redirect === 'client' ? 'the client' : 'a URI that is not registered'

function tokenAnswer(actual: Members): string | undefined {
  if ('issued' in actual) return `${status(actual)}, issued ${list(actual['issued'])}`
  if ('problems' in actual) return `${status(actual)}, not a token response: ${list(actual['problems'], '; ')}`
  const { error } = actual
  return `${status(actual)}, ${error === undefined ? 'no OAuth error' : `error ${quoted(error)}`}`
}

function authorizationAnswer(actual: Members): string {
  if (!('redirect' in actual))
    return `${status(actual)}, page: ${actual['page'] === null ? 'none' : plain(actual['page'])}`
  const params = list(actual['params']) || 'no parameters'
  return `${status(actual)}, redirected to ${recipient(actual['redirect'])} with ${params}`
}

const errorAlone = ({ error }: Members): string =>
  error == null || isObject(error) ? 'no OAuth error' : `error ${quoted(error)}`

function delivery({ redirected, redirect, state, status: code }: Members): string | undefined {
  if (redirected !== undefined) return redirected === true ? 'redirected' : 'a page'
  if (redirect === undefined) return undefined
  if (redirect === 'none') return `no redirect${code === undefined ? '' : `, ${plain(code)}`}`
  return `redirected to ${recipient(redirect)}, state ${plain(state)}`
}

const signature = ({ verified, code, problems }: Members): string | undefined =>
  verified === true
    ? 'verified'
    : problems
      ? `no usable key set: ${list(problems, '; ')}`
      : `not verified: ${plain(code)}`

/** Findings about more than one fact. */
const findings: Readonly<Record<string, Describe>> = {
  'token.issued': tokenAnswer,
  'token.error': tokenAnswer,
  'authorize.issued': authorizationAnswer,
  'authorize.code': authorizationAnswer,
  'authorize.delivery': delivery,
  'authorize.state': delivery,
  'token.not-offered': errorAlone,
  'authorize.not-offered': errorAlone,
  'resource.access': (actual) => `${status(actual)}${actual['subject'] === 'another' ? ', about another user' : ''}`,
  'resource.redirect': (actual) => `${status(actual)}, a redirect`,
  'resource.error': (actual) =>
    `${status(actual)}, ${actual['error'] === null ? 'no error' : `error=${quoted(actual['error'] ?? null)}`}`,
  'access_token.signature': signature,
  'id_token.signature': signature,
}

/** Statements about a fact whose value is meaningless or secret. */
const statements: readonly (readonly [member: string, Describe])[] = [
  ['absent', () => 'absent'],
  ['type', ({ type }) => article(plain(type))],
  ['same', ({ same }) => (same === true ? 'the same value' : 'another value')],
  ['found', ({ found }) => (found === true ? 'found' : 'not found')],
  ['readable', ({ readable }) => (readable === true ? 'readable' : 'not readable')],
  ['problems', ({ problems }) => list(problems, '; ') || 'valid'],
]

/** The `actual` of a finding, known issue or stale entry in words. */
export function describeActual({ path, actual }: Pick<Finding, 'path' | 'actual'>): string {
  // `first: token.issued` is the finding of an earlier step.
  const name = path.slice(path.lastIndexOf(': ') + 1).trim()
  if (name === 'status' && typeof actual === 'number') return String(actual)
  if (!isObject(actual)) return valueText(actual)
  const finding = findings[name]
  if (finding) return finding(actual) ?? valueText(actual)
  const [only, ...others] = Object.keys(actual)
  const statement = others.length === 0 ? statements.find(([member]) => member === only) : undefined
  return statement?.[1](actual) ?? valueText(actual)
}

/** "expected 200, got 404" */
export const expectedGot = (finding: Pick<Finding, 'path' | 'actual' | 'expected'>): string =>
  `expected ${finding.expected}, got ${describeActual(finding)}`
