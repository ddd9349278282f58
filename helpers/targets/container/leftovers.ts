import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isAlive, thisHost, thisProcess, type ProcessMark } from '../../drupal/child-process.ts'
import { askEngine, type Engine } from './engine.ts'
import { packageRoot } from '../../model/package.ts'
import { TargetError } from '../../model/target.ts'

const runLabel = 'simple-oauth-contract.run'
const ownerLabel = 'simple-oauth-contract.owner'

/** The process that made a container or network: a pid is meaningless on another host or in another container. */
interface Owner extends ProcessMark {
  readonly host: string
}

/** Labels of every container, network and unfinished image of a run, by which they can be found even after a crash. */
export const labelsOf = (run: string): Record<string, string> => ({
  [runLabel]: run,
  [ownerLabel]: JSON.stringify({ ...thisProcess(), host: thisHost() } satisfies Owner),
})

/** Labels for an image committed from a container, which would inherit its labels: containers started from it have no owner yet. */
export const nobody: Readonly<Record<string, string>> = { [runLabel]: '', [ownerLabel]: '' }

interface Listed {
  readonly Id: string
  readonly Names?: readonly string[]
  readonly Name?: string
  readonly RepoTags?: readonly string[] | null
  readonly Labels: Readonly<Record<string, string>> | null
}

/** Containers come before their networks and images. */
const kinds = [
  { list: '/containers/json?all=1&', remove: (id: string) => `/containers/${encodeURIComponent(id)}?force=1&v=1` },
  { list: '/networks?', remove: (id: string) => `/networks/${encodeURIComponent(id)}` },
  { list: '/images/json?', remove: (id: string) => `/images/${encodeURIComponent(id)}` },
]

/**
 * Removes the containers, networks and unfinished images of dead runs of this host; those of live runs and of other hosts stay.
 *
 * @returns their names.
 * @throws {TargetError} `engine-failed`.
 */
export const sweepContainers = (engine: Engine): Promise<string[]> =>
  remove(engine, ownerLabel, (labels) => {
    const owner = ownerOf(labels[ownerLabel])
    return owner?.host === thisHost() && !isAlive(owner)
  })

/** Removes everything of one run. */
export const removeRun = (engine: Engine, run: string): Promise<string[]> =>
  remove(engine, `${runLabel}=${run}`, () => true)

function ownerOf(text: string | undefined): Owner | undefined {
  try {
    return JSON.parse(text ?? '') as Owner
  } catch {
    return undefined
  }
}

async function remove(
  engine: Engine,
  label: string,
  due: (labels: Readonly<Record<string, string>>) => boolean,
): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }))
  const removed: string[] = []
  for (const kind of kinds) {
    const { body } = await expectAnswer(engine, 'GET', `${kind.list}filters=${filters}`, [200])
    const listed = body as Listed[]
    for (const { Id, Names, Name, RepoTags } of listed.filter((one) => due(one.Labels ?? {}))) {
      // Removes the image's name, too, unless the finished image is based on it.
      const name = RepoTags?.find((tag) => !tag.startsWith('<none>'))
      // 404: already gone; 409: being removed, or in use.
      const { status } = await expectAnswer(engine, 'DELETE', kind.remove(name ?? Id), [200, 204, 404, 409])
      if (status !== 409 || RepoTags === undefined) removed.push(name ?? (Names?.[0] ?? Name ?? Id).replace(/^\//, ''))
    }
  }
  return removed
}

async function expectAnswer(
  engine: Engine,
  method: 'GET' | 'DELETE',
  path: string,
  expected: readonly number[],
): Promise<{ status: number; body: unknown }> {
  const next = 'Run the subcommand cleanup once it answers.'
  try {
    const answer = await askEngine(engine, method, path)
    if (expected.includes(answer.status)) return answer
    const { status, body } = answer
    const message = `The container engine answered ${status} to ${method} ${path}: ${JSON.stringify(body)}. ${next}`
    throw new TargetError('engine-failed', message)
  } catch (cause) {
    if (cause instanceof TargetError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new TargetError('engine-failed', `The container engine at ${engine.uri} is gone (${why}). ${next}`, { cause })
  }
}

/** Milliseconds. */
const removalTimeout = 30_000

/**
 * `removeRun` while the process exits and cannot await anything: a child process does it.
 * @throws {TargetError} if something may have been left.
 */
export function removeRunNow(engine: Engine, run: string): void {
  const self = pathToFileURL(join(packageRoot, 'dist/helpers/targets/container/leftovers.js')).href
  const script =
    `import { removeRun } from ${JSON.stringify(self)}\n` +
    `await removeRun(${JSON.stringify(engine)}, ${JSON.stringify(run)}).catch((error) => {\n` +
    `  process.stderr.write(error.message)\n  process.exitCode = 1\n})`
  const { status, stderr, error } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: removalTimeout,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0)
    throw new TargetError(
      'engine-failed',
      stderr.trim() || 'Removing the containers took too long. Run the subcommand cleanup.',
      {
        cause: error,
      },
    )
}
