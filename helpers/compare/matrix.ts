import type { Json } from '../model/verdict.ts'
import { changedFacts } from './changed-facts.ts'
import type { FactName } from './describe.ts'
import { factsOf, runFacts, type CheckFacts } from './facts.ts'
import type { NamedRun } from './reported-run.ts'

/** One fact that is not the same in all runs, with its value in each. */
export interface MatrixRow extends FactName {
  /** By run; undefined where it is absent. */
  readonly values: readonly (Json | undefined)[]
  /** Names of the checks; empty for a fact of the whole server. */
  readonly checks: readonly string[]
}

/** Several runs side by side, most often one a version. */
export interface Matrix {
  readonly runs: readonly NamedRun[]
  /** Checks that all runs have. */
  readonly compared: number
  /** Most checks first. */
  readonly rows: readonly MatrixRow[]
}

export function matrixOf(runs: readonly NamedRun[]): Matrix {
  const facts = runs.map(({ run }) => factsOf(run))
  const [first, ...others] = facts
  const names = [...(first?.keys() ?? [])].filter((name) => others.every((other) => other.has(name)))
  const rows = new Map<string, { row: MatrixRow; checks: string[] }>()
  const add = (name: FactName, values: MatrixRow['values'], check: string | null): void => {
    const key = JSON.stringify([name.fact, name.endpoint, values.map((value) => value ?? null)])
    const found = rows.get(key) ?? { row: { ...name, values, checks: [] }, checks: [] }
    if (check !== null) found.checks.push(check)
    rows.set(key, found)
  }
  const servers = runs.map(({ run }) => runFacts(run))
  for (const fact of new Set(servers.flatMap((one) => [...one.keys()]))) {
    const values = servers.map((server) => server.get(fact))
    if (new Set(values.map((value) => JSON.stringify(value))).size > 1) add({ fact, endpoint: null }, values, null)
  }
  for (const name of names) {
    const checks = facts.flatMap((one) => one.get(name) ?? [])
    for (const [fact, values] of changesOf(checks)) add(fact, values, name)
  }
  return {
    runs,
    compared: names.length,
    rows: [...rows.values()]
      .map(({ row, checks }) => ({ ...row, checks }))
      .sort((one, other) => other.checks.length - one.checks.length),
  }
}

function changesOf(checks: readonly CheckFacts[]): [FactName, (Json | undefined)[]][] {
  if (checks.some(({ untested }) => untested !== null)) {
    const values = checks.map(({ untested }) => untested ?? 'judged')
    return new Set(values).size > 1 ? [[{ fact: 'tested', endpoint: null }, values]] : []
  }
  const endpoint = checks.at(-1)?.endpoint ?? null
  return changedFacts(checks).map(({ fact, values }) => [{ fact, endpoint }, [...values]])
}
