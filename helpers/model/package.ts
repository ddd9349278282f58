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

interface Manifest {
  readonly name: string
  readonly version: string
  readonly repository?: string | { readonly url?: string }
}

const { name, version, repository } = readPackageJson('package.json') as Manifest

export const suite = { name, version } as const

/**
 * The address of the published source, from `repository` in package.json, the only place that names it. Undefined if it names none; then
 * nothing links there.
 */
export const repositoryUrl = webAddress(repository)

/** `https://host/owner/name` from any form that npm accepts: `git+https://….git`, an object or a string. */
export function webAddress(of: Manifest['repository']): string | undefined {
  const url = (typeof of === 'string' ? of : of?.url)?.replace(/^git\+/u, '').replace(/\.git$/u, '')
  return url?.startsWith('https://') ? url : undefined
}
