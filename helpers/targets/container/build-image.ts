import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { pack, type Pack } from 'tar-stream'
import { readTrace } from './build-trace.ts'
import { formatLogTail } from '../install/install-error.ts'
import { watchQuiet } from './quiet.ts'
import { waysOut } from './ways-out.ts'
import { TargetError } from '../../model/target.ts'

/** Files for a build, by their path there: the path they are read from, or their content. */
export type BuildContext = ReadonlyMap<string, { readonly file: string } | { readonly content: string }>

/** The part of Testcontainers' client that is used; its own `build` swallows the output of a failed build. */
export interface ImageBuilder {
  buildImage(context: NodeJS.ReadableStream, options: object): Promise<NodeJS.ReadableStream>
}

export interface BuildOptions {
  readonly context: BuildContext
  /** False for Podman, which builds by itself and opens no BuildKit session. */
  readonly buildkit: boolean
  readonly args: Readonly<Record<string, string>>
  readonly tag: string
  readonly labels: Readonly<Record<string, string>>
  /** Ignores the cache of earlier builds. */
  readonly fresh: boolean
  readonly progress: (stage: string) => void
  /** Milliseconds of silence while Composer runs: before it is reported, and before the build is aborted. */
  readonly silence?: readonly [report: number, giveUp: number]
}

const keptLines = 20
/** Composer's own limit for one download is five minutes, and it tries several times. */
const composerSilence = [12_000, 180_000] as const

/**
 * Builds an image, with BuildKit if available, which transfers a codebase in a third of the time.
 *
 * @throws {TargetError} `build-failed` with the last lines of the build, `build-stalled`, `engine-failed`, `codebase-busy`.
 */
export async function buildImage(engine: ImageBuilder, options: BuildOptions): Promise<void> {
  const { context, buildkit, args, tag, labels, fresh, progress, silence = composerSilence } = options
  const last: string[] = []
  const say = (line: string) => {
    if (line.trim() !== '') last.push(line.trimEnd())
    if (last.length > keptLines) last.shift()
  }
  let failure: string | undefined
  let composing = false
  const abort = new AbortController()
  const tar = pack()
  // If the context breaks off, the request must be aborted: it would wait for the rest.
  const broken = new Promise<never>((_, reject) => void packAll(tar, context).catch(reject))
  let stalled: (error: TargetError) => void = () => undefined
  const stall = new Promise<never>((_, reject) => (stalled = reject))
  const watch = watchQuiet(silence, (limit) => {
    if (!composing) return
    const seconds = `${limit / 1000} s`
    if (limit === silence[0]) {
      const lines = `Composer has said nothing for ${seconds}: its registries may not answer.${waysOut}`.split('\n')
      for (const line of lines) progress(line)
      return
    }
    const message = `Composer has said nothing for ${seconds}: its registries do not answer.${waysOut}`
    stalled(new TargetError('build-stalled', message + formatLogTail(last)))
  })
  const follow = async () => {
    const parameters = {
      ...{ t: tag, dockerfile: 'docker/Dockerfile', buildargs: args, labels, nocache: fresh, rm: true, forcerm: true },
      ...(buildkit ? { version: '2' } : {}),
      abortSignal: abort.signal,
    }
    const stream = await engine.buildImage(tar as unknown as NodeJS.ReadableStream, parameters)
    for await (const line of createInterface({ input: stream })) {
      watch.heard()
      const message = parseMessage(line)
      failure ??= message.error
      for (const step of message.steps) {
        composing = step.includes('composer.sh') && !step.includes('COPY')
        progress(`building the image: ${step}`)
      }
      for (const text of message.log) say(text)
    }
  }
  try {
    const followed = follow()
    followed.catch(() => undefined)
    await Promise.race([followed, broken, stall])
  } catch (cause) {
    abort.abort()
    if (cause instanceof TargetError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `The container engine ended the build of the image: ${why}. See whether it still runs, and try again.${formatLogTail(last)}`
    throw new TargetError('engine-failed', message, { cause })
  } finally {
    watch.stop()
  }
  if (failure === undefined) return
  throw new TargetError(
    'build-failed',
    `The image could not be built: ${failure}.${nextAfter(last, args)}${formatLogTail(last)}`,
  )
}

function nextAfter(last: readonly string[], args: BuildOptions['args']): string {
  const says = (pattern: RegExp) => last.some((line) => pattern.test(line))
  if (args['ALLOW_ADVISORIES'] === undefined && says(/security advisor/i)) return advisories
  if (says(/curl error \d+|could not be (fully )?downloaded|could not resolve host|failed to open stream/i))
    return ` Composer cannot reach its registries.${waysOut}`
  return ''
}

const advisories =
  ' Composer refuses versions with security advisories: --allow-advisories lets them in, to test an old version.'

async function packAll(tar: Pack, context: BuildContext): Promise<void> {
  for (const [name, source] of context) {
    const content = 'content' in source ? source.content : await readCode(source.file)
    await new Promise<void>((resolve, reject) => {
      tar.entry({ name, mode: 0o644 }, content, (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
  }
  tar.finalize()
}

async function readCode(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message = `${file} could not be read while the image was built (${code ?? 'error'}): try again once the codebase is at rest.`
    throw new TargetError('codebase-busy', message, { cause })
  }
}

interface Message {
  readonly steps: readonly string[]
  readonly log: readonly string[]
  readonly error?: string
}

/** One line of the answer: protocol buffers from BuildKit, plain text from the older builder. */
function parseMessage(line: string): Message {
  const { id, aux, stream, error } = JSON.parse(line) as Record<string, unknown>
  if (typeof error === 'string') return { steps: [], log: [], error }
  if (id === 'moby.buildkit.trace' && typeof aux === 'string') return readTrace(Buffer.from(aux, 'base64'))
  const text = typeof stream === 'string' ? stream.trimEnd() : ''
  const step = /^step (\d+\/\d+) ?: (.*)/i.exec(text)
  return { steps: step ? [`${step[1] ?? ''} ${step[2] ?? ''}`] : [], log: text.split('\n') }
}

/** The suite's own files in every build context, at the same paths as in the package. */
export function dockerFiles(packageRoot: string): BuildContext {
  const names = [
    'docker/Dockerfile',
    'docker/composer.sh',
    'docker/install.sh',
    'docker/drush.sh',
    'docker/entrypoint.sh',
    'drupal/settings.php',
  ]
  return new Map(names.map((name) => [name, { file: join(packageRoot, name) }]))
}
