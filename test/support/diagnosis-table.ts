import { diagnoses, layers, type Diagnosis } from '../../fixtures/diagnoses.ts'

const blanks: Readonly<Record<string, string>> = {
  location: 'the address',
  fields: 'the fields',
  says: 'the message',
  what: '…',
}

/** The table of docs/doctor.md: every condition, in the order of its layers. */
export function diagnosisTable(): string {
  const order = Object.keys(layers)
  const rows = (Object.entries(diagnoses) as [string, Diagnosis][])
    .filter(([, { cause }]) => cause !== '{what}')
    .sort(([, one], [, other]) => order.indexOf(one.layer) - order.indexOf(other.layer))
  const cell = (text: string): string =>
    text
      .replaceAll(/\{(\w+)\}/gu, (_, name: string) => `*${blanks[name] ?? name}*`)
      .replaceAll('|', '\\|')
      .replaceAll('_', '\\_')
  return [
    '| layer | ID | cause | remedy |',
    '|---|---|---|---|',
    ...rows.map(
      ([id, { layer, cause, remedy }]) => `| ${layers[layer]} | \`${id}\` | ${cell(cause)} | ${cell(remedy)} |`,
    ),
  ].join('\n')
}
