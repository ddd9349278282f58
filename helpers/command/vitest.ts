import { join } from 'node:path'
import type { SerializedError } from 'vitest'
import { createVitest, type Reporter, type TestModule, type Vitest } from 'vitest/node'
import { makeRunFolder, removeFolder, sweepLeftovers } from '../target/run-folder.ts'
import { ownImport } from './own-import.ts'
import { packageRoot } from './package.ts'
import type { Plan } from './worker.ts'

/** vitest cannot work here. Exit code 2. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError'
  readonly code = 'temporary-folder'
}

/** What vitest said went wrong outside any verdict: a spec that does not load, a worker that died. */
interface RunnerOutcome {
  readonly problems: readonly string[]
}

/**
 * Starts vitest beside the target, so that both are ready at about the same time.
 * @throws RunnerError where no temporary folder can be made.
 */
export async function prepareRunner(files: readonly string[]): Promise<(plan: Plan) => Promise<RunnerOutcome>> {
  const cacheDir = temporaryFolder()
  // vite writes here as long as it lives; the command may end in many ways.
  process.once('exit', () => {
    removeFolder(cacheDir)
  })
  const problems = new Set<string>()
  const vitest = await createVitest('test', runnerOptions(files, [reporter(problems)]), {
    envDir: false,
    publicDir: false,
    cacheDir: join(cacheDir, 'temp'),
    logLevel: 'silent',
    plugins: [ownImport],
  })
  return async (plan) => {
    vitest.provide('plan', plan)
    await start(vitest, problems)
    return { problems: [...problems] }
  }
}

/** A folder that a later start removes should this process be killed. */
function temporaryFolder(): string {
  try {
    sweepLeftovers()
    return makeRunFolder('')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const next = 'Make room in the folder of temporary files, or name another one with TMPDIR.'
    throw new RunnerError(`No temporary folder can be made: ${why}. ${next}`, { cause })
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
    // What is special in a pattern may stand in a path.
    include: files.map((file) => file.replace(/[()[\]{}!*?@+|]/gu, '\\$&')),
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

async function start(vitest: Vitest, problems: Set<string>): Promise<void> {
  try {
    await vitest.start()
  } catch (error) {
    problems.add(error instanceof Error ? error.message : String(error))
  }
}

function reporter(problems: Set<string>): Reporter {
  return {
    onTestRunEnd: (modules, errors) => {
      for (const problem of [...modules.flatMap(errorsOf), ...errors.map(withCause)]) problems.add(problem)
    },
  }
}

/** Of the file itself, and of tests that came to no verdict; a red verdict is an error of its test too. */
function errorsOf(module: TestModule): string[] {
  const open = [...module.children.allTests('failed')].filter((test) => test.meta().verdict === undefined)
  const ofTests = open.flatMap((test) => test.result().errors ?? [])
  return [...module.errors().map((error) => `${module.moduleId}: ${withCause(error)}`), ...ofTests.map(withCause)]
}

function withCause({ message, cause }: Pick<SerializedError, 'message' | 'cause'>): string {
  return cause === undefined ? message : `${message} (${withCause(cause)})`
}
