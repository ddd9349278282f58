import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { privateFile, privateFolder, ReportError } from '../private-files.ts'
import { isOurs, unwritable } from '../report-folder.ts'
import type { Report } from '../report.ts'
import { formatOf, type FormatName, type Render, type RenderOptions } from './table.ts'
import { dirname } from 'node:path'

/** A requested format. */
export interface Reporter {
  readonly name: FormatName
  /** The file as the user wrote it; null for its usual place. */
  readonly file: string | null
}

/** A reporter with its renderer loaded, which can be used while the process exits. */
export interface LoadedReporter extends Reporter {
  readonly render: Render
}

export const loadReporters = (reporters: readonly Reporter[]): Promise<LoadedReporter[]> =>
  Promise.all(reporters.map(async (reporter) => ({ ...reporter, render: await formatOf(reporter.name).load() })))

/** The path of what a reporter writes; null for what is printed. */
export function fileOf({ name, file }: Reporter, folder: string): string | null {
  const usual = formatOf(name).file
  return file ?? (usual === null ? null : join(folder, usual))
}

/**
 * Makes sure, before a run starts, that each file can be written and none would be written twice. Creates nothing.
 * @throws ReportError
 */
export function requireReporterFiles(reporters: readonly Reporter[], folder: string): void {
  const taken = new Map<string, string>()
  for (const reporter of reporters) {
    const file = fileOf(reporter, folder)
    if (file === null) continue
    const other = taken.get(resolve(file))
    if (other !== undefined)
      throw new ReportError(
        `${file} would be written twice, by the reporters ${other} and ${reporter.name}. Name another file.`,
      )
    taken.set(resolve(file), reporter.name)
    const problem = isFolder(file) ? 'it is a folder' : unwritable(dirname(resolve(file)))
    // A file that the user names may be replaced; a file at the default path only if an earlier run wrote it.
    if (reporter.file === null && reporter.name !== 'json' && existsSync(file) && !isOurs(join(folder, 'report.json')))
      throw new ReportError(
        `${file} is not of an earlier run and would be overwritten. Choose another folder with --report, or name a file: --reporter ${reporter.name}=FILE.`,
      )
    if (problem !== null)
      throw new ReportError(
        `The reporter ${reporter.name} cannot write ${file}: ${problem}. Name another file: --reporter ${reporter.name}=FILE.`,
      )
  }
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory()

/**
 * Writes one format of a report, atomically and readable only by its owner. Creates missing folders.
 * @throws ReportError
 */
export function writeFormat(
  { name, render }: LoadedReporter,
  file: string,
  report: Report,
  options: RenderOptions,
): void {
  try {
    const text = render(report, options)
    privateFolder(dirname(resolve(file)))
    privateFile(resolve(file), text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ReportError(
      `The reporter ${name} could not write ${file}: ${why}. Name another file: --reporter ${name}=FILE.`,
      { cause },
    )
  }
}
