import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import { readDotenv } from '../settings/settings.ts'

/** The sources in a clone, otherwise the built files. */
const end = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/**
 * The contract as a project of vitest, for `test.projects` of a `vitest.config.ts`: one test a check, with the settings of the
 * command from the environment and `.env` (`CONTRACT_TARGET`, `CONTRACT_ONLY`, …), its verdicts, report and exit code.
 *
 * @example
 * export default defineConfig({ test: { projects: [contractProject()] } })
 */
export function contractProject(): TestProjectInlineConfiguration {
  return {
    test: {
      name: 'contract',
      include: [`${at('../../specs')}/**/*.spec.${end}`, ...ownContracts()],
      // Our specs are in node_modules, which vitest excludes by default; only contracts about upgrades are excluded here.
      exclude: [`${at('../../specs')}/upgrade/**`],
      alias: [{ find: /^simple-oauth-contract$/u, replacement: at(`../contract/index.${end}`) }],
      server: { deps: { external: [/\/helpers\/plan\/typescript\.js$/u] } },
      globalSetup: [at(`./global-setup.${end}`)],
      setupFiles: [at(`./worker.${end}`)],
      // One worker holds the logins and controls that all files share.
      pool: 'threads',
      isolate: false,
      maxWorkers: 1,
      retry: 0,
      includeTaskLocation: true,
      // Each check has its own time limit.
      testTimeout: 0,
      hookTimeout: 0,
    },
  }
}

function ownContracts(): string[] {
  try {
    const folder = process.env['CONTRACT_CONTRACTS'] || readDotenv('.env')['CONTRACT_CONTRACTS']
    return folder ? [`${realpathSync(folder)}/**/*.spec.{ts,mts,js,mjs}`] : []
  } catch {
    // The run itself reports these settings.
    return []
  }
}
