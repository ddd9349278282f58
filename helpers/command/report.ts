import { dirname } from 'node:path'
import { writeFormat } from '../report/formats/write.ts'
import { formatOf } from '../report/formats/table.ts'
import { readWholeReport } from '../report/read-report.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { invocation } from './invocation.ts'
import { readReporter } from './reporters.ts'

/**
 * Makes a format of an earlier report, and writes or prints it.
 * @param args FORMAT and REPORT.
 * @throws SettingsError, ReportReadError, ReportError
 */
export async function showReport(
  args: readonly string[],
  output: string | null,
  say: (line: string) => void,
): Promise<void> {
  const [word, path = 'results/latest'] = args
  if (word === undefined)
    throw new SettingsError(
      'bad-value',
      '"report" needs a format: report FORMAT REPORT, as in "report markdown results/latest".',
    )
  const { name } = readReporter(word)
  const report = readWholeReport(path)
  const options = { rerunCommand: invocation(process.env), folder: path.endsWith('.json') ? dirname(path) : path }
  const render = await formatOf(name).load()
  if (output === null) say(render(report, options).replace(/\n$/u, ''))
  else writeFormat({ name, file: output, render }, output, report, options)
}
