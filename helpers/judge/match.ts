import type { ScopeRole } from '../../fixtures/roles.ts'
import type { Matcher } from './expectation.ts'
import type { JsonSchema, WireSchema } from '../model/json-schema.ts'
import { typeOf } from './outcome.ts'
import { validate } from './schemas.ts'
import type { Json } from '../model/verdict.ts'

/** What a matcher may look up besides the fact itself. */
export interface MatchContext {
  /** The value of `first.refresh_token`; throws where no step stored it. */
  value(ref: string): string
  scopeName(role: ScopeRole): string
  /** Seconds; of the client that acted. */
  readonly accessTokenLifetime: number
  readonly clientId: string
  readonly userId: string
  /** Without a trailing slash. */
  readonly baseUrl: string
}

export interface Match {
  readonly ok: boolean
  readonly expected: string
  readonly actual: Json
}

/** Compares a fact with what it must be. The `actual` of a secret is a description, never the secret. */
export function match(fact: Json | undefined, matcher: Matcher, context: MatchContext): Match {
  const shown = fact ?? 'absent'
  switch (matcher.is) {
    case 'equal': {
      const to = typeof matcher.to === 'string' ? matcher.to.replace('{baseUrl}', context.baseUrl) : matcher.to
      return { ok: equal(fact, to), expected: JSON.stringify(to), actual: shown }
    }
    case 'equal-to-ref': {
      const ok = fact === context.value(matcher.ref)
      return { ok, expected: `the same as ${matcher.ref}`, actual: compared(fact, ok) }
    }
    case 'different-from-ref': {
      const same = fact === context.value(matcher.ref)
      return {
        ok: typeof fact === 'string' && fact !== '' && !same,
        expected: `another than ${matcher.ref}`,
        actual: compared(fact, same),
      }
    }
    case 'one-of':
      return {
        ok: matcher.values.some((value) => equal(fact, value)),
        expected: matcher.values.map((value) => JSON.stringify(value)).join(' or '),
        actual: shown,
      }
    case 'type': {
      const type = typeOf(fact)
      return {
        ok: type === matcher.type || (matcher.type === 'number' && type === 'integer'),
        expected: matcher.type,
        actual: type,
      }
    }
    case 'matching': {
      const ok = typeof fact === 'string' && new RegExp(matcher.pattern, 'u').test(fact)
      return { ok, expected: matcher.meaning, actual: shown }
    }
    case 'without': {
      const found = new RegExp(matcher.pattern, 'iu').exec(JSON.stringify(fact ?? null))
      return {
        ok: fact !== undefined && !found,
        expected: `without ${matcher.meaning}`,
        actual: fact === undefined ? 'absent' : found ? 'found' : 'not found',
      }
    }
    case 'concealing': {
      const ok = typeof fact === 'string' && fact !== '' && !reveals(fact, context.value(matcher.ref))
      return {
        ok,
        expected: `nothing of ${matcher.ref} to be read in it`,
        actual: ok ? 'not readable' : typeof fact === 'string' && fact !== '' ? 'readable' : 'absent',
      }
    }
    case 'absent':
      return { ok: fact === undefined, expected: 'absent', actual: shown }
    case 'client-lifetime': {
      const ok = typeof fact === 'number' && Math.abs(fact - context.accessTokenLifetime) <= 1
      return {
        ok,
        expected: `${String(context.accessTokenLifetime)} seconds, give or take one`,
        actual: ok ? 'as configured' : shown,
      }
    }
    case 'client-id':
      return {
        ok: fact === context.clientId,
        expected: 'the client_id',
        actual: fact === context.clientId ? 'the client_id' : shown,
      }
    case 'user-id':
      return {
        ok: fact === context.userId,
        expected: 'the id of the user',
        actual: fact === context.userId ? 'the id of the user' : shown,
      }
    case 'between': {
      const ok = typeof fact === 'number' && fact >= matcher.least && fact <= matcher.most
      return { ok, expected: `a number from ${String(matcher.least)} to ${String(matcher.most)}`, actual: shown }
    }
    case 'scopes':
    case 'scope-names': {
      const expected =
        matcher.is === 'scopes'
          ? matcher.scopes.map((role) => context.scopeName(role)).sort()
          : matcher.names.split(' ').sort()
      const words: readonly unknown[] = typeof fact === 'string' ? fact.split(' ') : Array.isArray(fact) ? fact : []
      return {
        // Texts only: what else JSON can hold has no order.
        ok: words.every((word) => typeof word === 'string') && equal([...words].sort(), expected),
        expected: `exactly the scopes ${expected.join(' ')}`,
        actual: shown,
      }
    }
    case 'schema': {
      // A schema may allow anything; nothing at all is still no fact.
      const problems =
        fact === undefined && typeof matcher.schema !== 'string' ? ['absent'] : validate(matcher.schema, fact)
      return {
        ok: problems.length === 0,
        expected: schemaName(matcher.schema),
        actual: problems.length === 0 ? 'valid' : problems.join('; '),
      }
    }
  }
}

/** Whether a value stands in a text, as text or as the bytes it is the Base64 of, whatever readable code hides it. */
function reveals(text: string, value: string): boolean {
  const layers = [text, ...text.split('.')].flatMap((part) => [
    Buffer.from(part),
    Buffer.from(part, 'hex'),
    Buffer.from(part, 'base64'),
  ])
  const needles = [Buffer.from(value), Buffer.from(value, 'base64url')].filter((needle) => needle.length > 0)
  return layers.some((layer) => needles.some((needle) => layer.includes(needle)))
}

function schemaName(schema: WireSchema | JsonSchema): string {
  if (typeof schema === 'string') return `a ${schema}`
  return typeof schema['title'] === 'string' ? schema['title'] : 'valid by its JSON Schema'
}

function compared(fact: Json | undefined, same: boolean): Json {
  return fact === undefined ? 'absent' : same ? 'the same value' : 'another value'
}

function equal(one: Json | undefined, other: Json | undefined): boolean {
  return one !== undefined && other !== undefined && canonical(one) === canonical(other)
}

/** JSON text with sorted members: equal values have equal texts. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
