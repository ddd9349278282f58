import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'

/** Milliseconds since the process was started. */
export interface CommandTimes {
  /** The target is ready and the first check may begin. */
  readonly ready: number
  /** The first verdict was printed. */
  readonly first: number
  readonly end: number
  /** Megabytes of all its processes but PHP, at most at one time; sampled. */
  readonly memory: number
  readonly exitCode: number | null
}

/** The command came to no verdict, so there is no time to show; the message holds what it said. */
export class NoVerdictError extends Error {
  override readonly name = 'NoVerdictError'
  readonly code = 'no-verdict'
}

const bin = fileURLToPath(new URL('../../bin/simple-oauth-contract.js', import.meta.url))
// On a terminal, the command prints every verdict at once.
const tell = 'data:text/javascript,Object.assign(process.stdout,{isTTY:true,hasColors:()=>false})'
const sampleMilliseconds = 500

const running = new Set<ChildProcess>()

/** Ends what `runCommand` started; resolves once it has cleaned up after itself. */
export async function endCommands(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      child.kill('SIGTERM')
      await once(child, 'close')
    }),
  )
}

/**
 * Runs the command as a user does. `whole`: to its end; else it is ended, by the signal of Ctrl-C, once the first verdict came.
 * @throws NoVerdictError
 */
export async function runCommand(argv: readonly string[], whole: boolean): Promise<CommandTimes> {
  const begun = performance.now()
  const child = spawn(process.execPath, ['--import', tell, bin, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const times = { ready: 0, first: 0 }
  let memory = 0
  let text = ''
  const read = (chunk: Buffer): void => {
    text += stripVTControlCharacters(chunk.toString())
    if (times.ready === 0 && /^simple-oauth-contract .* checks?$/mu.test(text)) times.ready = performance.now() - begun
    if (times.first === 0 && /^.*\d+\/\d+ {3}\d+ passed/mu.test(text)) {
      times.first = performance.now() - begun
      if (!whole) child.kill('SIGINT')
    }
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const sampling = setInterval(() => {
    void memoryOf(child.pid ?? 0).then((now) => (memory = Math.max(memory, now)))
  }, sampleMilliseconds)
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    if (times.first === 0)
      throw new NoVerdictError(`The command ended without a verdict; see what it says:\n${text.trim()}`)
    return { ...times, end: performance.now() - begun, memory, exitCode }
  } finally {
    clearInterval(sampling)
    running.delete(child)
  }
}

const execute = promisify(execFile)

/**
 * Milliseconds from the start of the command to its end. Settings come only from the arguments.
 * @throws NoVerdictError where it does not end with 0.
 */
export async function timeCommand(argv: readonly string[]): Promise<number> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CONTRACT_')))
  const begun = performance.now()
  await execute(process.execPath, [bin, ...argv], { env }).catch((cause: unknown) => {
    throw new NoVerdictError(`The command ${argv.join(' ')} did not end well: ${String(cause)}`)
  })
  return performance.now() - begun
}

/** Megabytes resident in a process and its descendants, PHP and its shells left out. */
async function memoryOf(root: number): Promise<number> {
  const { stdout } = await execute('ps', ['-A', '-o', 'pid=,ppid=,rss=,comm='])
  const all = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/u))
    .map(([pid, parent, rss, name = '']) => ({ pid: Number(pid), parent: Number(parent), rss: Number(rss), name }))
  const ours = new Set([root])
  // A parent may be listed after its child.
  for (let size = 0; size < ours.size;) {
    size = ours.size
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid)
  }
  const counted = all.filter(({ pid, name }) => ours.has(pid) && !/(^|\/)(php|ps$)/u.test(name))
  return counted.reduce((sum, { rss }) => sum + rss, 0) / 1024
}
