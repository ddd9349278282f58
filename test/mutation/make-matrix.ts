import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { about } from '../../fixtures/about.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { checkName } from '../../helpers/model/result.ts'
import { faults } from '../../helpers/reference/faults/index.ts'
import { countingKills } from './counting.ts'
import { allChecks, cellFor, runAgainst } from './run-against.ts'
import recorded from './matrix.json' with { type: 'json' }
import { isRed, verdictIn, type Matrix } from './matrix.ts'

// Faults at the same time: most of a run is spent waiting for tokens to expire.
const atOnce = 6

/**
 * Runs everything against everything on the profile ideal; prints and writes what turns red.
 *
 * @param some Faults to run again: the rows of the others are kept. All where none is named.
 */
export async function main(some: readonly string[]): Promise<void> {
  const checks = await allChecks()
  const ids = faults.map((fault) => fault.id)
  const unknown = some.filter((id) => !ids.includes(id))
  if (unknown.length > 0) throw new Error(`Not a fault: ${unknown.join(', ')}`)
  const kept = some.length === 0 ? [] : Object.entries(recorded as Matrix).filter(([id]) => ids.includes(id))
  const matrix: Record<string, Readonly<Record<string, string>>> = Object.fromEntries(kept)
  const queue = some.length === 0 ? ids : [...some]
  const work = async (): Promise<void> => {
    for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) {
      const results = await runAgainst({ profile: 'ideal', fault }, checks)
      const red = results
        .filter((result) => result.verdict !== 'pass')
        .map((result) => [checkName(result), cellFor(result)])
      const own = Object.fromEntries(red.sort()) as Record<string, string>
      matrix[fault] = own
      process.stdout.write(`${fault.padEnd(36)} ${summary(own)}\n`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  const sorted: Matrix = Object.fromEntries(Object.entries(matrix).sort())
  const here = import.meta.dirname
  writeFileSync(join(here, 'matrix.json'), `${JSON.stringify(sorted, null, 2)}\n`)
  writeFileSync(join(here, 'MATRIX.md'), page(sorted, checks))
  const contracts = new Set(checks.map((check) => check.contract)).size
  process.stdout.write(`\n${contracts} contracts, ${checks.length} checks, ${faults.length} faults\n`)
  process.exit()
}

function summary(red: Readonly<Record<string, string>>): string {
  const names = (verdict: string): string[] => Object.keys(red).filter((name) => verdictIn(red[name] ?? '') === verdict)
  const noticed = [...names('fail'), ...names('warn')]
  const blocked = names('blocked').length
  return `${noticed.join(', ') || 'nothing'}${blocked > 0 ? `; ${blocked} blocked` : ''}`
}

function page(matrix: Matrix, checks: readonly Check[]): string {
  const gains = new Map(faults.map((fault) => [fault.id, fault]))
  const rows = Object.entries(matrix).map(([id, red]) => {
    const { gain = '', source } = gains.get(id) ?? {}
    const count = (verdict: string): number => Object.values(red).filter((cell) => verdictIn(cell) === verdict).length
    const contracts = new Set(
      Object.keys(red)
        .filter((name) => isRed(red[name]))
        .map((name) => name.split(' [')[0]),
    )
    return `| \`${id}\` | ${gain}${source === undefined ? '' : ` (${source})`} | ${[...contracts].map((name) => `\`${name ?? ''}\``).join(', ')} | ${count('fail') + count('warn')} | ${count('blocked')} |`
  })
  return [
    '# What each fault turns red',
    '',
    `Every fault of the reference server (profile \`ideal\`) against all ${checks.length} checks. Made by \`npm run bench:faults\`; the hand-written`,
    'lists of what each fault has to turn red are in [must.ts](must.ts).',
    '',
    '| fault | what an attacker gains | contracts that notice it | checks red | blocked |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '# What proves each check',
    '',
    'The faults of the mechanism that the contract is about (fixtures/about.ts) and that turn the check red on the finding it is about; not',
    'those that turn more than 5 % of all checks red. Up to five are named.',
    '',
    '| check | about | proven by |',
    '|---|---|---|',
    ...proofs(matrix, checks),
    '',
  ].join('\n')
}

const shown = 5

function proofs(matrix: Matrix, checks: readonly Check[]): string[] {
  const contracts = new Map(checks.map((check) => [checkName(check), check.contract]))
  return [...countingKills(matrix, checks, faults)].map(([name, kills]) => {
    const mechanisms = about[contracts.get(name) ?? '']?.join(', ') ?? ''
    const more = kills.length > shown ? ` and ${String(kills.length - shown)} more` : ''
    const list = kills.slice(0, shown).map((id) => `\`${id}\``)
    return `| \`${name}\` | ${mechanisms} | ${kills.length === 0 ? '**nothing yet**' : `${list.join(', ')}${more}`} |`
  })
}
