import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import type { JudgedChange } from '../compare/compare.ts'
import { changeText, contractsOf } from '../report/comparison-text.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { terminal } from '../report/escape.ts'

/** A file of accepted changes to edit: `--accept` refuses it until reason and owner are filled in. */
export function acceptTemplate(changes: readonly JudgedChange[]): string {
  const entries = changes.map((change) => {
    const contracts = contractsOf(change).map(({ id }) => id)
    const entry = { change: change.id, ...(contracts.length > 0 ? { contracts } : {}), reason: '', owner: '' }
    const what = `${change.class}: ${terminal(changeText(change))}`
    return `# ${what}\n# ${change.sentence}\n${stringify([entry], { lineWidth: 0 })}`
  })
  return [
    '# Changes that are accepted. Fill in why and who answers for it; until: YYYY-MM-DD ends it. Then: compare --accept FILE',
    ...(entries.length === 0 ? ['[]\n'] : entries),
  ].join('\n')
}

/** @throws SettingsError where the file is there already or cannot be written. */
export function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'it exists, and its reasons would be lost' : String(cause)
    throw new SettingsError('bad-value', `${file} is not written: ${why}. Name another file.`)
  }
}
