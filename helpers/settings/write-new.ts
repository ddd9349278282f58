import { writeFileSync } from 'node:fs'
import { SettingsError } from './settings-error.ts'

/**
 * Writes a new file for people to edit.
 * @throws SettingsError if the file exists or cannot be written.
 */
export function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'it exists, and its reasons would be lost' : String(cause)
    throw new SettingsError('bad-value', `${file} is not written: ${why}. Name another file.`)
  }
}
