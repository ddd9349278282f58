import { formatNames, type FormatName } from '../report/formats/table.ts'
import type { Reporter } from '../report/formats/write.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { settingRows } from '../settings/settings-table.ts'
import { didYouMean, near } from '../settings/suggest.ts'

/**
 * The reporters of a run: those that were named, or the default, on GitHub Actions with `github`.
 * @throws SettingsError
 */
export function reportersOf(
  texts: readonly string[],
  { GITHUB_ACTIONS: actions }: Readonly<Record<string, string | undefined>>,
): Reporter[] {
  const isDefault = texts.join(',') === settingRows.reporter.fallback
  return [...texts, ...(isDefault && actions === 'true' ? ['github'] : [])].map(readReporter)
}

/**
 * `NAME` or `NAME=FILE`
 * @throws SettingsError
 */
export function readReporter(text: string): Reporter {
  const [name = '', file] = text.split(/=(.*)/su)
  if (!isFormat(name))
    throw new SettingsError(
      'bad-value',
      `Unknown reporter "${name}".${didYouMean(near(name, formatNames))} Valid values: ${formatNames.join(', ')}.`,
    )
  if (file === '')
    throw new SettingsError(
      'bad-value',
      `The reporter "${name}=" names no file. Leave the = out, or give a file: ${name}=FILE.`,
    )
  if (file !== undefined && name === 'github')
    throw new SettingsError(
      'bad-value',
      'The reporter github takes no file: annotations go to the log, and the summary to GITHUB_STEP_SUMMARY. For a file, use markdown=FILE.',
    )
  return { name, file: file ?? null }
}

const isFormat = (name: string): name is FormatName => (formatNames as readonly string[]).includes(name)
