// Runs the `main` of a TypeScript file of the tests: node test/run.js test/faults/bench-faults.ts
import { resolve } from 'node:path'
import { runnerImport } from 'vite'

const [file, ...rest] = process.argv.slice(2)
const { module } = await runnerImport(resolve(file), {
  configFile: false,
  envDir: false,
  publicDir: false,
  logLevel: 'error',
})
await module.main(rest)
