import { defineConfig } from 'vitest/config'

// `npm test` runs the project `suite`; editors and `npx vitest --project contract` run single contracts.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'suite',
          include: ['test/**/*.test.ts'],
          globalSetup: ['bin/build.js'],
          // What it imports is for Node alone to load.
          server: { deps: { external: [/\/helpers\/plan\/typescript\.js$/u] } },
          testTimeout: 60_000,
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
          includeTaskLocation: true,
          testTimeout: 0,
        },
      },
    ],
  },
})
