import { describe, expect, test } from 'vitest'
import { join } from 'node:path'
import { citation, linkOf } from '../../helpers/model/source.ts'
import { explain } from '../../helpers/command/explain.ts'
import { findContract } from '../../helpers/plan/find-contract.ts'
import { readKnownIssues } from '../../helpers/plan/known-issues.ts'
import { contractsOf, type Contract } from '../../helpers/plan/contracts.ts'
import { packageRoot } from '../../helpers/model/package.ts'
import { simulate } from '../../helpers/command/simulate.ts'
import { allChecks } from '../mutation/run-against.ts'

const checks = await allChecks()
const contracts = contractsOf(checks)
const knownIssues = readKnownIssues(join(packageRoot, 'fixtures', 'known-issues.yaml'), checks)

async function explained(name: string): Promise<string> {
  const { contract, check } = findContract(name, contracts)
  return explain(contract, check, { knownIssues, width: 100, paint: (_format, text) => text })
}

/** Removes what differs in every run. */
const steady = (text: string): string =>
  text
    .replace(/(state=|code_challenge=)[\w-]+/gu, '$1…')
    .replace(/SESS[0-9a-f]+/gu, 'SESS…')
    // Every new fault and contract would change the list.
    .replace(/(besides what they are about: )[^]*?(?=\n {2}To see)/u, '$1…')
    .replace(/simple-oauth-contract\/[\d.]+/gu, 'simple-oauth-contract/…')
    .replace(/(spec\.ts):\d+:\d+/gu, '$1')

test.each([
  ['pkce.verifier-mismatch', 'explain-refused.txt'],
  ['code.redirect-uri-missing [empty]', 'explain-variant.txt'],
  ['pkce.plain', 'explain-known.txt'],
  ['token.error-headers', 'explain-observation.txt'],
])('%s', async (name, file) => {
  await expect(steady(await explained(name))).toMatchFileSnapshot(`../golden/${file}`)
})

test('the simulation shows what the contract requires: on the ideal server it passes', async () => {
  const quick = contracts
    .map(({ first }) => first)
    .filter(({ when, slow }) => slow === undefined && when.every((step) => step.do !== 'wait'))
  // Contracts that need a key set the server can fetch are not simulated, and the key in the example policy is a placeholder.
  const others = ['bearer.forged', 'policy.key-thumbprint']
  const some = quick.filter(({ contract }, index) => index % 8 === 0 && !others.includes(contract))
  const verdicts = await Promise.all(some.map(async (check) => (await simulate(check)).verdict))
  expect(some.filter((_, index) => verdicts[index] !== 'pass').map(({ contract }) => contract)).toEqual([])
})

test('shows the requirement and links of the contract, and no secret', async () => {
  const text = await explained("client-credentials.wrong-secret [another client's secret]")
  const { first } = findContract('client-credentials.wrong-secret', contracts).contract
  for (const source of first.sources) {
    expect(text).toContain(citation(source).split(' MUST')[0])
    expect(text).toContain(linkOf(source))
  }
  expect(text).toContain('client_secret=\'"${client_secret_')
  expect(text).not.toMatch(/127\.0\.0\.1|client_secret='?[\w-]{16}/u)
})

describe('the contract that is meant', () => {
  const refusal = (name: string): string => {
    try {
      return findContract(name, contracts).contract.id
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
  }
  test.each<[string, string]>([
    ['pkce.downgrade', 'pkce.downgrade'],
    ['pkce.down', 'pkce.downgrade'],
    ['code.replay', 'code.replay'],
    ['code.redirect-uri-missing [empty]', 'code.redirect-uri-missing'],
    ['concurrency.cod', 'concurrency.code'],
    ['bearer.none', 'bearer.missing'],
  ])('%s', (name, id) => {
    expect(findContract(name, contracts).contract.id).toBe(id)
  })

  test('a renamed variant is found by its former name and explained under the current one', async () => {
    const former = 'client-credentials.subset [named once]'
    expect(findContract(former, contracts).check.variant).toBe('requested once')
    expect(await explained(former)).toContain('Shown is the variant "requested once".')
  })

  test.each<[string, RegExp]>([
    [
      'code.redirect',
      /^3 IDs begin with "code\.redirect"\. Valid values: code\.redirect-uri-mismatch, code\.redirect-uri-mismatch-without-pkce, code\.redirect-uri-missing\.$/,
    ],
    ['pkce.donwgrade', /^There is no contract "pkce\.donwgrade"\. Did you mean pkce\.downgrade\?$/],
    ['pkce.challenge-case [x]', /^pkce\.challenge-case has no variants\.$/],
    [
      'code.redirect-uri-missing [x]',
      /^code\.redirect-uri-missing has no variant "x"\. Valid values: left out, empty\.$/,
    ],
    ['qqq', /^There is no contract "qqq"\. "simple-oauth-contract list" lists all IDs\.$/],
  ])('%s is refused', (name, message) => {
    expect(refusal(name)).toMatch(message)
  })
})

test('every judged contract says why it matters', async () => {
  const { default: kills } = await import('../../fixtures/kills.json', { with: { type: 'json' } })
  const table: Readonly<Record<string, { readonly about: readonly string[] }>> = kills
  const silent = contracts.filter(
    ({ id, first, observation }: Contract) =>
      !observation && first.why === undefined && (table[id]?.about ?? []).length === 0,
  )
  expect(silent.map(({ id }) => id)).toEqual([])
})
