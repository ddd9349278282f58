// Runs the `main` of a TypeScript file of the tests: node test/run.js test/mutation/bench-faults.ts
import { resolve } from 'node:path'
import { load } from '../bin/load.js'

const [file, ...rest] = process.argv.slice(2)
const [source] = await load([resolve(file)])
await (await source()).main(rest)
