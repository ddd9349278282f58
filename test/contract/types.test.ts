import { expectTypeOf, test } from 'vitest'
import {
  authorize,
  codeGrant,
  contractTest,
  equals,
  holds,
  joined,
  must,
  ref,
  refused,
  refusedByRedirect,
  repeated,
  signedWith,
  variant,
  type CaseDefinition,
} from '../../helpers/contract/index.ts'

const when = codeGrant()
const good = {
  title: 'A title',
  sources: [must('RFC7636', '4.6')],
  severity: 'critical',
  client: 'publicPkce',
  when,
  then: refused('invalid_grant'),
} as const satisfies CaseDefinition
const { then: _, ...withoutThen } = good
const { client: __, ...withoutClient } = good

// Checked by `npm run typecheck`, which fails if a line is no longer an error.
test('what a case author can get wrong is a type error', () => {
  expectTypeOf(good).toExtend<CaseDefinition>()
  // @ts-expect-error no source
  expectTypeOf({ ...good, sources: [] }).toExtend<CaseDefinition>()
  // @ts-expect-error neither judged nor observed
  expectTypeOf(withoutThen).toExtend<CaseDefinition>()
  expectTypeOf(withoutClient).toExtend<CaseDefinition>()
  // @ts-expect-error unknown capability
  expectTypeOf({ ...good, requires: ['pkce.s512'] as const }).toExtend<CaseDefinition>()
  // @ts-expect-error unknown role of a client
  expectTypeOf({ ...good, client: 'someClient' } as const).toExtend<CaseDefinition>()
  // @ts-expect-error unknown role of a user
  expectTypeOf({ ...good, user: 'someUser' } as const).toExtend<CaseDefinition>()
  // @ts-expect-error unknown severity
  expectTypeOf({ ...good, severity: 'terrible' } as const).toExtend<CaseDefinition>()
  // @ts-expect-error both judged and observed
  expectTypeOf({ ...good, observe: ['status'] } as const).toExtend<CaseDefinition>()
  // @ts-expect-error a guarantee says who acts
  expectTypeOf({ ...good, guarantee: 'issuer' } as const).toExtend<CaseDefinition>()
  // @ts-expect-error an error of the authorization endpoint
  refused('login_required')
  // @ts-expect-error an error of the token endpoint
  refusedByRedirect('invalid_grant')
  // @ts-expect-error a document that is not listed
  must('RFC9999', '1')
  // @ts-expect-error undefined instead of null
  codeGrant({ token: { code_verifier: undefined } })
  // @ts-expect-error a bare value is not a matcher
  holds({ status: 200 })
  // @ts-expect-error a reference is a string
  ref(1)
  // @ts-expect-error an unknown key
  signedWith('my-key', { of: 'flow.access_token' })
  // @ts-expect-error a function is not data
  equals(() => 200)
  // @ts-expect-error an unknown option
  authorize({ decisions: 'allow' })
})

// These declarations are never run.
const declare: typeof contractTest = () => undefined
const { when: ___, ...plain } = good
const rows = { one: { code: 'x', scope: null }, two: { code: 'y', scope: 'z' } } as const

test('a value that no variant has is a type error', () => {
  declare('x-a.b', { ...plain, variants: rows, when: codeGrant({ token: { code: variant('code') } }) })
  declare('x-a.b', { ...plain, variants: ['x', 'y'], when: codeGrant({ token: { code: variant() } }) })
  declare('x-a.b', { ...plain, variants: { one: null }, when: codeGrant({ token: { code: variant() } }) })
  declare('x-a.b', {
    ...good,
    client: variant('role'),
    variants: { one: { role: 'machine' }, two: { role: 'native' } },
  })
  declare('x-a.b', { ...withoutClient, guarantee: 'issuer', when: codeGrant({ token: { x: variant('issuer') } }) })
  // @ts-expect-error no row has it
  declare('x-a.b', { ...plain, variants: rows, when: codeGrant({ token: { code: variant('codes') } }) })
  // @ts-expect-error nor inside another value
  declare('x-a.b', { ...plain, variants: rows, when: codeGrant({ token: { code: joined(variant('no'), 'x') } }) })
  // @ts-expect-error nor repeated
  declare('x-a.b', { ...plain, variants: rows, when: authorize({ params: { x: repeated('x', variant('no')) } }) })
  // @ts-expect-error a list has no columns
  declare('x-a.b', { ...plain, variants: ['x', 'y'], when: codeGrant({ token: { code: variant('code') } }) })
  // @ts-expect-error nor does the client name one
  declare('x-a.b', { ...good, variants: rows, client: variant('clients') })
  // @ts-expect-error there are no variants
  declare('x-a.b', { ...plain, when: codeGrant({ token: { code: variant('code') } }) })
  // @ts-expect-error no guarantee gives it
  declare('x-a.b', { ...withoutClient, guarantee: 'issuer', when: codeGrant({ token: { x: variant('code') } }) })
})
