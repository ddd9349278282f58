import { describe, expect, test } from 'vitest'
import { must, should, type Source } from '../../helpers/model/source.ts'
import { select, SelectionError, type Selection } from '../../helpers/plan/select.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { checkName } from '../../helpers/model/result.ts'
import { codeGrant, exchange, race } from '../../helpers/oauth/declare-steps.ts'

const check = (contract: string, variant: string | null = null, more: Partial<Check> = {}): Check => ({
  contract,
  variant,
  title: contract,
  sources: [],
  severity: 'low',
  requires: [],
  given: { client: 'publicPkce' },
  control: [],
  when: [],
  afterwards: [],
  then: [],
  observe: [],
  group: 'token',
  location: `specs/token/${contract.split('.')[0] ?? ''}.spec.ts:1:1`,
  ...more,
})
const renamedTo = 'authorize.redirect-uri-omitted'
const from = (...sources: Source[]): Partial<Check> => ({ sources })
const checks = [
  check('pkce.verifier-malformed', 'plus', from(must('RFC7636', '4.1'))),
  check('pkce.verifier-malformed', 'a.b (c)', from(must('RFC7636', '4.1'))),
  check('pkce.verifier', null, { ...from(must('RFC7636', '4.10'), must('RFC9700', '2.1.1')), severity: 'critical' }),
  check('code.replay', null, {
    ...from(must('RFC6749', '4.1.2')),
    severity: 'high',
    given: { client: 'confidential' },
  }),
  check('code.replay-revokes', null, {
    ...from(should('RFC7636', 'appendix B')),
    control: [codeGrant({ client: 'otherPublicPkce' })],
    when: [race(exchange('flow', { client: 'shortLived' }), 2)],
  }),
  check('client-credentials.wrong-secret', 'one extra character', { location: 'specs/token/pkce.spec.ts:1:1' }),
  check(renamedTo, null, { location: 'specs/authorization/redirect-uri.spec.ts:1:1' }),
  check('xcode.replay', null, { group: 'authorization', location: 'specs/authorization/code.spec.ts:1:1' }),
  check('x-shop.claim', null, { ...from(must('x-api-guide', '3')), group: 'own', location: '/my contracts/a.spec.ts' }),
]
const malformed = ['pkce.verifier-malformed [plus]', 'pkce.verifier-malformed [a.b (c)]']
const selected = (selection: Selection): string[] => select(checks, selection).map(checkName)

describe('what is selected', () => {
  test.each<[string, Selection, string[]]>([
    ['without a setting everything', {}, checks.map(checkName)],
    ['with empty settings everything', { only: [], source: [] }, checks.map(checkName)],
    ['by an id that one contract only', { only: ['code.replay'] }, ['code.replay']],
    ['by an id all of its variants', { only: ['pkce.verifier-malformed'] }, malformed],
    ['by the former name of one that was renamed', { only: ['code.redirect-uri-not-sent'] }, [renamedTo]],
    [
      'by the former name of a variant',
      { only: ['client-credentials.wrong-secret [a character more]'] },
      ['client-credentials.wrong-secret [one extra character]'],
    ],
    ['by a name one variant', { only: ['pkce.verifier-malformed [a.b (c)]'] }, malformed.slice(1)],
    ['by a star many', { only: ['code.*'] }, ['code.replay', 'code.replay-revokes']],
    ['by a star at both ends', { only: ['*code.replay*'] }, ['code.replay', 'code.replay-revokes', 'xcode.replay']],
    ['by a question mark one character', { only: ['?code.replay'] }, ['xcode.replay']],
    [
      'in the order of the contract and once',
      { only: ['code.replay', 'pkce.verifier', 'code.r*'] },
      ['pkce.verifier', 'code.replay', 'code.replay-revokes'],
    ],
    ['by a document', { source: ['rfc7636'] }, [...malformed, 'pkce.verifier', 'code.replay-revokes']],
    ['by a section, which is not the beginning of another', { source: ['rfc7636/4.1'] }, malformed],
    ['by a section with those below it', { source: ['RFC 7636/4'] }, [...malformed, 'pkce.verifier']],
    ['by an appendix', { source: ['rfc7636/appendix-b'] }, ['code.replay-revokes']],
    ['by a document of the user', { source: ['x-api-guide/3'] }, ['x-shop.claim']],
    ['by several sources', { source: ['rfc6749', 'rfc9700/2'] }, ['pkce.verifier', 'code.replay']],
    ['by a severity', { severity: ['critical'] }, ['pkce.verifier']],
    ['by a severity and all above', { severity: ['high+'] }, ['pkce.verifier', 'code.replay']],
    ['by several severities', { severity: ['critical', 'high'] }, ['pkce.verifier', 'code.replay']],
    ['by a folder', { group: ['authorization'] }, ['xcode.replay']],
    ['by a file in any folder', { group: ['code'] }, ['code.replay', 'code.replay-revokes', 'xcode.replay']],
    ['by a folder and a file', { group: ['token/code'] }, ['code.replay', 'code.replay-revokes']],
    ['by the group of own contracts', { group: ['own'] }, ['x-shop.claim']],
    ['by the client that acts', { client: ['confidential'] }, ['code.replay']],
    ['by a client of the control', { client: ['otherPublicPkce'] }, ['code.replay-revokes']],
    ['by a client in a race', { client: ['shortLived'] }, ['code.replay-revokes']],
    [
      'by all settings together',
      { source: ['rfc7636'], severity: ['high+'], client: ['publicPkce'] },
      ['pkce.verifier'],
    ],
  ])('%s', (_, selection, names) => {
    expect(selected(selection)).toEqual(names)
  })
})

describe('what selects nothing is refused', () => {
  const refusal = (selection: Selection): string => {
    try {
      select(checks, selection)
    } catch (error) {
      if (error instanceof SelectionError) return `${error.code}: ${error.message}`
      throw error
    }
    throw new Error('something was selected')
  }

  test.each<[string, Selection, string]>([
    [
      'an unknown id, with its near ones',
      { only: ['code.replays'] },
      'No contract matches "code.replays". Did you mean code.replay or xcode.replay?',
    ],
    ['a part of an id', { only: ['xco'] }, 'No contract matches "xco". Did you mean xcode.replay?'],
    ['a subject misspelt', { only: ['pcke.verifier'] }, 'Did you mean pkce.verifier?'],
    [
      'nothing but the subject right',
      { only: ['pkce.something-else-entirely'] },
      'Did you mean pkce.verifier-malformed or pkce.verifier?',
    ],
    [
      'an unknown subject',
      { only: ['nonsense'] },
      'No contract matches "nonsense". "simple-oauth-contract list" lists all IDs.',
    ],
    [
      'an unknown variant',
      { only: ['pkce.verifier-malformed [minus]'] },
      'No contract matches "pkce.verifier-malformed [minus]". Valid values: plus, a.b (c).',
    ],
    [
      'a variant of what has none',
      { only: ['code.replay [plus]'] },
      'No contract matches "code.replay [plus]". code.replay has no variants.',
    ],
    ['a dot is not a wildcard', { only: ['codexreplay'] }, 'Did you mean code.replay or xcode.replay?'],
    ['beside one that selects something', { only: ['code.replay', 'nonsense'] }, 'No contract matches "nonsense".'],
    [
      'an unknown document',
      { source: ['rfc7635/4'] },
      'No contract is based on "rfc7635/4". Did you mean rfc7636? Valid values: rfc6749, rfc7636, rfc9700, x-api-guide.',
    ],
    ['a document without its name', { source: ['7636'] }, 'Did you mean rfc7636?'],
    ['a document that no contract cites', { source: ['rfc8252'] }, 'No contract is based on "rfc8252". Valid values: '],
    [
      'an unknown section',
      { source: ['rfc7636/4.2'] },
      'No contract is based on section 4.2 of rfc7636. Valid values: 4.1, 4.10, appendix B.',
    ],
    [
      'an unknown severity',
      { severity: ['hihg+'] },
      '"hihg+" is not a severity. Did you mean high? Valid values: info, low, medium, high, critical; with + ',
    ],
    ['a severity without contracts', { severity: ['medium'] }, 'No contract has the severity "medium".'],
    [
      'an unknown group',
      { group: ['tokens'] },
      'There is no group "tokens". Did you mean token? Valid values: a, authorization, authorization/code, code, own, ',
    ],
    ['an unknown role', { client: ['publicpkc'] }, 'There is no client "publicpkc". Did you mean publicPkce or '],
    [
      'a role that never acts',
      { client: ['machine'] },
      'No contract uses the client "machine". Valid values: confidential, ',
    ],
    [
      'a combination',
      { only: ['code.*'], severity: ['critical'] },
      'No contract matches --only code.* and --severity critical together, although each matches some.',
    ],
  ])('%s', (_, selection, message) => {
    expect(refusal(selection)).toContain('nothing-selected: ')
    expect(refusal(selection)).toContain(message)
  })
})
