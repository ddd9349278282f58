import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { isAlive, thisProcess } from '../../drupal/child-process.ts'
import type { ProvisionData } from '../../drupal/provision.ts'
import { lazy } from '../../model/lazy.ts'
import { TargetError } from '../../model/target.ts'

const kinds = ['consumer', 'user', 'user_role', 'oauth2_scope'] as const

/** What a run is about to make on a site of others; written before it makes any of it. Holds no secret. */
export interface Manifest {
  readonly schemaVersion: 1
  /** Stands in the name of all that the run makes. */
  readonly run: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly baseUrl: string
  /** Words of the command. */
  readonly drush: readonly string[]
  /** Names by entity type. */
  readonly creates: { readonly [kind in (typeof kinds)[number]]: readonly string[] }
  /** When all of it was removed again, ISO 8601; what comes before it has to be cleaned up. */
  readonly cleanedAt?: string
  readonly owner: { readonly host: string; readonly pid: number; readonly started: string }
}

const texts = { type: 'array', items: { type: 'string' } }
const validator = lazy(() =>
  new Ajv2020().compile<Manifest>({
    type: 'object',
    required: ['schemaVersion', 'run', 'startedAt', 'baseUrl', 'drush', 'creates', 'owner'],
    properties: {
      schemaVersion: { const: 1 },
      run: { type: 'string', pattern: '^[0-9a-f]{12}$' },
      startedAt: { type: 'string' },
      cleanedAt: { type: 'string' },
      baseUrl: { type: 'string' },
      drush: { ...texts, minItems: 1 },
      creates: { type: 'object', required: kinds, properties: Object.fromEntries(kinds.map((kind) => [kind, texts])) },
      owner: {
        type: 'object',
        required: ['host', 'pid', 'started'],
        properties: { host: { type: 'string' }, pid: { type: 'integer' }, started: { type: 'string' } },
      },
    },
  }),
)

/** The names that provisioning gives, by entity type. */
export function namesOf({ clients, users, scopes }: ProvisionData): Manifest['creates'] {
  const userNames = users.map(({ name }) => name)
  return {
    consumer: clients.map(({ client_id }) => client_id),
    user: userNames,
    // The provisioning script gives each user a role of the same name.
    user_role: userNames,
    oauth2_scope: scopes.map(({ name }) => name),
  }
}

export const manifestFolder = (cacheRoot: string): string => join(cacheRoot, 'provisioned')

/** @throws {TargetError} `manifest-unwritable`; nothing may then be made. */
export function writeManifest(file: string, manifest: Pick<Manifest, 'run' | 'baseUrl' | 'drush' | 'creates'>): void {
  const whole: Manifest = {
    schemaVersion: 1,
    ...manifest,
    startedAt: new Date().toISOString(),
    owner: { host: hostname(), ...thisProcess() },
  }
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Another run's must not be lost: what it made could then be found by its id only.
    if (existsSync(file) && readManifest(file).cleanedAt !== undefined) rmSync(file)
    write(file, whole, 'wx')
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    const why = taken ? 'it is that of a run which has to be cleaned up first' : (cause as Error).message
    const message = `The manifest ${file} cannot be written (${why}), so nothing was made on the site. Name another with --manifest.`
    throw new TargetError('manifest-unwritable', message, { cause })
  }
}

/** @throws {TargetError} `manifest-unreadable`. */
export function readManifest(file: string): Manifest {
  let manifest: unknown
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new TargetError('manifest-unreadable', `${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
  const validate = validator()
  if (validate(manifest)) return manifest
  const [error] = validate.errors ?? []
  throw new TargetError('manifest-unreadable', `${file} is no manifest: ${error?.instancePath} ${error?.message}.`)
}

/** Every manifest that was not removed. */
export function manifestsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
    return names.map((name) => join(folder, name))
  } catch {
    return []
  }
}

/** Nothing is known of the runs of another machine, which may share the folder. */
export function stateOf({ owner }: Manifest): 'going on' | 'cut short' | 'elsewhere' {
  if (owner.host !== hostname()) return 'elsewhere'
  return isAlive(owner) ? 'going on' : 'cut short'
}

/** All that a manifest names is removed: it has had its use, or says so where it was named by the user. */
export function settleManifest(file: string, keep: boolean): void {
  if (keep) write(file, { ...readManifest(file), cleanedAt: new Date().toISOString() }, 'w')
  else rmSync(file, { force: true })
}

function write(file: string, manifest: Manifest, flag: 'w' | 'wx'): void {
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flag })
}
