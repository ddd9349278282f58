import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this package, wherever it is installed. */
export const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

const { name, version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  name: string
  version: string
}

export const suite = { name, version } as const
