import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this package, wherever it is installed and whether its sources or the built JavaScript run. */
export const packageRoot = rootAbove(dirname(fileURLToPath(import.meta.url)))

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder))
}

/** Reads a JSON file of this package; Node 20 warns of JSON modules. */
export const readPackageJson = (path: string): unknown => JSON.parse(readFileSync(join(packageRoot, path), 'utf8'))

const { name, version } = readPackageJson('package.json') as { name: string; version: string }

export const suite = { name, version } as const
