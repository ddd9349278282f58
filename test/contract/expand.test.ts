import { expect, test } from 'vitest'
import {
  authorize,
  codeGrant,
  contractTest,
  exchange,
  holds,
  must,
  obtain,
  refused,
  resource,
  variant,
  verifier,
  waitSeconds,
} from '../../helpers/contract/index.ts'
import type { CaseDefinition, Check, Declared } from '../../helpers/contract/case.ts'
import { expand } from '../../helpers/contract/expand.ts'
import { setSink } from '../../helpers/contract/contract-test.ts'

const definition = {
  title: 'A title',
  sources: [must('RFC7636', '4.6')],
  severity: 'critical',
  client: 'publicPkce',
  variants: { missing: { value: null, grant: 'code' }, short: { value: verifier({ length: 42 }), grant: 'code' } },
  when: codeGrant({ token: { code_verifier: variant('value'), grant_type: variant('grant') } }),
  then: refused('invalid_grant'),
} as const satisfies CaseDefinition
const declared: Declared = { id: 'a.b', definition, file: 'specs/token/x.spec.ts', line: 3, column: 1 }
const checksOf = (changes: object): Check[] => expand({ ...declared, definition: { ...definition, ...changes } })

test('each variant is a check of its own with its values filled in', () => {
  const checks = expand(declared)
  expect(checks.map((check) => check.variant)).toEqual(['missing', 'short'])
  expect(checks.map((check) => check.when)).toEqual([
    [{ do: 'codeGrant', token: { code_verifier: null, grant_type: 'code' } }],
    [{ do: 'codeGrant', token: { code_verifier: verifier({ length: 42 }), grant_type: 'code' } }],
  ])
  expect(checks[0]).toMatchObject({
    group: 'token',
    location: 'specs/token/x.spec.ts:3:1',
    then: [refused('invalid_grant')],
  })
})

test('what a case does not state is inferred: control, user, capabilities', () => {
  expect(expand(declared)[0]).toMatchObject({
    control: [{ do: 'codeGrant' }],
    given: { client: 'publicPkce', user: 'editor' },
    requires: ['authorization_code', 'pkce.s256'],
  })
})

test('the user is that of the client, also where a variant names it', () => {
  const usersOf = (changes: object) => checksOf(changes).map(({ given }) => given.user)
  expect(usersOf({ client: 'remembered' })).toEqual(['otherEditor', 'otherEditor'])
  expect(usersOf({ client: 'remembered', user: 'author' })).toEqual(['author', 'author'])
  const variants = { one: 'temporary', other: 'publicPkce' }
  expect(usersOf({ client: variant(), variants, when: codeGrant({ verifier: null }) })).toEqual(['temporary', 'editor'])
})

test('a control is derived from the user and from the steps before an upgrade, too', () => {
  const when = authorize()
  expect(checksOf({ user: 'member', when })[0]?.control).toEqual([authorize({ user: 'editor' })])
  expect(() => checksOf({ user: 'otherEditor', when })).toThrow('no control can be derived')
  expect(checksOf({ before: authorize({ as: 'kept' }), when: exchange('kept') })[0]?.control).toEqual([codeGrant()])
})

test('what it states takes precedence', () => {
  const [check] = checksOf({ control: [], user: 'author', requires: ['site.stress'] })
  expect(check).toMatchObject({
    control: [],
    given: { client: 'publicPkce', user: 'author' },
    requires: ['authorization_code', 'pkce.s256', 'site.stress'],
  })
  expect(checksOf({ control: codeGrant({ verifier: null }) })[0]?.control).toEqual([
    { do: 'codeGrant', verifier: null },
  ])
})

test('a server need not have a grant that it has to refuse', () => {
  const grant = { when: obtain({ grant: 'client_credentials' }) }
  expect(checksOf({ ...grant, control: obtain() })[0]?.requires).toEqual([])
  expect(checksOf({ ...grant, then: holds({}) })[0]?.requires).toEqual(['client_credentials'])
})

test('variants are a list, named values or a table', () => {
  const when = codeGrant({ token: { code: variant() } })
  const codes = (variants: unknown) =>
    checksOf({ variants, when }).map(({ variant: name, when: [step] }) => [
      name,
      step && 'token' in step ? step.token : null,
    ])
  expect(codes(['x', 'y'])).toEqual([
    ['x', { code: 'x' }],
    ['y', { code: 'y' }],
  ])
  expect(codes({ none: null, computed: verifier() })).toEqual([
    ['none', { code: null }],
    ['computed', { code: verifier() }],
  ])
  expect(checksOf({ variants: { one: { code: null } }, when: codeGrant({ token: variant() }) })[0]?.when).toEqual([
    { do: 'codeGrant', token: { code: null } },
  ])
})

test('the control of a late refusal is that of its own steps', () => {
  const slow = { when: [waitSeconds(1, 'flow'), exchange('flow')], then: refused('invalid_grant') }
  expect(checksOf({ when: authorize({ as: 'flow' }), then: holds({}), slow })[0]?.control).toEqual([
    { do: 'codeGrant' },
  ])
})

test('a check is plain JSON', () => {
  const checks = expand(declared)
  expect(JSON.parse(JSON.stringify(checks))).toEqual(checks)
})

test('a value that a row lacks is a mistake of the case', () => {
  expect(() => checksOf({ variants: { one: {} } })).toThrow('a variant has no value "value"')
})

test('a refusal whose control cannot be derived has to state one', () => {
  expect(() => checksOf({ when: resource(null) })).toThrow(
    'a.b: no control can be derived, because the last step changes nothing of a correct one. State it as control.',
  )
})

test('a declaration has its place in the source', () => {
  const seen: Declared[] = []
  const restore = setSink((one) => seen.push(one))
  contractTest('a.b', definition)
  restore()
  expect(seen[0]?.file).toMatch(/expand\.test\.ts$/)
  expect(seen[0]?.line).toBeGreaterThan(40)
})

test('without the command or vitest a declaration says what to do', () => {
  const restore = setSink(() => undefined)
  restore()
  expect(() => {
    contractTest('a.b', definition)
  }).toThrow('CONTRIBUTING.md')
})
