import { existsSync, readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'

// JavaScript, because Node starts the hooks by themselves, and old Nodes read no TypeScript.

const self = 'simple-oauth-contract'
// Without vitest, the built JavaScript is imported, even in tests of the sources.
const index = ['../contract/index.js', '../../dist/helpers/contract/index.js']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url))
const typescript = /\.[cm]?ts$/u
const require = nodeModule.createRequire(import.meta.url)

/**
 * Functions of newer Node versions.
 * @type {{ registerHooks?: (hooks: object) => void, stripTypeScriptTypes?: (source: string) => string }}
 */
const { registerHooks, stripTypeScriptTypes } = /** @type {any} */ (nodeModule)

/**
 * A file that is not valid TypeScript, or contains more than erasable types.
 * @typedef {SyntaxError & { place: { file: string, line: number, column: number } }} TypeScriptError
 */

let hooked = false

/**
 * Imports a TypeScript or JavaScript file from any folder, node_modules included. In it, the name of our package means this copy.
 * @param {string} url With a query where the file has changed since it was imported.
 * @returns {Promise<unknown>} Rejects with a TypeScriptError, or whatever the file throws.
 */
export async function importFile(url) {
  if (!hooked) {
    // In this thread if Node can: starting another one takes time.
    if (registerHooks) registerHooks({ resolve, load })
    else nodeModule.register(import.meta.url)
    hooked = true
  }
  try {
    return await import(url)
  } catch (error) {
    // Node tells the place of an error in JavaScript only in the printed error.
    const isPlaceless = error instanceof SyntaxError && !('place' in error)
    if (isPlaceless) stripByPackage(readFileSync(new URL(url), 'utf8'), fileURLToPath(url))
    throw error
  }
}

/**
 * `./shared.js` may mean `shared.ts`, as NodeNext requires it in TypeScript.
 * @type {(specifier: string, context: { parentURL?: string | undefined }, next: Function) => any}
 */
export function resolve(specifier, context, next) {
  if (specifier === self) return { url: index?.href, shortCircuit: true }
  const { parentURL = '' } = context
  if (/^\.\.?\/.*\.[cm]?js$/u.test(specifier) && typescript.test(new URL(parentURL).pathname)) {
    const source = specifier.replace(/js$/u, 'ts')
    const exists = (/** @type {string} */ one) => existsSync(new URL(one, parentURL))
    if (!exists(specifier) && exists(source)) return next(source, context)
  }
  return next(specifier, context)
}

/**
 * Types become spaces, so that every place in a file stays the same.
 * @type {(url: string, context: { format?: string | null | undefined }, next: Function) => any}
 */
export function load(url, context, next) {
  if (!url.startsWith('file:')) return next(url, context)
  const { pathname } = new URL(url)
  // A spec without "type" in its package.json is a module all the same.
  const format = context.format ?? 'module'
  if (/\.spec\.js$/u.test(pathname) && format === 'module') return next(url, { ...context, format })
  if (!typescript.test(pathname)) return next(url, context)
  const source = stripTypes(readFileSync(new URL(url), 'utf8'), fileURLToPath(url))
  return {
    format: /^commonjs/u.test(format) && pathname.endsWith('.cts') ? 'commonjs' : 'module',
    source,
    shortCircuit: true,
  }
}

/**
 * @param {string} source
 * @param {string} file
 * @returns {string}
 */
function stripTypes(source, file) {
  if (stripTypeScriptTypes) {
    // Authors of contracts need no warning that this is experimental.
    const emitWarning = process.emitWarning.bind(process)
    process.emitWarning = () => undefined
    try {
      return stripTypeScriptTypes(source)
    } catch {
      // Its errors have no place; the package below, which Node uses internally, adds it.
    } finally {
      process.emitWarning = emitWarning
    }
  }
  return stripByPackage(source, file)
}

/** @type {typeof stripTypes} */
function stripByPackage(source, file) {
  try {
    /** @type {typeof import('@swc/wasm-typescript')} */
    const { transformSync } = require('@swc/wasm-typescript')
    return transformSync(source, { mode: 'strip-only', module: true, filename: file }).code
  } catch (problem) {
    const { message, startLine, startColumn } = /** @type {any} */ (problem)
    if (typeof startLine !== 'number') throw problem
    throw Object.assign(new SyntaxError(message), { place: { file, line: startLine, column: startColumn + 1 } })
  }
}
