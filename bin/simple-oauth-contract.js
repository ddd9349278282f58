#!/usr/bin/env node
// Plain JavaScript on purpose: Node runs no TypeScript inside node_modules, so vite loads the command from its sources.
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

// Loading the sources takes a moment in which a signal would end Node without a word.
const early = () => {
  process.stdout.write('0 passed, 0 failed, 0 skipped\n')
  process.exit(2)
}
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
for (const signal of signals) process.on(signal, early)

const main = fileURLToPath(new URL('../helpers/command/main.ts', import.meta.url))
const { module } = await runnerImport(main, { configFile: false, envDir: false, publicDir: false, logLevel: 'silent' })
await module.main(process.argv.slice(2), () => {
  for (const signal of signals) process.off(signal, early)
})
