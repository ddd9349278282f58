import type { Matcher } from '../judge/expectation.ts'
import { member } from '../judge/outcome.ts'
import { absent, type Json } from '../model/verdict.ts'

/**
 * Version 0.1.0 wrote the `actual` of most findings as a sentence; a later version included the media type of responses that are not OAuth.
 */

type Translate = (sentence: string) => Json | undefined

const list = (text: string, between: string): string[] => (text === '' ? [] : text.split(between))

/** Applies the first pattern that matches; undefined if none does. */
const translation =
  (...patterns: readonly (readonly [RegExp, (groups: Readonly<Record<string, string>>) => Json])[]): Translate =>
  (sentence) => {
    for (const [pattern, make] of patterns) {
      const found = pattern.exec(sentence)
      if (found) return make(found.groups ?? {})
    }
    return undefined
  }

const status = ({ status: code = '' }: Readonly<Record<string, string>>): number => Number(code)
const recipient = ({ to }: Readonly<Record<string, string>>): string => (to === 'the client' ? 'client' : 'elsewhere')
const to = '(?<to>the client|a URI that is not registered)'

/** The error that a sentence shows as JSON with its type; `absent` if the body had none. */
function errorOf({ error = '', type }: Readonly<Record<string, string>>): { readonly error?: Json } {
  return type === 'absent' ? {} : { error: JSON.parse(error) as Json }
}

const tokenAnswer = translation(
  [
    /^status (?<status>\d+), not a token response: (?<problems>.+)$/u,
    (groups) => ({
      status: status(groups),
      problems: list(groups['problems'] ?? '', '; '),
    }),
  ],
  [
    /^status (?<status>\d+), issued: (?<issued>[a-z_, ]+)$/u,
    (groups) => ({
      status: status(groups),
      issued: list(groups['issued'] ?? '', ', '),
    }),
  ],
  [
    /^status (?<status>\d+), error (?<error>null|".*"|-?[\d.]+|true|false|\[.*\]|\{.*\}): (?<type>[a-z]+)$/u,
    (groups) => ({
      status: status(groups),
      ...errorOf(groups),
    }),
  ],
  [/^status (?<status>\d+), (?<type>.+), no JSON object$/u, (groups) => ({ status: status(groups) })],
)

const authorizationAnswer = translation(
  [
    /^status (?<status>\d+), page: (?<page>login|consent|error|other|none)$/u,
    (groups) => ({
      status: status(groups),
      page: groups['page'] === 'none' ? null : (groups['page'] ?? null),
    }),
  ],
  [
    new RegExp(`^status (?<status>\\d+), redirected to ${to} with (?<params>.+)$`, 'u'),
    (groups) => ({
      status: status(groups),
      redirect: recipient(groups),
      params: groups['params'] === 'no parameters' ? [] : list(groups['params'] ?? '', ', '),
    }),
  ],
)

const delivery = translation(
  [/^redirected$/u, () => ({ redirected: true })],
  [/^page, status (?<status>\d+)$/u, (groups) => ({ redirect: 'none', status: status(groups) })],
  [/^no redirect$/u, () => ({ redirect: 'none' })],
  [
    /^redirect(?<to> to a URI that is not registered)?, state (?<state>absent|exact|changed)$/u,
    (groups) => ({
      redirect: groups['to'] === undefined ? 'client' : 'elsewhere',
      state: groups['state'] ?? '',
    }),
  ],
)

const resourceAnswer = translation([/^status (?<status>\d+), (?<type>.+)$/u, (groups) => ({ status: status(groups) })])

const signature = translation(
  [
    /^no usable key set: (?<problems>.+)$/u,
    (groups) => ({
      verified: false,
      problems: list(groups['problems'] ?? '', '; '),
    }),
  ],
  [/^(?<code>ERR_\w+)$/u, (groups) => ({ verified: false, code: groups['code'] ?? '' })],
)

/** Findings whose `actual` was always a sentence. */
const sentences: Readonly<Record<string, Translate>> = {
  'token.issued': tokenAnswer,
  'authorize.issued': authorizationAnswer,
  'authorize.code': authorizationAnswer,
  'authorize.delivery': delivery,
  'authorize.state': delivery,
  'resource.access': resourceAnswer,
  'access_token.signature': signature,
  'id_token.signature': signature,
}

/** How facts were written, by their matcher; any other fact was written as its value. */
const statements: Partial<Record<Matcher['is'], Translate>> = {
  type: (type) => ({ type }),
  'equal-to-ref': translation(
    [/^the same value$/u, () => ({ same: true })],
    [/^another value$/u, () => ({ same: false })],
  ),
  'different-from-ref': translation(
    [/^the same value$/u, () => ({ same: true })],
    [/^another value$/u, () => ({ same: false })],
  ),
  without: translation([/^found$/u, () => ({ found: true })], [/^not found$/u, () => ({ found: false })]),
  concealing: translation([/^readable$/u, () => ({ readable: true })]),
  schema: (problems) => ({ problems: list(problems, '; ') }),
}

/** A value in a former form: its present form, or `null` if no version ever wrote it. */
export interface Former {
  readonly now: Json | null
}

/**
 * The `actual` of a known issue if it is in a former form; undefined if it is in the present one.
 * @param matchers how the contract judges the fact at this path, if it is one.
 */
export function formerActual(path: string, actual: Json, matchers: readonly Matcher[]): Former | undefined {
  // `first: token.issued` is the finding of an earlier step.
  const name = path.slice(path.lastIndexOf(': ') + 1).trim()
  if (name === 'resource.error') return formerChallenge(actual)
  const code = member(actual, 'status')
  if (code !== undefined && member(actual, 'type') !== undefined && ['token.issued', 'resource.access'].includes(name))
    return { now: { status: code } }
  if (typeof actual !== 'string') return undefined
  const sentence = sentences[name]
  if (sentence) return { now: sentence(actual) ?? null }
  if (actual === 'absent' || (name === 'framing' && actual === 'ABSENT')) return { now: absent }
  const statement = matchers.map(({ is }) => statements[is]).find((translate) => translate !== undefined)
  return statement && { now: statement(actual) ?? null }
}

/** `{ status: 403, error: absent }`: a challenge without an error. */
function formerChallenge(actual: Json): Former | undefined {
  const code = member(actual, 'status')
  return member(actual, 'error') === 'absent' && code !== undefined ? { now: { status: code, error: null } } : undefined
}
