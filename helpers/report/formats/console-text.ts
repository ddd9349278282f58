import { outcomeOf } from '../report.ts'
import { closing } from '../summary.ts'
import { painter } from '../text.ts'
import type { Render } from './table.ts'

/** The summary at the end of a run, without colors. */
export const consoleText: Render = (report, { rerunCommand, folder }) =>
  `${closing(outcomeOf(report), report.milliseconds ?? 0, { header: report, report: folder, rerunCommand, paint: painter(false) })}\n`
