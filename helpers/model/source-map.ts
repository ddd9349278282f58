import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A place in a file; line and column begin with 1, or are 0 if unknown. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

const maps = new Map<string, SourceMap | null>()

/** Read on demand: a run without errors needs only those of the specs. */
function mapOf(file: string): SourceMap | null {
  let map = maps.get(file)
  if (map === undefined) {
    try {
      map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload)
    } catch {
      map = null
    }
    maps.set(file, map)
  }
  return map
}

/** Maps a place in a built file to its TypeScript source; a place in any other file is returned unchanged. */
export function sourcePlace(place: Place): Place {
  const found = mapOf(place.file)?.findEntry(place.line - 1, place.column - 1)
  if (!found || !('originalSource' in found)) return place
  return {
    file: fileURLToPath(new URL(found.originalSource, pathToFileURL(place.file))),
    line: found.originalLine + 1,
    column: found.originalColumn + 1,
  }
}

/** The stack of an error, with places in the sources. */
export function sourceStack({ stack, message }: Error): string {
  return (stack ?? message).replace(
    /((?:file:\/\/)?\/[^()\n]*?\.js):(\d+):(\d+)/gu,
    (whole, path: string, row: string, col: string) => {
      const place = {
        file: path.startsWith('file:') ? fileURLToPath(path) : path,
        line: Number(row),
        column: Number(col),
      }
      const { file, line, column } = sourcePlace(place)
      return file === place.file ? whole : `${file}:${line}:${column}`
    },
  )
}
