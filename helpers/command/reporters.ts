import { formatNames, type FormatName } from '../report/formats/table.ts'
import type { Reporter } from '../report/formats/write.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { didYouMean, near } from '../settings/suggest.ts'

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
  return { name, file: file ?? null }
}

const isFormat = (name: string): name is FormatName => (formatNames as readonly string[]).includes(name)
