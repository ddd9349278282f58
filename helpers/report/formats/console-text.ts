import { briefClosing } from '../brief-summary.ts'
import { outcomeOf } from '../report.ts'
import { painter } from '../text.ts'
import type { Render } from './table.ts'

/** The summary at the end of a run, without colors, at 80 columns. */
export const consoleText: Render = (report, { rerunCommand, folder }) => {
  const context = { header: report, report: folder, rerunCommand, paint: painter(false) }
  return `${briefClosing(outcomeOf(report), context, 80)}\n`
}
