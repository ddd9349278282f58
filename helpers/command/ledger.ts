import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import semver from 'semver'
import { LineCounter, parseDocument, type Document } from 'yaml'
import schema from '../../fixtures/schemas/ledger.schema.json' with { type: 'json' }
import type { Deviation } from '../judge/conclude.ts'
import { checkName } from '../judge/result.ts'
import type { Json } from '../judge/verdict.ts'
import type { Versions } from '../target/target.ts'

/** One entry as it stands in the file. */
export interface LedgerEntry {
  readonly contract: string
  readonly variants?: readonly string[]
  readonly path: string
  readonly actual: Json
  readonly versions: { readonly simple_oauth: string; readonly league?: string }
  readonly reason: string
  readonly source: string
  readonly owner?: string
  readonly until?: string
}

/** A ledger cannot be read; the message begins with file:line:column. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError'
  readonly code = 'malformed-ledger'
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
// ajv-formats is CommonJS: its default export is the namespace under NodeNext.
;(formats as unknown as (instance: Ajv2020) => void)(ajv)
const validate = ajv.compile<LedgerEntry[]>(schema)

/**
 * Reads one ledger.
 * @param known ids of contracts, and names of their variants.
 * @throws LedgerError
 */
export function readLedger(file: string, known: ReadonlySet<string>): LedgerEntry[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new LedgerError(`${file}: the ledger cannot be read. Give the path of a YAML file with --ledger.`, { cause })
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const fail = (offset: number, problem: string): never => {
    const { line, col } = lines.linePos(offset)
    throw new LedgerError(`${file}:${String(line)}:${String(col)}: ${problem}`)
  }
  const [syntax] = document.errors
  if (syntax) fail(syntax.pos[0], syntax.message)
  const entries: unknown = plainOf(document, fail) ?? []
  if (!validate(entries)) {
    const [problem] = validate.errors ?? []
    const path = problem?.instancePath.split('/').slice(1) ?? []
    const extra = (problem?.params as { additionalProperty?: string } | undefined)?.additionalProperty
    return fail(
      offsetOf(document, path),
      `${problem?.message ?? 'malformed'}${extra === undefined ? '' : `: "${extra}"`}`,
    )
  }
  for (const [index, entry] of entries.entries()) {
    const at = (member: string): number => offsetOf(document, [String(index), member])
    const { contract } = entry
    if (!known.has(contract)) fail(at('contract'), `no contract has the id "${contract}"`)
    const foreign = entry.variants?.find((variant) => !known.has(checkName({ contract, variant })))
    if (foreign !== undefined) fail(at('variants'), `${contract} has no variant "${foreign}"`)
    for (const range of Object.values(entry.versions)) {
      if (semver.validRange(range) === null)
        fail(at('versions'), `"${range}" is no version range, e.g. ">=6.0.0 <6.2.0"`)
    }
  }
  return entries
}

/** Aliases of aliases could grow without end; the library then refuses. */
function plainOf(document: Document, fail: (offset: number, problem: string) => never): unknown {
  try {
    return document.toJS()
  } catch (error) {
    return fail(0, error instanceof Error ? error.message : String(error))
  }
}

function offsetOf(document: Document, path: readonly string[]): number {
  const node: unknown = document.getIn(
    path.map((part) => (/^\d+$/u.test(part) ? Number(part) : part)),
    true,
  )
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node.range as number[] | null) : null
  return range?.[0] ?? (path.length > 0 ? offsetOf(document, path.slice(0, -1)) : 0)
}

/** The entries that apply to a target of these versions today. An unknown version excuses nothing. */
export function chooseDeviations(entries: readonly LedgerEntry[], versions: Versions, today: Date): Deviation[] {
  const applies = (range: string | undefined, version: string | undefined): boolean =>
    range === undefined || (version !== undefined && semver.satisfies(semver.coerce(version) ?? '', range))
  return entries
    .filter(({ versions: due, until }) => {
      const inTime = until === undefined || today.toISOString().slice(0, 10) <= until
      return inTime && applies(due.simple_oauth, versions.simple_oauth) && applies(due.league, versions.league)
    })
    .map(({ versions: _, variants, ...entry }) => ({ ...entry, variants: variants ?? null }))
}
