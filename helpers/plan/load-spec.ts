import { statSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Declared } from '../contract/case.ts'
import * as vocabulary from '../contract/index.ts'
import { setSink } from '../contract/contract-test.ts'
import { sourcePlace, type Place } from '../model/source-map.ts'
import { didYouMean, near } from '../settings/suggest.ts'
import { importFile } from './typescript.js'

/** A spec file does not load. */
export class SpecError extends Error implements Place {
  override readonly name = 'SpecError'
  readonly file: string
  readonly line: number
  readonly column: number
  constructor(message: string, { file, line, column }: Place, cause: unknown) {
    super(message, { cause })
    this.file = file
    this.line = line
    this.column = column
  }
}

/** What a file declared, and when it was last changed: Node runs a module only once. */
const loaded = new Map<string, { readonly changed: number; readonly declared: readonly Declared[] }>()

/**
 * The declarations of a spec file, each with its place in the source.
 * @param own Whether it is one of ours, which is built or loaded by vitest.
 * @throws SpecError
 */
export async function declarationsIn(file: string, own: boolean): Promise<readonly Declared[]> {
  const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  if (changed === undefined) throw new SpecError('There is no such file.', { file, line: 0, column: 0 }, null)
  const before = loaded.get(file)
  if (before?.changed === changed) return before.declared
  const url = pathToFileURL(file).href + (before ? `?${changed}` : '')
  const declared: Declared[] = []
  // The sink is global, so that it works with another copy of this package.
  const restore = setSink((one) => {
    // The stack omits a file with a space in its path.
    const { line, column } = one
    declared.push({ ...one, ...sourcePlace({ file, line, column }) })
  })
  try {
    await (own ? import(/* @vite-ignore */ url) : importFile(url))
  } catch (cause) {
    throw new SpecError(
      withSuggestion(cause instanceof Error ? cause.message : String(cause)),
      sourcePlace(placeOf(cause, file)),
      cause,
    )
  } finally {
    restore()
  }
  loaded.set(file, { changed, declared })
  return declared
}

/** A misspelt name most likely means an export of the package. */
function withSuggestion(message: string): string {
  const [, missing, called] = /named '(\w+)'|^\w+\.(\w+) is not a function$/u.exec(message) ?? []
  return message + didYouMean(near(missing ?? called ?? '', Object.keys(vocabulary)))
}

/** The place of an error: as the compiler says, else the file's own line in the stack. */
function placeOf(cause: unknown, file: string): Place {
  if (!(cause instanceof Error)) return { file, line: 0, column: 0 }
  if ('place' in cause) return cause.place as Place
  const { stack = '' } = cause
  const names = [pathToFileURL(file).href, file]
  for (const name of names) {
    const at = stack.indexOf(`${name}:`) >= 0 ? stack.indexOf(`${name}:`) : stack.indexOf(`${name}?`)
    const found = at < 0 ? null : /^(?:\?[\d.]+)?:(\d+)(?::(\d+)|\n.*\n( *)\^)?/u.exec(stack.slice(at + name.length))
    if (found) {
      const [, line, column = (found[3]?.length ?? 0) + 1] = found
      return { file, line: Number(line), column: Number(column) }
    }
  }
  return { file, line: 0, column: 0 }
}
