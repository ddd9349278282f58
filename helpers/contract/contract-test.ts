import type { CaseDefinition, Declared, NoVariants, Variants } from './case.ts'

/** Receives each declaration: the vitest set-up registers tests, the command and the fault bench collect them. */
export type Sink = (declared: Declared, frame: Error) => void

const key = Symbol.for('simple-oauth-contract.sink')
const holder = globalThis as { [key]?: Sink }

/** Sets who receives the declarations from now on; returns a function that restores the previous receiver. */
export function setSink(sink: Sink): () => void {
  const former = holder[key]
  holder[key] = sink
  return () => {
    if (former) holder[key] = former
    else Reflect.deleteProperty(holder, key)
  }
}

/**
 * Declares one contract. The definition is plain data: it can be printed, hashed, listed and compared. A wrong one is refused with its
 * place as `bad-contract` when the file is loaded.
 * @param id `subject.what-happens`, never reused; one of your own begins with `x-`.
 * @throws Error where neither the command nor vitest loads the file.
 */
export function contractTest<const V extends Variants = NoVariants>(id: string, definition: CaseDefinition<V>): void {
  const frame = new Error(id)
  Error.captureStackTrace(frame, contractTest)
  const sink = holder[key]
  if (!sink) throw new Error('contracts run through the command or through vitest.config.ts: see CONTRIBUTING.md')
  sink({ id, definition, ...place(frame) }, frame)
}

/** Groups declarations for readers of the file; ids do not depend on it. */
export function describe(_name: string, declare: () => void): void {
  declare()
}

function place(frame: Error): { file: string; line: number; column: number } {
  // A path may contain brackets; it begins with the first slash, or with the drive. V8 omits a path with spaces.
  const line = frame.stack?.split('\n')[1] ?? ''
  const found = /(file:\/\/|[A-Za-z]:)?(\/.*\.[cm]?[jt]s)(?:\?[^:]*)?:(\d+):(\d+)\)?$/u.exec(line.replaceAll('\\', '/'))
  const [, before = '', path = '', row = 0, column = 0] = found ?? []
  const file = before === 'file://' ? decodeURI(path) : before + path
  return { file, line: Number(row), column: Number(column) }
}
