import { expectTypeOf, test } from 'vitest'
import {
  authorize,
  codeGrant,
  equals,
  holds,
  must,
  ref,
  refused,
  refusedByRedirect,
  signedWith,
  type CaseDefinition,
} from '../../helpers/contract/index.ts'

const good = {
  title: 'a title',
  sources: [must('RFC7636', '4.6')],
  severity: 'critical',
  requires: ['authorization_code'],
  given: { client: 'publicPkce' },
  when: [codeGrant()],
  then: refused('invalid_grant'),
} as const satisfies CaseDefinition

// Checked by `npm run typecheck`: a line that is no error any more fails it.
test('what a case author can get wrong is a type error', () => {
  expectTypeOf(good).toExtend<CaseDefinition>()
  // @ts-expect-error no source
  expectTypeOf({ ...good, sources: [] }).toExtend<CaseDefinition>()
  // @ts-expect-error unknown capability
  expectTypeOf({ ...good, requires: ['pkce.s512'] as const }).toExtend<CaseDefinition>()
  // @ts-expect-error unknown role
  expectTypeOf({ ...good, given: { client: 'someClient' } as const }).toExtend<CaseDefinition>()
  // @ts-expect-error unknown severity
  expectTypeOf({ ...good, severity: 'terrible' } as const).toExtend<CaseDefinition>()
  // @ts-expect-error both judged and observed
  expectTypeOf({ ...good, observe: ['status'] } as const).toExtend<CaseDefinition>()
  // @ts-expect-error an error of the authorization endpoint
  refused('access_denied')
  // @ts-expect-error an error of the token endpoint
  refusedByRedirect('invalid_grant')
  // @ts-expect-error a document that is not listed
  must('RFC9999', '1')
  // @ts-expect-error undefined instead of null
  codeGrant({ token: { code_verifier: undefined } })
  // @ts-expect-error a bare value is no matcher
  holds({ status: 200 })
  // @ts-expect-error a reference is a text
  ref(1)
  // @ts-expect-error an unknown key
  signedWith('my-key', { of: 'flow.access_token' })
  // @ts-expect-error a function is no data
  equals(() => 200)
  // @ts-expect-error an unknown option
  authorize({ decisions: 'allow' })
})
