import { onTestFinished } from 'vitest'

/** How a command ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Environment = Readonly<Record<string, string | undefined>>
type Listener = (...args: unknown[]) => void
type Emitter = Pick<NodeJS.EventEmitter, 'listeners' | 'removeListener'>

let last: Promise<unknown> = Promise.resolve()
let importing: Promise<Command> | undefined

/**
 * Runs the command in this process as if in its own: with its arguments, working folder and environment, capturing its output and
 * `process.exit`. That saves starting Node and loading the sources. One at a time, because all of that is global.
 */
export function runInProcess(args: readonly string[], folder: string, env: Environment): Promise<Ended> {
  const run = last.then(() => runAlone(args, folder, env))
  last = run.catch(() => undefined)
  return run
}

interface Command {
  readonly main: (argv: readonly string[], loaded: () => void) => Promise<void>
  /** What its modules do when the process exits. */
  readonly atExit: readonly Listener[]
}

async function load(): Promise<Command> {
  const added = addedTo(process, 'exit')
  const { main } = await import('../../helpers/command/main.ts')
  return { main, atExit: added() }
}

async function runAlone(args: readonly string[], folder: string, env: Environment): Promise<Ended> {
  const { main, atExit } = await (importing ??= load())
  const restores: (() => void)[] = []
  const restore = (): void => {
    for (const undo of restores.splice(0).reverse()) undo()
  }
  // A test that times out must not pass its environment on to the next one.
  onTestFinished(restore)
  restores.push(swapEnvironment(env), swapFolder(folder), swap(process, 'exitCode', undefined))
  const added = addedTo(process, 'exit')
  restores.push(...[process, process.stdout, process.stderr].flatMap(removeAdded))
  const output = { stdout: '', stderr: '' }
  let code: number | null = null
  try {
    await new Promise<void>((resolve, reject) => {
      for (const name of ['stdout', 'stderr'] as const) {
        const write = (chunk: string | Uint8Array): boolean => {
          // After `process.exit` a process says nothing more.
          if (code === null) output[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
          return true
        }
        restores.push(swap(process[name], 'write', write))
      }
      const exit = (given?: number | string | null): void => {
        if (code !== null) return
        process.exitCode = given ?? process.exitCode
        for (const listener of [...added(), ...atExit]) listener.call(process, process.exitCode ?? 0)
        code = Number(process.exitCode ?? 0)
        resolve()
      }
      restores.push(swap(process, 'exit', exit as typeof process.exit))
      main(args, () => undefined).then(() => exit(), reject)
    })
  } finally {
    restore()
  }
  return { code, ...output }
}

/** The listeners of an event that came after this call. */
function addedTo(emitter: Emitter, event: string | symbol): () => Listener[] {
  const before = new Set(emitter.listeners(event))
  return () => (emitter.listeners(event) as Listener[]).filter((listener) => !before.has(listener))
}

/** Each undo removes the listeners of one event that came after this call. */
function removeAdded(emitter: Emitter): (() => void)[] {
  return ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'error'].map((event) => {
    const added = addedTo(emitter, event)
    return () => {
      for (const listener of added()) emitter.removeListener(event, listener)
    }
  })
}

/** Replaces a member; returns what restores it. */
function swap<T extends object, K extends keyof T>(owner: T, name: K, value: T[K]): () => void {
  const former = owner[name]
  owner[name] = value
  return () => {
    owner[name] = former
  }
}

function swapFolder(folder: string): () => void {
  const former = process.cwd()
  process.chdir(folder)
  return () => process.chdir(former)
}

function swapEnvironment(env: Environment): () => void {
  const former = { ...process.env }
  setEnvironment(env)
  return () => setEnvironment(former)
}

/** In place, so that the variables reach Node itself and what it starts. */
function setEnvironment(env: Environment): void {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name)
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value
}
