import { expect, test } from 'vitest'
import { codeGrant, contractTest, must, refused, variant, verifier } from '../../helpers/contract/index.ts'
import { expand, type CaseDefinition, type Declared } from '../../helpers/contract/case.ts'
import { setSink } from '../../helpers/contract/contract-test.ts'

const definition: CaseDefinition = {
  title: 'a title',
  sources: [must('RFC7636', '4.6')],
  severity: 'critical',
  requires: ['authorization_code'],
  given: { client: 'publicPkce', user: 'editor' },
  control: [codeGrant()],
  variants: { missing: { value: null, grant: 'code' }, short: { value: verifier({ length: 42 }), grant: 'code' } },
  when: [codeGrant({ token: { code_verifier: variant('value'), grant_type: variant('grant') } })],
  then: refused('invalid_grant'),
}
const declared: Declared = { id: 'a.b', definition, file: 'specs/token/x.spec.ts', line: 3, column: 1 }

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

test('a check is plain JSON', () => {
  const checks = expand(declared)
  expect(JSON.parse(JSON.stringify(checks))).toEqual(checks)
})

test('a value that a row lacks is a mistake of the case', () => {
  const broken = { ...declared, definition: { ...definition, variants: { one: {} } } }
  expect(() => expand(broken)).toThrow('a variant has no value "value"')
})

test('a declaration knows its own place', () => {
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
