import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { contractProject } from './helpers/vitest/index.ts'
import SlowestFirst from './test/support/slowest-first.ts'

// `npm test` runs the project `suite`, `npm run test:e2e` the project `e2e`; `npx vitest run --project contract` runs the contract.
const suite = {
  test: {
    name: 'suite',
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/e2e/**'],
    globalSetup: ['bin/build.js'],
    // What it imports is for Node alone to load.
    server: {
      deps: {
        external: [/\/helpers\/plan\/typescript\.js$/u],
        // Its modules import each other without a file extension.
        inline: ['@openid/appauth'],
      },
    },
    testTimeout: 60_000,
    // Processes: a command that is run in the test's own process needs a working folder and an environment.
    pool: 'forks',
    // One more than two cores compute with: some files mostly wait for an expiry or for a process.
    maxWorkers: 3,
    // The files of a worker share its modules, which it would take longer to load than to test. So no file may replace a module
    // (`vi.mock`); a function takes what a test replaces.
    isolate: false,
    // Exchanges live longer than the young generation of Node's heap is meant for.
    execArgv: ['--max-semi-space-size=64'],
    // vitest runs projects with different numbers of workers one after the other.
    sequence: { groupOrder: 1 },
  },
} satisfies TestProjectInlineConfiguration

/** What needs a browser, an installation from npm, a container engine or a real Drupal. */
const e2e = {
  test: { ...suite.test, name: 'e2e', include: ['test/e2e/**/*.test.ts'], exclude: configDefaults.exclude },
} satisfies TestProjectInlineConfiguration

export default defineConfig({
  test: {
    reporters: ['default', './test/support/slowest-files.ts'],
    // A golden file or snapshot that is missing fails; `--update` writes it.
    update: 'none',
    sequence: { sequencer: SlowestFirst },
    projects: [suite, e2e, contractProject()],
  },
})
