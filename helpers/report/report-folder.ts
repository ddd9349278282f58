import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from '../model/package.ts'
import { ReportError } from './private-files.ts'

/**
 * Makes sure, before a run starts, that its report can be written and overwrites nothing but an earlier report. Nothing is
 * created.
 * @throws ReportError
 */
export function requireReportFolder(folder: string): void {
  const next = 'Choose another folder with --report.'
  for (const one of [folder, join(folder, 'evidence')]) {
    const problem = unwritable(one)
    if (problem !== null) throw new ReportError(`The report cannot be written to ${one}: ${problem}. ${next}`)
  }
  const file = join(folder, 'report.json')
  if (existsSync(file) && !isOurs(file))
    throw new ReportError(`${file} is not a report of ${suite.name} and would be overwritten. ${next}`)
}

/** Why no file can be created in a folder that may not exist yet; null if one can. */
export function unwritable(folder: string): string | null {
  const existing = nearest(folder)
  try {
    if (!statSync(existing).isDirectory()) return `${existing} is a file`
    accessSync(existing, constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)))

/** Whether a file is a report.json of this suite. */
export function isOurs(file: string): boolean {
  try {
    const report: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return (report as { suite?: { name?: unknown } } | null)?.suite?.name === suite.name
  } catch {
    return false
  }
}
