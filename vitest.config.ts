import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { contractProject } from './helpers/vitest/index.ts'

// `npm test` runs the projects `suite` and `suite-computing`; `npx vitest run --project contract` runs the contract.
/** These only compute: in one process a worker, whose modules they share, they take less than half of the time. */
const computing = ['compare', 'docs', 'http', 'judge', 'merge', 'model', 'plan', 'report', 'targets/install'].map(
  (folder) => `test/${folder}/*.test.ts`,
)

const suite = (name: string, include: string[], options: TestProjectInlineConfiguration['test']) =>
  ({
    test: {
      ...{ name, include, ...options },
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
  }) satisfies TestProjectInlineConfiguration

export default defineConfig({
  test: {
    reporters: ['default', './test/support/slowest-files.ts'],
    // A golden file or snapshot that is missing fails; `--update` writes it.
    update: 'none',
    projects: [
      suite('suite', ['test/**/*.test.ts'], { exclude: computing }),
      suite('suite-computing', computing, { isolate: false }),
      contractProject(),
    ],
  },
})
