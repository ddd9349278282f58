import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import type { Document } from 'yaml'

const require = createRequire(import.meta.url)
/** Loaded with the first file: most runs read none. */
const yaml = (): typeof import('yaml') => require('yaml') as typeof import('yaml')

/** The path of a value in a document: names of members and indexes of items. */
export type Path = readonly string[]

/** A YAML file, with the means to say where something is wrong in it. */
export interface YamlFile<T> {
  readonly value: T
  /** `file:line:column` of a member's value, or with `key` of its name. */
  readonly place: (path: Path, of?: 'key' | 'value') => string
  /** Throws the reader's own error, which begins with the place. */
  readonly fail: (path: Path, problem: string, of?: 'key' | 'value') => never
}

interface Reader<T> {
  readonly validate: ValidateFunction<T>
  /** The message for an unreadable file. */
  readonly unreadable: string
  readonly error: new (message: string, options?: ErrorOptions) => Error
  /** The value of an empty file. */
  readonly empty: T
  /** Describes a schema error better than ajv; undefined for ajv's words. */
  readonly explain?: (problem: ErrorObject) => string | undefined
}

/** Reads and checks a YAML file. Throws the reader's own error. */
export function readYamlFile<T>(file: string, { validate, unreadable, error, empty, explain }: Reader<T>): YamlFile<T> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new error(`${file}: ${unreadable}`, { cause })
  }
  const { LineCounter, parseDocument } = yaml()
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${String(line)}:${String(col)}`
  }
  const failAt = (offset: number, problem: string): never => {
    throw new error(`${at(offset)}: ${problem}`)
  }
  const place: YamlFile<T>['place'] = (path, of = 'value') =>
    at((of === 'key' ? keyOffset(document, path) : null) ?? offsetOf(document, path))
  const fail: YamlFile<T>['fail'] = (path, problem, of) => {
    throw new error(`${place(path, of)}: ${problem}`)
  }
  const [syntax] = document.errors
  if (syntax) failAt(syntax.pos[0], syntax.message)
  const value: unknown = plainOf(document, failAt) ?? empty
  if (validate(value)) return { value, place, fail }
  const [problem] = validate.errors ?? []
  const path = problem?.instancePath.split('/').slice(1).map(unescapePointer) ?? []
  const { additionalProperty: extra } = (problem?.params ?? {}) as { additionalProperty?: string }
  const own = problem && explain?.(problem)
  if (extra !== undefined) fail([...path, extra], own ?? `${problem?.message ?? 'malformed'}: "${extra}"`, 'key')
  return fail(path, own ?? problem?.message ?? 'malformed')
}

/** The library refuses aliases of aliases that would grow exponentially. */
function plainOf(document: Document, failAt: (offset: number, problem: string) => never): unknown {
  try {
    return document.toJS()
  } catch (error) {
    return failAt(0, error instanceof Error ? error.message : String(error))
  }
}

/** RFC 6901 §4 */
const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

const keys = (path: Path): (string | number)[] => path.map((part) => (/^\d+$/u.test(part) ? Number(part) : part))

function offsetOf(document: Document, path: Path): number {
  const node: unknown = document.getIn(keys(path), true)
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node.range as number[] | null) : null
  return range?.[0] ?? (path.length > 0 ? offsetOf(document, path.slice(0, -1)) : 0)
}

function keyOffset(document: Document, path: Path): number | null {
  const above = path.length > 1 ? document.getIn(keys(path.slice(0, -1)), true) : document.contents
  const { isMap, isScalar } = yaml()
  if (!isMap(above)) return null
  const pair = above.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? null) : null
}
