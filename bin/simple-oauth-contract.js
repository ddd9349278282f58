#!/usr/bin/env node
// Plain JavaScript on purpose: Node runs no TypeScript inside node_modules, so vite loads the command from its sources.
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const main = fileURLToPath(new URL('../helpers/command/main.ts', import.meta.url))
const { module } = await runnerImport(main, { configFile: false, envDir: false, publicDir: false, logLevel: 'silent' })
await module.main(process.argv.slice(2))
