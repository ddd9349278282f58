import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'
import { runInProcess, type Ended } from './in-process.ts'

export type { Ended } from './in-process.ts'

/** A running command. */
export interface Started {
  readonly ended: Promise<Ended>
  /** Resolves once the standard output matches; rejects where the command ends before. */
  readonly seen: (pattern: RegExp) => Promise<void>
  readonly kill: (signal: NodeJS.Signals) => void
}

/** A folder where the command runs, with a folder of temporary files of its own. */
export interface Place {
  readonly folder: string
  /** A path in the folder. */
  at(...path: string[]): string
  /** What is in the folder of temporary files. */
  temporary(): string[]
  /** Starts the command in a process of its own. */
  start(args: readonly string[], options?: Options): Started
  /** Runs the command to its end, in the test's own process unless the options ask for another one. */
  run(args: readonly string[], options?: Options): Promise<Ended>
  /** Checks of the last run, by name, with their verdicts. */
  verdicts(): Record<string, string>
  report(): { interrupted: string | null; failure: { code: string; message: string } | null; checks: unknown[] }
}

interface Options {
  readonly env?: Readonly<Record<string, string>>
  /** Because the process itself is tested, or because the command would block a server of this process. */
  readonly ownProcess?: boolean
  /** Nobody reads its output, as behind `head`. */
  readonly unread?: true
  /** The package to run; this one by default. */
  readonly root?: string
}

/** A new place, removed when the test ends; its options hold for each of its runs. */
export function newPlace({
  ownProcess = false,
  verbose = false,
}: Pick<Options, 'ownProcess'> & { readonly verbose?: boolean } = {}): Place {
  const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
  // It may hold the copy of a whole codebase.
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)
  const at = (...path: string[]): string => join(folder, ...path)
  mkdirSync(at('tmp'))
  // A clean environment: CI, engine, npm and vitest variables would change the result.
  const environment = (env: Options['env'] = {}) => ({
    PATH: process.env['PATH'],
    HOME: folder,
    TMPDIR: at('tmp'),
    DOCKER_HOST: `unix://${at('no-engine')}`,
    ...(verbose ? { CONTRACT_VERBOSE: 'true' } : {}),
    ...env,
  })
  const start: Place['start'] = (args, { env, unread, root = packageRoot } = {}) => {
    const child = spawn(process.execPath, [join(root, 'bin', 'simple-oauth-contract.js'), ...args], {
      cwd: folder,
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    if (unread) child.stdout.destroy()
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (part: string) => (output[name] += part))
    }
    const ended = new Promise<Ended>((resolve) =>
      child.on('close', (code) => {
        resolve({ code, ...output })
      }),
    )
    const seen = (pattern: RegExp): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(output.stdout)) resolve()
        }
        look()
        child.stdout.on('data', look)
        void ended.then(() => {
          reject(new Error(`it ended without ${String(pattern)}: ${output.stdout}${output.stderr}`))
        })
      })
    return { ended, seen, kill: (signal) => child.kill(signal) }
  }
  const report: Place['report'] = () =>
    JSON.parse(readFileSync(at('results', 'latest', 'report.json'), 'utf8')) as ReturnType<Place['report']>
  return {
    folder,
    at,
    temporary: () => readdirSync(at('tmp')),
    start,
    run: (args, options = {}) =>
      options.ownProcess || ownProcess || options.unread || options.root
        ? start(args, options).ended
        : runInProcess(args, folder, environment(options.env)),
    report,
    verdicts: () =>
      Object.fromEntries(
        (report().checks as { contract: string; variant: string | null; verdict: string }[]).map((check) => [
          check.variant === null ? check.contract : `${check.contract} [${check.variant}]`,
          check.verdict,
        ]),
      ),
  }
}

/** What cleanup says of containers where a place has no engine. */
export const noEngine = 'Containers were not looked for: no engine answers (engine-silent).\n'

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''

/** Nothing was run: exit code 2, the message without any stack, the closing line last, and nothing left behind. */
export function expectRefusal(place: Place, { code, stdout, stderr }: Ended, ...messages: readonly string[]): void {
  const all = stdout + stderr
  for (const message of messages) expect(all).toContain(message)
  expect(all).not.toMatch(/^ +at /mu)
  expect(stdout.endsWith('\n0 passed, 0 failed, 0 skipped\n') || stdout === '0 passed, 0 failed, 0 skipped\n').toBe(
    true,
  )
  expect(code).toBe(2)
  expect(existsSync(place.at('results'))).toBe(false)
  expect(existsSync(place.at('tmp')) ? place.temporary() : []).toEqual([])
}

/** The three numbers of the closing line. */
export function counts({ stdout }: Ended): { passed: number; failed: number; skipped: number } {
  const line = /^(\d+) passed, (\d+) failed, (\d+) skipped$/u.exec(lastLine(stdout))
  expect(line, `the last line is "${lastLine(stdout)}"`).not.toBeNull()
  const [passed = 0, failed = 0, skipped = 0] = (line ?? []).slice(1).map(Number)
  return { passed, failed, skipped }
}

const configurations = ['package.json', 'tsconfig.json', 'tsconfig.build.json']

/** A copy of this clone whose files a test may change. */
export function copyOfPackage(place: Place): string {
  const root = place.at('package')
  mkdirSync(root)
  for (const part of ['bin', 'dist', 'fixtures', 'helpers', 'specs', ...configurations]) {
    cpSync(join(packageRoot, part), join(root, part), { recursive: true, preserveTimestamps: true })
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(root, 'node_modules'))
  return root
}
