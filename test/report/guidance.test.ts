import { describe, expect, test } from 'vitest'
import { asvs, type AsvsNumber, type AsvsRequirement } from '../../fixtures/asvs.ts'
import { cwe } from '../../fixtures/cwe.ts'
import { guidanceByGroup, guidanceOf } from '../../fixtures/guidance/index.ts'
import { classificationOf } from '../../helpers/model/classification.ts'
import { collect, specFiles, upgradeFiles } from '../../helpers/plan/collect.ts'
import { contractsOf } from '../../helpers/plan/contracts.ts'
import { asvsDocument, contractsFor } from '../support/asvs-document.ts'

const contracts = contractsOf((await collect([...specFiles(), ...upgradeFiles()])).checks)
const entries = Object.entries(guidanceByGroup)

describe('what a violated contract means', () => {
  test('is said of every contract that is shipped, in the file of its group, and of no other', () => {
    const listed = entries.flatMap(([group, all]) => Object.keys(all).map((id) => `${group}: ${id}`))
    expect(listed.sort()).toEqual(contracts.map(({ id, first }) => `${first.group}: ${id}`).sort())
  })

  test('is one sentence, and the remedy one to three', () => {
    const all = entries.flatMap(([, group]) => Object.entries(group))
    const wrong = all.filter(
      ([, { impact, remedy }]) =>
        !/^[^a-z].{20,160}\.$/u.test(impact) || /\. [A-Z]/u.test(impact) || !/^[A-Z].{20,330}\.$/u.test(remedy),
    )
    expect(wrong.map(([id]) => id)).toEqual([])
  })

  test('is plain prose: backticks mark code, and nothing is markup, in Markdown as in HTML', () => {
    const texts = entries.flatMap(([, group]) => Object.values(group).flatMap(({ impact, remedy }) => [impact, remedy]))
    const wrong = texts.filter((text) => {
      const parts = text.split('`')
      const prose = parts.filter((_, index) => index % 2 === 0).join(' ')
      return parts.length % 2 === 0 || /[<>*[\]\\|#~&@\n]|\b_|_\b|!\[/u.test(prose)
    })
    expect(wrong).toEqual([])
  })

  test('is not known of a contract of a user, whatever its name', () => {
    expect(guidanceOf('x-shop.machine')).toBeUndefined()
    expect(guidanceOf('toString')).toBeUndefined()
  })

  test('a critical contract names a weakness or a requirement', () => {
    const serious = contracts.filter(({ first }) => first.severity === 'critical')
    const unnamed = serious.filter(({ id }) => {
      const { asvs: requirements = [], cwe: weaknesses = [] } = guidanceOf(id) ?? {}
      return requirements.length + weaknesses.length === 0
    })
    expect(unnamed.map(({ id }) => id)).toEqual([])
  })
})

describe('ASVS and CWE', () => {
  test('a requirement has contracts, or a reason why it has none', () => {
    const wrong = (Object.keys(asvs) as AsvsNumber[]).filter((number) => {
      const { notCovered }: AsvsRequirement = asvs[number]
      return contractsFor(number, contracts).length > 0 === (notCovered !== undefined)
    })
    expect(wrong).toEqual([])
  })

  test('no weakness is listed that no contract names', () => {
    const named = entries.flatMap(([, group]) => Object.values(group).flatMap((one) => one.cwe ?? []))
    expect(
      Object.keys(cwe)
        .map(Number)
        .filter((number) => !named.includes(number as keyof typeof cwe)),
    ).toEqual([])
  })

  test('are named in words', () => {
    expect(classificationOf({ impact: '', remedy: '', asvs: ['10.4.6'], cwe: [345] })).toEqual([
      'OWASP ASVS 5.0 V10.4.6',
      'CWE-345 (Insufficient Verification of Data Authenticity)',
    ])
  })

  test('a row without contracts says why', () => {
    expect(asvsDocument([])).toContain('| 3 | authorization server | none: Simple OAuth does not offer this. |')
  })
})
