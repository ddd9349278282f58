import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Declared } from '../../helpers/contract/case.ts'
import { problemOf } from '../../helpers/plan/check-case.ts'
import { collect, specFiles } from '../../helpers/plan/collect.ts'
import { declarationsIn } from '../../helpers/plan/load-spec.ts'

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'contract-test-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const correct: Readonly<Record<string, string>> = {
  title: "'A title'",
  sources: "[c.must('RFC6749', '5.2')]",
  severity: "'low'",
  client: "'publicPkce'",
  when: 'c.codeGrant()',
  then: 'c.granted()',
}

/** As written without TypeScript: only the run reports what is wrong. */
function fileWith(changes: Readonly<Record<string, string | null>>, id = 'x-a.b'): string {
  const file = join(folder, 'own.spec.ts')
  const members = Object.entries({ ...correct, ...changes }).flatMap(([name, value]) =>
    value === null ? [] : [`  ${name}: ${value},`],
  )
  const text = ["import * as c from 'simple-oauth-contract'", `c.contractTest('${id}', {`, ...members, '})', '']
  writeFileSync(file, text.join('\n'))
  return file
}

const refusalOf = async (file: string): Promise<unknown> =>
  collect([file]).then(
    () => 'accepted',
    (error: unknown) =>
      error instanceof Error ? { code: (error as { code?: string }).code, message: error.message } : error,
  )

const mistakes: readonly (readonly [string, Readonly<Record<string, string | null>>, string])[] = [
  ['no expectation', { then: null }, 'the case lacks "then", or "observe" where nothing is judged'],
  ['an expectation of nothing', { then: '{}' }, 'then lacks "expect"'],
  ['no expectation in a list', { then: '[]' }, 'then is empty'],
  ['an expectation of nothing in a list', { then: '[c.granted(), {}]' }, 'then[1] lacks "expect"'],
  ['no fact', { then: 'c.holds({})' }, 'then.facts is empty'],
  ['no fact to observe', { then: null, observe: '[]' }, 'observe is empty'],
  ['an observation as expectation', { then: "{ observe: ['status'] }" }, 'then lacks "expect"'],
  [
    'an observation that poses as a requirement',
    { then: null, observe: "['status']", severity: "'high'" },
    'an observation judges nothing, so its severity is "info", not "high"',
  ],
  ['no value', { then: 'c.holds({ status: c.oneOf() })' }, 'then.facts.status.values is empty'],
  [
    'what every error page lacks, too',
    { then: "c.holds({ 'json.id_token': c.absent() })" },
    'everything in "then" is absent from an error page, too: add what has to be there, e.g. granted(), opened() or a status',
  ],
  ['no variant', { variants: '[]' }, 'variants is empty: no check would come of the case'],
  ['no named variant', { variants: '{}' }, 'variants is empty: no check would come of the case'],
  [
    'an expectation of the last step',
    { when: 'c.codeGrant({ expect: c.granted() })' },
    'the last step carries its own "expect", so that nothing is left to judge: leave it out, and say it in "then"',
  ],
  [
    'a last step without a response',
    { when: "[c.codeGrant({ as: 'flow' }), c.wait('code-expiry', 'flow')]" },
    'the last step, wait, gets no response that could be judged: end with a request',
  ],
  [
    'an unknown error',
    { then: "c.refused('invalid_grnat')", when: "c.codeGrant({ token: { code: 'x' } })" },
    '"invalid_grnat" is not a valid then.errors[0]. Did you mean invalid_grant?',
  ],
  [
    'a refusal of no error',
    { then: 'c.refused([])', when: "c.codeGrant({ token: { code: 'x' } })" },
    'then.errors is empty',
  ],
  [
    'a refusal whose control is the case itself',
    { then: "c.refused('invalid_grant')", when: 'c.codeGrant()', control: 'c.codeGrant()' },
    'the control is the case itself, so that nothing is changed in it: state a flow that must succeed',
  ],
  [
    'a refusal whose control is the case itself, by another name',
    {
      then: "c.refused('invalid_grant')",
      when: "[c.authorize({ as: 'flow' }), c.exchange('flow', { params: { code: 'x' } })]",
      control: "[c.authorize({ as: 'other' }), c.exchange('other', { params: { code: 'x' } })]",
    },
    'the control is the case itself, so that nothing is changed in it: state a flow that must succeed',
  ],
  ['both kinds of expectation', { observe: "['status']" }, 'the case has both "then" and "observe"'],
  ['no step', { when: null }, 'the case lacks "when"'],
  ['no source', { sources: '[]' }, 'sources is empty'],
  [
    'an unknown document',
    { sources: "[c.must('RFC7363', '4.6')]" },
    '"RFC7363" is not a valid sources[0].document. Did you mean RFC7636 or RFC7662?',
  ],
  [
    'an unknown section',
    { sources: "[c.must('RFC7636', '4.44')]" },
    'RFC7636 has no section "4.44". Did you mean 4.4, 4.1, 4.2, 4.3 or 4.4.1?',
  ],
  [
    'an unknown capability',
    { requires: "['pcke.s256']" },
    '"pcke.s256" is not a valid requires[0]. Did you mean pkce.s256?',
  ],
  ['a document without a section', { sources: "[c.must('RFC6749')]" }, 'sources[0] lacks "section"'],
  ['an unknown client', { client: "'publicPcke'" }, '"publicPcke" is not a valid client. Did you mean publicPkce?'],
  ['an unknown user', { user: "'editr'" }, '"editr" is not a valid user. Did you mean editor?'],
  ['an unknown severity', { severity: "'hihg'" }, '"hihg" is not a valid severity. Did you mean high?'],
  [
    'an unknown scope',
    { when: "c.codeGrant({ authorize: { scope: c.scopes('debgu') } })" },
    '"debgu" is not a valid when.authorize.scope.roles[0]. Did you mean debug?',
  ],
  ['an unknown fact', { then: 'c.holds({ statsu: c.equals(200) })' }, '"statsu" is not a fact. Did you mean status?'],
  ['an unknown fact to observe', { then: null, observe: "['state']" }, '"state" is not a fact. Did you mean status?'],
  ['an unknown member', { thn: "''" }, 'the case has no member "thn". Did you mean then, when or why?'],
  [
    'an unknown option of a step',
    { when: "c.authorize({ decison: 'deny' })" },
    'when has no member "decison". Did you mean decision?',
  ],
  [
    'an unknown option in a list of steps',
    { when: '[c.jwks(), c.codeGrant({ autorize: {} })]' },
    'when[1] has no member "autorize". Did you mean authorize?',
  ],
  [
    'an unknown value of an option',
    { when: "c.authorize({ decision: 'denied' })" },
    '"denied" is not a valid when.decision. Valid values: allow, deny, stop.',
  ],
  ['an unknown step', { when: "{ do: 'authorise' }" }, '"authorise" is not a valid when. Did you mean authorize?'],
  [
    'an unknown expectation',
    { then: "{ expect: 'refuse' }" },
    '"refuse" is not a valid then. Did you mean refused or refusedAtAuthorize?',
  ],
  ['an invalid expectation', { then: '200' }, 'then must be object'],
  ['a bare value as matcher', { then: 'c.holds({ status: 200 })' }, 'then.facts.status must be object'],
  ['a function', { when: 'c.codeGrant({ token: { code: () => 1 } })' }, 'when.token.code must be string'],
  ['a title that is too long', { title: `'${'a'.repeat(101)}'` }, 'title must NOT have more than 100 characters'],
  [
    'an unknown value of a variant',
    { variants: "{ one: { code: 'x' } }", when: "c.codeGrant({ token: { code: c.variant('cod') } })" },
    'no variant has the value "cod". Did you mean code?',
  ],
  [
    'a value that one variant lacks',
    { variants: "{ one: { code: 'x' }, two: {} }", when: "c.codeGrant({ token: { code: c.variant('code') } })" },
    'a variant has no value "code"',
  ],
  [
    'a value of no variant',
    { when: 'c.codeGrant({ token: { code: c.variant() } })' },
    'variant() is used, but the case has no variants',
  ],
  [
    'an unknown value in a variant',
    { variants: "['publicPcke']", client: 'c.variant()' },
    '"publicPcke" is not a valid client. Did you mean publicPkce?',
  ],
  [
    'a step that nobody named',
    { when: "[c.codeGrant({ as: 'flow' }), c.refresh('flwo')]" },
    'no step is called "flwo". Did you mean flow? A step gets its name by the option "as".',
  ],
  [
    'a refusal without a difference',
    { then: "c.refused('invalid_grant')" },
    'no control can be derived, because the last step changes nothing of a correct one. State it as control.',
  ],
  [
    'an invalid guarantee',
    { client: null, guarantee: "'isuer'" },
    '"isuer" is not a valid guarantee. Did you mean issuer?',
  ],
]

describe('a case is refused where it is declared, for', () => {
  test.each(mistakes)('%s', async (_, changes, message) => {
    const file = fileWith(changes)
    expect(await refusalOf(file)).toEqual({ code: 'bad-contract', message: `${file}:2:3: x-a.b: ${message}` })
  })

  test('an id that is not one', async () => {
    const file = fileWith({}, 'x-a b')
    expect(await refusalOf(file)).toMatchObject({
      message: `${file}:2:3: x-a b: "x-a b" is not a valid id, e.g. x-shop.claims`,
    })
  })
})

test('what is correct is accepted: a document of your own, a section that is not listed, a fact of any name', async () => {
  const changes = {
    sources: "[c.must('x-api', '1'), c.must('RFC7519', '11')]",
    then: "c.holds({ 'json.any.thing': c.absent(), 'id_token.claims.any': c.absent() })",
  }
  expect(await refusalOf(fileWith(changes))).toBe('accepted')
  // A control that is another flow, by another client, or with an additional step is not the case itself.
  const refusal = { then: "c.refused('invalid_grant')", when: 'c.codeGrant({ verifier: null })' }
  for (const control of ['c.codeGrant()', "c.codeGrant({ verifier: null, client: 'publicOptionalPkce' })"])
    expect(await refusalOf(fileWith({ ...refusal, control }))).toBe('accepted')
})

test('the contracts of the suite are correct', async () => {
  const declared: Declared[] = []
  for (const file of specFiles()) declared.push(...(await declarationsIn(file, true)))
  expect(declared.length).toBeGreaterThan(200)
  expect(declared.flatMap((one) => problemOf(one) ?? [])).toEqual([])
})
