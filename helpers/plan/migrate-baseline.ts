import { readFileSync, writeFileSync } from 'node:fs'
import { isNode, parseDocument, stringify } from 'yaml'
import type { Check } from '../contract/case.ts'
import { isObject, type Json } from '../model/verdict.ts'
import { count } from '../report/run.ts'
import { formerOf, KnownIssuesError, readEntries } from './known-issues.ts'

/**
 * Rewrites the values of a baseline that are in the form of an earlier version, in place: nothing else of the file changes, its
 * comments and its layout included. Returns what it did, in one sentence.
 * @throws KnownIssuesError with file:line:column; the file is then as it was.
 */
export function migrateBaseline(file: string, checks: readonly Check[]): string {
  const { value: entries, fail } = readEntries(file, checks)
  const replacements = entries.flatMap((entry, index) => {
    const former = formerOf(entry, checks)
    if (former === undefined) return []
    if (former.now === null)
      fail([String(index), 'actual'], 'no version has reported this value. Copy the value from report.json.')
    return [{ index, now: former.now }]
  })
  const text = readFileSync(file, 'utf8')
  if (replacements.length > 0) writeFileSync(file, replaceAll(file, text, replacements))
  return replacements.length === 0
    ? `${file} is up to date.`
    : `${file}: ${count(replacements.length, 'value')} migrated, ${entries.length - replacements.length} unchanged.`
}

function replaceAll(file: string, text: string, replacements: readonly { index: number; now: Json }[]): string {
  const document = parseDocument(text, { merge: true })
  // From the end, so that earlier offsets stay true.
  return [...replacements].reverse().reduce((before, { index, now }) => {
    const node: unknown = document.getIn([index, 'actual'], true)
    const range = isNode(node) ? node.range : null
    // A value that comes from a merge key (`<<`) has no place of its own.
    if (!range) throw new KnownIssuesError(`${file}: entry ${index + 1} has no "actual" of its own. Write it out.`)
    const [start, end] = range
    const lineEnd = before.slice(start, end).endsWith('\n') ? '\n' : ''
    return before.slice(0, start) + flow(now) + lineEnd + before.slice(end)
  }, text)
}

/** In one line: `{ status: 200, issued: [access_token] }`. */
function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (!isObject(value)) return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()
  const members = Object.entries(value).map(([name, member]) => `${name}: ${flow(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}
