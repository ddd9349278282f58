import { describe, expect, test } from 'vitest'
import { select, SelectionError } from '../../helpers/command/select.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { checkName } from '../../helpers/judge/result.ts'

const check = (contract: string, variant: string | null = null): Check => ({
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
  location: '',
})
const checks = [
  check('pkce.verifier-malformed', 'plus'),
  check('pkce.verifier-malformed', 'a.b (c)'),
  check('pkce.verifier'),
  check('code.replay'),
  check('code.replay-revokes'),
  check('xcode.replay'),
]
const selected = (...only: string[]): string[] => select(checks, only).map(checkName)

describe('what is selected', () => {
  test.each<[string, string[], string[]]>([
    ['without a pattern everything', [], checks.map(checkName)],
    ['by an id that one contract only', ['code.replay'], ['code.replay']],
    [
      'by an id all of its variants',
      ['pkce.verifier-malformed'],
      ['pkce.verifier-malformed [plus]', 'pkce.verifier-malformed [a.b (c)]'],
    ],
    ['by a name one variant', ['pkce.verifier-malformed [a.b (c)]'], ['pkce.verifier-malformed [a.b (c)]']],
    ['by a star many', ['code.*'], ['code.replay', 'code.replay-revokes']],
    ['by a star at both ends', ['*code.replay*'], ['code.replay', 'code.replay-revokes', 'xcode.replay']],
    ['by a question mark one character', ['?code.replay'], ['xcode.replay']],
    [
      'in the order of the contract and once',
      ['code.replay', 'pkce.verifier', 'code.r*'],
      ['pkce.verifier', 'code.replay', 'code.replay-revokes'],
    ],
  ])('%s', (_, only, names) => {
    expect(selected(...only)).toEqual(names)
  })
})

describe('a pattern that selects nothing is refused', () => {
  const refusal = (...only: string[]): string => {
    try {
      select(checks, only)
    } catch (error) {
      if (error instanceof SelectionError) return `${error.code}: ${error.message}`
      throw error
    }
    throw new Error('something was selected')
  }

  test.each([
    ['an unknown id, with those of its subject', ['code.replays'], 'Near it: code.replay, code.replay-revokes.'],
    ['a part of a subject', ['xco'], 'Near it: xcode.replay.'],
    ['an unknown subject', ['nonsense'], 'Run the subcommand list to see all ids.'],
    ['an unknown variant', ['pkce.verifier-malformed [minus]'], 'Near it: pkce.verifier-malformed, pkce.verifier.'],
    ['a dot is no wildcard', ['code-replay'], 'Run the subcommand list to see all ids.'],
    ['beside one that selects something', ['code.replay', 'nonsense'], 'No contract is selected by "nonsense".'],
  ])('%s', (_, only, message) => {
    expect(refusal(...only)).toContain('nothing-selected: No contract is selected by "')
    expect(refusal(...only)).toContain(message)
  })
})
