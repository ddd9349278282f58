import { resolve } from 'node:path'
import type { RunContext } from '../plan/run-context.ts'
import { writeComparison } from '../report/comparison-files.ts'
import type { ComparisonConsole } from '../report/comparison-console.ts'
import { requireReportFolder } from '../report/report-folder.ts'
import { painter } from '../report/text.ts'
import { writeUpgrade } from '../upgrade/files.ts'
import { concludeUpgrade } from '../upgrade/outcome.ts'
import { columnsOf, createProgress } from '../upgrade/progress.ts'
import { upgradeConclusion, upgradeText } from '../upgrade/text.ts'
import { isColored } from './color.ts'
import { combineFailures, failureOf, stop } from './failure.ts'
import { UpgradeRun, type Known } from './upgrade-run.ts'

/** How an upgrade without a verdict yet ends: `upgrade begin`. Null where there is a verdict to report. */
export type Ending = (known: Known, options: ComparisonConsole & { quiet: boolean }) => EndingText | null

interface EndingText {
  readonly text: string
  readonly exitCode: 0 | 2
}

/**
 * Runs an upgrade, or one half of it, from settings to exit code. However it ends, everything it started is stopped, the reports are
 * written and the closing line is printed.
 * @throws ReportError before anything starts, where the report could not be written.
 */
export async function conductUpgrade(
  context: RunContext,
  known: Known,
  go: (run: UpgradeRun) => Promise<void>,
  ending: Ending = () => null,
): Promise<void> {
  const { settings } = context
  const folder = resolve(settings.report)
  requireReportFolder(folder)
  const color = isColored(process.stdout, process.env)
  const stream = process.stdout
  const progress = createProgress({ stream, tty: stream.isTTY, quiet: settings.quiet, color })
  const running = new UpgradeRun(context, known, progress)
  const ticking = setInterval(progress.tick, 1_000)
  let finished = false
  const finish = (end: Partial<Pick<Known, 'interrupted' | 'failure'>>): void => {
    if (finished) return
    finished = true
    clearInterval(ticking)
    Object.assign(known, end)
    try {
      running.writeUnfinished(known.interrupted?.signal ?? null)
    } catch (error) {
      known.failure = combineFailures(known.failure, failureOf(error))
    }
    known.failure = stop(running.stopping, known.failure)
    const { verbose, quiet, report } = settings
    const options = { paint: painter(color), width: columnsOf(stream), verbose, quiet, report }
    const own = ending(known, options)
    try {
      if (own === null && (known.before ?? known.survival ?? known.broken)) {
        if (known.comparison) writeComparison(folder, known.comparison)
        writeUpgrade(folder, known)
      }
    } catch (error) {
      known.failure = combineFailures(known.failure, failureOf(error))
    }
    process.exitCode = own?.exitCode ?? concludeUpgrade(known).exitCode
    progress.finish(own?.text ?? (quiet ? upgradeConclusion(known, options) : upgradeText(known, options)))
  }
  process.on('exit', () => {
    finish({ failure: { code: 'suite-error', message: 'The command ended before the upgrade did; see above.' } })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      finish({ interrupted: { signal, during: running.during } })
      process.exit()
    })
  }
  try {
    await go(running)
    finish({})
  } catch (error) {
    finish({ failure: failureOf(error) })
  }
  process.exit()
}
