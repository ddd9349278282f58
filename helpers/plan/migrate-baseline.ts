import { readFileSync, writeFileSync } from 'node:fs'
import type { AnySchema } from 'ajv/dist/2020.js'
import { isMap, isNode, isScalar, parseDocument, stringify, type Document } from 'yaml'
import type { Check } from '../contract/case.ts'
import { newAjv } from '../model/ajv.ts'
import { lazy } from '../model/lazy.ts'
import { readPackageJson } from '../model/package.ts'
import type { IssueKind } from '../model/result.ts'
import { isObject, type Json } from '../model/verdict.ts'
import { readYamlFile } from '../settings/yaml-file.ts'
import {
  checkEntry,
  formerOf,
  KnownIssuesError,
  unreadable,
  type DriftEntry,
  type IssueVersions,
  type KnownIssueEntry,
} from './known-issues.ts'

/** An entry of this version or of an earlier one. */
interface FormerEntry extends Omit<KnownIssueEntry, 'kind' | 'versions'> {
  readonly kind?: IssueKind
  readonly versions: Readonly<Record<string, string | IssueVersions>>
}

/** The current schema, but versions may be a single range and the kind may be missing. */
const validator = lazy(() => {
  const schema = readPackageJson('fixtures/schemas/known-issues.schema.json') as {
    $defs: { issue: { required: string[] }; versions: object }
  }
  const { issue, versions } = schema.$defs
  issue.required = issue.required.filter((member) => member !== 'kind')
  Object.assign(schema.$defs, { versions: { anyOf: [{ type: 'string' }, versions] } })
  return newAjv({ allErrors: true, allowUnionTypes: true }).compile<(FormerEntry | DriftEntry)[]>(schema as AnySchema)
})

/** A replacement of a part of the file; an empty part is an insertion. */
interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/**
 * Rewrites entries of a baseline that are in a former form, in place; comments, layout and everything else stay unchanged. Returns what it
 * did, in one sentence.
 * @throws KnownIssuesError with file:line:column; the file is then unchanged.
 */
export function migrateBaseline(file: string, checks: readonly Check[]): string {
  const { value: entries, fail } = readYamlFile(file, {
    validate: validator(),
    unreadable,
    error: KnownIssuesError,
    empty: [],
  })
  const text = readFileSync(file, 'utf8')
  const document = parseDocument(text, { merge: true })
  const edits = entries.map((entry, index): Edit[] => {
    checkEntry(entry, checks, (member, problem) => fail([String(index), ...member], problem))
    if ('drift' in entry) return []
    const edit = editor(file, text, document, index)
    const former = formerOf(entry, checks)
    if (former?.now === null)
      fail([String(index), 'actual'], 'no version has reported this value. Copy the value from report.json.')
    return [
      ...(entry.kind === undefined ? [edit.insert(`kind: ${kindOf(entry)}`)] : []),
      ...(former ? [edit.replace(['actual'], former.now)] : []),
      ...Object.entries(entry.versions).flatMap(([name, range]) =>
        typeof range === 'string' ? [edit.replace(['versions', name], { seen: [], assumed: range })] : [],
      ),
    ]
  })
  const changed = edits.filter((of) => of.length > 0).length
  if (changed === 0) return `${file} is up to date.`
  writeFileSync(file, applied(text, edits.flat()))
  return `${file}: ${changed} ${changed === 1 ? 'entry' : 'entries'} migrated, ${entries.length - changed} unchanged.`
}

/** In 0.1.0 only weaknesses needed an owner. */
const kindOf = ({ owner }: FormerEntry): IssueKind => (owner === undefined ? 'difference' : 'weakness')

function editor(file: string, text: string, document: Document, index: number) {
  const own = (path: readonly string[]): never => {
    throw new KnownIssuesError(`${file}: entry ${index + 1} has no "${path[0]}" of its own. Write it out.`)
  }
  return {
    /** Behind the member `contract`. */
    insert(member: string): Edit {
      const entry: unknown = document.getIn([index], true)
      const pair = isMap(entry) ? entry.items.find(({ key }) => isScalar(key) && key.value === 'contract') : undefined
      const [key, value] = [pair?.key, pair?.value].map((node) => (isNode(node) ? node.range : null))
      if (!isMap(entry) || !key || !value) return own(['contract'])
      if (entry.flow) return { from: value[1], to: value[1], text: `, ${member}` }
      const lineEnd = text.indexOf('\n', value[1] - 1)
      const at = lineEnd < 0 ? text.length : lineEnd
      const indent = ' '.repeat(key[0] - (text.lastIndexOf('\n', key[0] - 1) + 1))
      return { from: at, to: at, text: `\n${indent}${member}` }
    },
    replace(path: readonly string[], now: Json): Edit {
      const node: unknown = document.getIn([index, ...path], true)
      const range = isNode(node) ? node.range : null
      // A value from a merge key (`<<`) has no place of its own.
      if (!range) return own(path)
      const [from, to] = range
      return { from, to, text: flow(now) + (text.slice(from, to).endsWith('\n') ? '\n' : '') }
    },
  }
}

/** From the end, so that earlier offsets stay valid. */
const applied = (text: string, edits: readonly Edit[]): string =>
  [...edits]
    .sort((one, other) => other.from - one.from)
    .reduce((before, edit) => before.slice(0, edit.from) + edit.text + before.slice(edit.to), text)

/** In one line: `{ status: 200, issued: [access_token] }`. */
function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (!isObject(value)) return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()
  const members = Object.entries(value).map(([name, member]) => `${name}: ${flow(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}
