import { defineConfig } from 'vitest/config'

// `npm test` runs the project `suite`; editors and `npx vitest --project contract` run single contracts.
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
        },
      },
      {
        test: {
          name: 'contract',
          include: ['specs/**/*.spec.ts'],
          globalSetup: ['helpers/command/editor/global-setup.ts'],
          setupFiles: ['helpers/command/editor/worker.ts'],
          pool: 'threads',
          isolate: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          includeTaskLocation: true,
          testTimeout: 0,
        },
      },
    ],
  },
})
