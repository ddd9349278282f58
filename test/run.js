// Runs the `main` of a TypeScript file of the tests: node test/run.js test/mutation/make-matrix.ts
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfStale } from '../bin/build.js'

const [file = '', ...rest] = process.argv.slice(2)
buildIfStale()
const { importFile } = await import(new URL('../dist/helpers/plan/typescript.js', import.meta.url).href)
const { main } = /** @type {{ main: (args: readonly string[]) => Promise<void> }} */ (
  await importFile(pathToFileURL(resolve(file)).href)
)
await main(rest)
