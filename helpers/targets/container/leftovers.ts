import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isAlive, thisHost, thisProcess, type ProcessMark } from '../../drupal/child-process.ts'
import { askEngine, type Engine } from './engine.ts'
import { packageRoot } from '../../model/package.ts'
import { TargetError } from '../../model/target.ts'

const runLabel = 'simple-oauth-contract.run'
const ownerLabel = 'simple-oauth-contract.owner'

/** Who made a container or network: a pid says nothing on another host, nor in another container. */
interface Owner extends ProcessMark {
  readonly host: string
}

/** What every container, network and unfinished image of a run carries, so that it can be found whatever became of the run. */
export const labelsOf = (run: string): Record<string, string> => ({
  [runLabel]: run,
  [ownerLabel]: JSON.stringify({ ...thisProcess(), host: thisHost() } satisfies Owner),
})

/** For an image made of a container, which inherits the labels: what is started from it belongs to nobody yet. */
export const nobody: Readonly<Record<string, string>> = { [runLabel]: '', [ownerLabel]: '' }

interface Listed {
  readonly Id: string
  readonly Names?: readonly string[]
  readonly Name?: string
  readonly RepoTags?: readonly string[] | null
  readonly Labels: Readonly<Record<string, string>> | null
}

/** Containers before the networks they are in, and before the images they were made of. */
const kinds = [
  { list: '/containers/json?all=1&', remove: (id: string) => `/containers/${encodeURIComponent(id)}?force=1&v=1` },
  { list: '/networks?', remove: (id: string) => `/networks/${encodeURIComponent(id)}` },
  { list: '/images/json?', remove: (id: string) => `/images/${encodeURIComponent(id)}` },
]

/**
 * Removes the containers, networks and unfinished images of dead runs of this host; those of live runs, of other hosts and of others stay.
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
      // An image with a name goes with it, unless the finished one was made of it.
      const name = RepoTags?.find((tag) => !tag.startsWith('<none>'))
      // 404: gone by now; 409: being removed already, or in use.
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
 * `removeRun` on the way out of the process, where nothing can be waited for: another process does it meanwhile.
 * @throws {TargetError} when something may have been left.
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
