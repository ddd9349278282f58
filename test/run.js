// Runs the `main` of a TypeScript file of the tests: node test/run.js test/mutation/bench-faults.ts
import { resolve } from 'node:path'
import { load } from '../bin/load.js'

const [file = '', ...rest] = process.argv.slice(2)
for (const source of await load([resolve(file)])) {
  const { main } = /** @type {{ main: (args: readonly string[]) => Promise<void> }} */ (await source())
  await main(rest)
}
