import { existsSync } from 'node:fs'

// While the command loads, a signal would end Node without a message.
const early = () => {
  process.stdout.write('0 passed, 0 failed, 0 skipped\n')
  process.exit(2)
}
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
for (const signal of signals) process.on(signal, early)

// Only a clone has it: there, the sources may have changed since the last build.
const build = new URL('./build.js', import.meta.url)
if (existsSync(build)) {
  const { buildIfStale } = await import(build.href)
  try {
    buildIfStale()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    early()
  }
}
const { main } = await import(new URL('../dist/helpers/command/main.js', import.meta.url).href)
await main(process.argv.slice(2), () => {
  for (const signal of signals) process.off(signal, early)
})
