import { defineConfig } from 'vitest/config'
import { contractProject } from './helpers/vitest/index.ts'

// `npm test` runs the project `suite`; `npx vitest run --project contract` runs the contract.
export default defineConfig({
  test: {
    reporters: ['default', './test/support/slowest-files.ts'],
    // A golden file or snapshot that is missing fails; `--update` writes it.
    update: 'none',
    projects: [
      {
        test: {
          name: 'suite',
          include: ['test/**/*.test.ts'],
          globalSetup: ['bin/build.js'],
          // What it imports is for Node alone to load.
          server: { deps: { external: [/\/helpers\/plan\/typescript\.js$/u] } },
          testTimeout: 60_000,
          // Processes: a command that is run in the test's own process needs a working folder and an environment.
          pool: 'forks',
          maxWorkers: 2,
          // vitest runs projects with different numbers of workers one after the other.
          sequence: { groupOrder: 1 },
        },
      },
      contractProject(),
    ],
  },
})
