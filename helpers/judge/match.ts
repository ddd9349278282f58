import type { ScopeRole } from '../../fixtures/roles.ts'
import type { JsonSchema, WireSchema } from '../model/json-schema.ts'
import { absent, type Json } from '../model/verdict.ts'
import { equal } from './canonical.ts'
import { article } from '../model/describe-value.ts'
import type { Matcher } from './expectation.ts'
import { comparable, typeOf } from './outcome.ts'
import { reveals } from './reveals.ts'
import { validate } from './schemas.ts'

/** Values that the wording of an expectation may contain. */
export interface DescribeContext {
  scopeName(role: ScopeRole): string
  /** Seconds; of the client that acted. */
  readonly accessTokenLifetime: number
  /** Without a trailing slash. */
  readonly baseUrl: string
}

/** Values that a matcher may compare the fact with. */
export interface MatchContext extends DescribeContext {
  /** The value of `first.refresh_token`; throws if no step stored it. */
  value(ref: string): string
  readonly clientId: string
  readonly userId: string
}

export interface Match {
  readonly ok: boolean
  /** Comparable; for a secret, a statement about it instead of the secret. */
  readonly actual: Json
}

interface Matching<M> {
  check(fact: Json | undefined, matcher: M, context: MatchContext): Match
  /** What is expected, in words, before anything has happened. */
  describe(matcher: M, context: DescribeContext): string
}

const shown = (fact: Json | undefined): Json => fact ?? absent
const json = (value: Json): string => JSON.stringify(value)
const withBaseUrl = (value: Json, { baseUrl }: DescribeContext): Json =>
  typeof value === 'string'
    ? value.replace('{baseUrl}', baseUrl).replace('{httpsBaseUrl}', baseUrl.replace(/^http:/u, 'https:'))
    : value

/** Whether a fact is the value of an earlier step, as a statement: the value itself may be a secret. */
const sameness = (fact: Json | undefined, same: boolean): Json => (fact === undefined ? absent : { same })

const isOfStrings = (list: readonly Json[]): boolean => list.every((item) => typeof item === 'string')

const namesOf = (names: readonly string[]): string => `exactly the scopes ${[...names].sort().join(' ')}`

function checkScopes(fact: Json | undefined, expected: readonly string[]): Match {
  const names: readonly unknown[] = typeof fact === 'string' ? fact.split(' ') : Array.isArray(fact) ? fact : []
  // Strings only: other JSON values have no order.
  const ok = names.every((name) => typeof name === 'string') && equal([...names].sort(), [...expected].sort())
  return { ok, actual: shown(fact) }
}

const matchers: { readonly [Is in Matcher['is']]: Matching<Extract<Matcher, { is: Is }>> } = {
  equal: {
    check: (fact, { to }, context) => ({ ok: equal(fact, withBaseUrl(to, context)), actual: shown(fact) }),
    describe: ({ to }, context) => json(withBaseUrl(to, context)),
  },
  'equal-to-ref': {
    check: (fact, { ref }, context) => {
      const ok = fact !== undefined && comparable(fact) === context.value(ref)
      return { ok, actual: sameness(fact, ok) }
    },
    describe: ({ ref }) => `the same value as ${ref}`,
  },
  'different-from-ref': {
    check: (fact, { ref }, context) => {
      const same = fact === context.value(ref)
      return { ok: typeof fact === 'string' && fact !== '' && !same, actual: sameness(fact, same) }
    },
    describe: ({ ref }) => `a value other than ${ref}`,
  },
  'one-of': {
    check: (fact, { values }, context) => ({
      ok: values.some((value) => equal(fact, withBaseUrl(value, context))),
      actual: shown(fact),
    }),
    describe: ({ values }, context) => values.map((value) => json(withBaseUrl(value, context))).join(' or '),
  },
  'none-of': {
    check: (fact, { values }) => ({ ok: !values.some((value) => equal(fact, value)), actual: shown(fact) }),
    describe: ({ values }) => `absent, or neither ${values.map(json).join(' nor ')}`,
  },
  within: {
    check: (fact, { values }) => ({
      ok: Array.isArray(fact) && fact.every((item: Json) => values.some((value) => equal(item, value))),
      actual: shown(fact),
    }),
    describe: ({ values }) => `nothing but ${values.map(json).join(', ')}`,
  },
  type: {
    check: (fact, { type }) => {
      const actual = typeOf(fact)
      const ok = actual === type || (type === 'number' && actual === 'integer')
      return { ok, actual: fact === undefined ? absent : { type: actual } }
    },
    describe: ({ type }) => article(type),
  },
  matching: {
    check: (fact, { pattern }) => ({
      ok: typeof fact === 'string' && new RegExp(pattern, 'u').test(fact),
      actual: shown(fact),
    }),
    describe: ({ meaning }) => meaning,
  },
  without: {
    check: (fact, { pattern }) => {
      const found = new RegExp(pattern, 'iu').test(JSON.stringify(fact ?? null))
      return { ok: fact !== undefined && !found, actual: fact === undefined ? absent : { found } }
    },
    describe: ({ meaning }) => `without ${meaning}`,
  },
  concealing: {
    check: (fact, { ref }, context) => {
      if (typeof fact !== 'string' || fact === '') return { ok: false, actual: absent }
      const readable = reveals(fact, context.value(ref))
      return { ok: !readable, actual: { readable } }
    },
    describe: ({ ref }) => `nothing from which ${ref} can be read`,
  },
  'concealing-text': {
    check: (fact, { text }) => {
      const readable = typeof fact === 'string' && reveals(fact, text)
      return { ok: !readable, actual: { readable } }
    },
    describe: () => 'without the secret that was sent',
  },
  absent: {
    check: (fact) => ({ ok: fact === undefined, actual: shown(fact) }),
    describe: () => 'absent',
  },
  'client-lifetime': {
    check: (fact, _, { accessTokenLifetime }) => ({
      ok: typeof fact === 'number' && Math.abs(fact - accessTokenLifetime) <= 1,
      actual: shown(fact),
    }),
    describe: (_, { accessTokenLifetime }) => `${String(accessTokenLifetime)} seconds, ±1`,
  },
  'client-id': {
    check: (fact, _, { clientId }) => ({ ok: fact === clientId, actual: shown(fact) }),
    describe: () => 'the client_id of the client',
  },
  'client-audience': {
    check: (fact, _, { clientId }) => ({
      ok: fact === clientId || (Array.isArray(fact) && isOfStrings(fact) && fact.includes(clientId)),
      actual: shown(fact),
    }),
    describe: () => 'the client_id of the client, or an array that contains it',
  },
  subject: {
    check: (fact, _, context) => ({
      // Another user's ID is a number, too, so if one is sent, the user's own ID must be known.
      ok: typeof fact === 'string' && fact !== '' && (!/^\d+$/u.test(fact) || fact === context.userId),
      actual: shown(fact),
    }),
    describe: () => 'the ID of the user, as a string, or another identifier that is not a user ID',
  },
  between: {
    check: (fact, { least, most }) => ({
      ok: typeof fact === 'number' && fact >= least && fact <= most,
      actual: shown(fact),
    }),
    describe: ({ least, most }) => `a number from ${String(least)} to ${String(most)}`,
  },
  scopes: {
    check: (fact, { scopes }, context) =>
      checkScopes(
        fact,
        scopes.map((role) => context.scopeName(role)),
      ),
    describe: ({ scopes }, context) => namesOf(scopes.map((role) => context.scopeName(role))),
  },
  'scope-names': {
    check: (fact, { names }) => checkScopes(fact, names.split(' ')),
    describe: ({ names }) => namesOf(names.split(' ')),
  },
  schema: {
    check: (fact, { schema }) => {
      // A schema may allow anything, but the fact must be present.
      if (fact === undefined && typeof schema !== 'string') return { ok: false, actual: absent }
      const problems = validate(schema, fact)
      return { ok: problems.length === 0, actual: { problems } }
    },
    describe: ({ schema }) => schemaName(schema),
  },
}

const matchingOf = (matcher: Matcher): Matching<Matcher> => matchers[matcher.is]

/** Compares a fact with what it must be. Nothing is coerced. */
export const match = (fact: Json | undefined, matcher: Matcher, context: MatchContext): Match =>
  matchingOf(matcher).check(fact, matcher, context)

/** What a fact must be, in words. */
export const describeMatcher = (matcher: Matcher, context: DescribeContext): string =>
  matchingOf(matcher).describe(matcher, context)

const wireSchemas: Readonly<Record<WireSchema, string>> = {
  'token-response': 'a valid token response',
  'token-error': 'a valid error response',
  jwks: 'a valid JWK Set',
}

function schemaName(schema: WireSchema | JsonSchema): string {
  if (typeof schema === 'string') return wireSchemas[schema]
  return typeof schema['title'] === 'string' ? schema['title'] : 'valid against its JSON Schema'
}
