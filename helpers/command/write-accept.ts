import { stringify } from 'yaml'
import type { JudgedChange } from '../compare/compare.ts'
import { changeText, contractsOf } from '../report/comparison-text.ts'
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
