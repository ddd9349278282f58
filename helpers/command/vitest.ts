import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVitest, type Reporter, type Vitest } from 'vitest/node'
import { packageRoot } from './package.ts'
import type { Plan } from './worker.ts'

/** What vitest said went wrong outside any check: a spec that does not load, a worker that died. */
export interface RunnerOutcome {
  readonly problems: readonly string[]
}

/** Starts vitest beside the target, so that both are ready at about the same time. */
export async function prepareRunner(files: readonly string[]): Promise<{
  run(plan: Plan): Promise<RunnerOutcome>
  close(): Promise<void>
}> {
  const cacheDir = mkdtempSync(join(tmpdir(), 'simple-oauth-contract-vite-'))
  // vite writes here as long as it lives; the command may end in many ways.
  process.once('exit', () => rmSync(cacheDir, { recursive: true, force: true }))
  const problems: string[] = []
  const vitest = await createVitest('test', runnerOptions(files, [reporter(problems)]), {
    envDir: false,
    publicDir: false,
    cacheDir,
    logLevel: 'silent',
  })
  return {
    run: async (plan) => {
      vitest.provide('plan', plan)
      await start(vitest, problems)
      return { problems }
    },
    close: () => vitest.close(),
  }
}

/** One worker without isolation: logins and controls are shared (450 ms a file with isolation, 11 without). */
function runnerOptions(
  files: readonly string[],
  reporters: Reporter[],
): NonNullable<Parameters<typeof createVitest>[1]> {
  return {
    root: packageRoot,
    config: false,
    watch: false,
    include: [...files],
    exclude: [],
    setupFiles: [join(packageRoot, 'helpers', 'command', 'worker.ts')],
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    includeTaskLocation: true,
    retry: 0,
    // The session ends every check in time; vitest's own clock would count waiting for a free worker.
    testTimeout: 0,
    sequence: { concurrent: true },
    maxConcurrency: 10_000,
    reporters,
  }
}

async function start(vitest: Vitest, problems: string[]): Promise<void> {
  try {
    await vitest.start()
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
  }
}

function reporter(problems: string[]): Reporter {
  return {
    onTestRunEnd: (modules, errors) => {
      for (const module of modules)
        for (const error of module.errors()) problems.push(`${module.moduleId}: ${error.message}`)
      for (const error of errors) problems.push(error.message)
    },
  }
}
