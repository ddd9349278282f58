import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { groups } from '../../fixtures/roles.ts'
import { isWithheld, withheldGroups } from '../../fixtures/withheld.ts'
import { packageRoot } from '../../helpers/model/package.ts'
import { collect } from '../../helpers/plan/collect.ts'
import { recordRun } from '../../helpers/report/record.ts'
import { check, header } from '../support/report-factory.ts'

const { checks } = await collect()
const committed = execFileSync('git', ['ls-files', '-z'], { cwd: packageRoot, encoding: 'utf8' }).split('\0')

test('the contracts of a withheld group, and no others, are named after it', () => {
  for (const { contract, group } of checks) expect(isWithheld(contract), contract).toBe(withheldGroups.includes(group))
  expect(checks.some(({ contract }) => isWithheld(contract))).toBe(true)
})

test('no known issue, record or baseline in the repository says what a server does in a withheld contract', () => {
  const entry = /"?contract"?: ["']?([\w.-]+)/gu
  const files = committed.filter((file) => /\.(ya?ml|json)$/u.test(file) && !file.startsWith('test/mutation/'))
  expect(files).toContain('fixtures/known-issues.yaml')
  expect(files.some((file) => file.startsWith('fixtures/observed/'))).toBe(true)
  const named = files.flatMap((file) => {
    const text = readFileSync(join(packageRoot, file), 'utf8')
    return [...text.matchAll(entry)].map(([, contract = '']) => `${file}: ${contract}`)
  })
  expect(named.length).toBeGreaterThan(500)
  expect(named.filter((line) => isWithheld(line.split(': ')[1] ?? ''))).toEqual([])
})

test('a record leaves withheld contracts out', () => {
  const results = [check({ contract: 'isolation.userinfo' }), check({ contract: 'code.replay' })]
  const { text } = recordRun(results, header)
  expect(text).toContain('code.replay')
  expect(text).not.toContain('isolation.')
})

/** The scope combinations of requests that name a group. */
function combinations(steps: unknown): Set<string> {
  const found = new Set<string>()
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    if ('$' in part && part.$ === 'scopes' && 'roles' in part) {
      const roles = part.roles as string[]
      if (roles.some((role) => (groups as readonly string[]).includes(role))) found.add([...roles].sort().join(' '))
    }
    Object.values(part).forEach(visit)
  }
  visit(steps)
  return found
}

test('no two checks share a combination with groups, so that none depends on what came before it', () => {
  const owners = new Map<string, string>()
  for (const { contract, variant, control, when } of checks) {
    // Variants whose order among themselves does not matter may share the token that has every scope.
    const owner = isWithheld(contract) ? `${contract} [${variant ?? ''}]` : contract
    for (const scopes of combinations([control, when])) {
      expect(owners.get(scopes) ?? owner, scopes).toBe(owner)
      owners.set(scopes, owner)
    }
  }
  expect(owners.size).toBeGreaterThan(10)
  // The combination of a user whose role was removed, and who is left with the groups.
  const all = [...owners.keys()].filter((scopes) => groups.every((group) => scopes.split(' ').includes(group)))
  expect(all).toEqual([])
})
