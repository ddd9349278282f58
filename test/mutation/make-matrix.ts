import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { about } from '../../fixtures/about.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { checkName } from '../../helpers/model/result.ts'
import { faults } from '../../helpers/reference/faults/index.ts'
import { select } from '../../helpers/plan/select.ts'
import { countingKills } from './counting.ts'
import { measure, type Row } from './measure.ts'
import { allChecks } from './run-against.ts'
import recorded from './matrix.json' with { type: 'json' }
import { isRed, verdictIn, type Matrix } from './matrix.ts'

/**
 * Runs every fault against every check on the profile ideal; prints what turns red, and writes each result at once, so that nothing is lost
 * on interruption.
 *
 * @param args Faults to run, by default all; `--only PATTERN` limits the contracts and keeps the other cells.
 */
export async function main(args: readonly string[]): Promise<void> {
  const { values, positionals: some } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { only: { type: 'string', multiple: true, default: [] } },
  })
  const checks = await allChecks()
  const measured = new Set(select(checks, { only: values.only }).map(checkName))
  const ids = faults.map((fault) => fault.id)
  const unknown = some.filter((id) => !ids.includes(id))
  if (unknown.length > 0) throw new Error(`Not a fault: ${unknown.join(', ')}`)
  const names = new Set(checks.map(checkName))
  const known = Object.entries(recorded as Matrix).filter(([id]) => ids.includes(id))
  const matrix = new Map(known.map(([id, row]) => [id, cells(row, (name) => names.has(name))]))
  await measure(some.length === 0 ? ids : some, values.only, (id, row) => {
    const kept = cells(matrix.get(id) ?? {}, (name) => !measured.has(name))
    matrix.set(id, Object.fromEntries(Object.entries({ ...kept, ...row }).sort()))
    process.stdout.write(`${id.padEnd(36)} ${summary(row)}\n`)
    write(Object.fromEntries([...matrix].sort()), checks)
  })
  const contracts = new Set(checks.map((check) => check.contract)).size
  process.stdout.write(`\n${contracts} contracts, ${checks.length} checks, ${faults.length} faults\n`)
  process.exit()
}

const cells = (row: Row, isKept: (name: string) => boolean): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => isKept(name)))

function write(matrix: Matrix, checks: readonly Check[]): void {
  writeFileSync(join(import.meta.dirname, 'matrix.json'), `${JSON.stringify(matrix, null, 2)}\n`)
  writeFileSync(join(import.meta.dirname, 'MATRIX.md'), page(matrix, checks))
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
