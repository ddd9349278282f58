import { defineConfig } from 'vitest/config'
import { contractProject } from './helpers/vitest/index.ts'

// `npm test` runs the project `suite`; `npx vitest run --project contract` runs the contract.
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
      contractProject(),
    ],
  },
})
