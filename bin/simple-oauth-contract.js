#!/usr/bin/env node
// Plain JavaScript on purpose: Node runs no TypeScript inside node_modules.
import { fileURLToPath } from 'node:url'
import { load } from './load.js'

// Loading the sources takes a moment in which a signal would end Node without a word.
const early = () => {
  process.stdout.write('0 passed, 0 failed, 0 skipped\n')
  process.exit(2)
}
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
for (const signal of signals) process.on(signal, early)

const [source] = await load([fileURLToPath(new URL('../helpers/command/main.ts', import.meta.url))]).catch((error) => {
  const next = 'Make room in the folder of temporary files, or name another one with TMPDIR.'
  process.stderr.write(`The command cannot be loaded: ${error.message}. ${next}\n`)
  early()
})
const { main } = await source()
await main(process.argv.slice(2), () => {
  for (const signal of signals) process.off(signal, early)
})
