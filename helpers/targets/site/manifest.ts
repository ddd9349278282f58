import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { isAlive, thisProcess } from '../../drupal/child-process.ts'
import type { ProvisionData } from '../../drupal/provision.ts'
import { newAjv } from '../../model/ajv.ts'
import { lazy } from '../../model/lazy.ts'
import { requireOwnFolder } from '../install/own-folder.ts'
import { TargetError } from '../../model/target.ts'

const kinds = ['consumer', 'user', 'user_role', 'oauth2_scope'] as const

/** What a run is about to create on a third-party site; written before anything is created. Contains no secret. */
export interface Manifest {
  readonly schemaVersion: 1
  /** ID of the run, part of the name of everything that it creates. */
  readonly run: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly baseUrl: string
  /** The command, as a list of words. */
  readonly drush: readonly string[]
  /** Names by entity type. */
  readonly creates: { readonly [kind in (typeof kinds)[number]]: readonly string[] }
  /** ISO 8601 time when everything had been removed again. Without it, the run has to be cleaned up. */
  readonly cleanedAt?: string
  /** The state file of the upgrade that uses what was created: `cleanup` leaves it alone. */
  readonly upgrade?: string
  readonly owner: { readonly host: string; readonly pid: number; readonly started: string }
}

const strings = { type: 'array', items: { type: 'string' } }
const validator = lazy(() =>
  newAjv().compile<Manifest>({
    type: 'object',
    required: ['schemaVersion', 'run', 'startedAt', 'baseUrl', 'drush', 'creates', 'owner'],
    properties: {
      schemaVersion: { const: 1 },
      run: { type: 'string', pattern: '^[0-9a-f]{12}$' },
      startedAt: { type: 'string' },
      cleanedAt: { type: 'string' },
      upgrade: { type: 'string' },
      baseUrl: { type: 'string' },
      drush: { ...strings, minItems: 1 },
      creates: {
        type: 'object',
        required: kinds,
        properties: Object.fromEntries(kinds.map((kind) => [kind, strings])),
      },
      owner: {
        type: 'object',
        required: ['host', 'pid', 'started'],
        properties: { host: { type: 'string' }, pid: { type: 'integer' }, started: { type: 'string' } },
      },
    },
  }),
)

/** The names of everything that provisioning creates, by entity type. */
export function namesOf({ clients, users, scopes }: ProvisionData): Manifest['creates'] {
  const roles = new Set(users.flatMap((user) => Object.keys(user.roles)))
  return {
    consumer: clients.map(({ client_id }) => client_id),
    user: users.map(({ name }) => name),
    user_role: [...roles],
    // In Simple OAuth 5.2, a scope is a role.
    oauth2_scope: scopes.map(({ name }) => name).filter((name) => !roles.has(name)),
  }
}

export const manifestFolder = (cacheRoot: string): string => join(cacheRoot, 'provisioned')

/** @throws {TargetError} `manifest-unwritable`; nothing must be created then. */
export function writeManifest(file: string, manifest: Pick<Manifest, 'run' | 'baseUrl' | 'drush' | 'creates'>): void {
  const whole: Manifest = {
    schemaVersion: 1,
    ...manifest,
    startedAt: new Date().toISOString(),
    owner: { host: hostname(), ...thisProcess() },
  }
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // The manifest of another run must not be lost: what it created could then be found only by its ID.
    if (existsSync(file) && readManifest(file).cleanedAt !== undefined) rmSync(file)
    write(file, whole, 'wx')
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    const why = taken ? 'it belongs to a run that has to be cleaned up first' : (cause as Error).message
    const message = `The manifest ${file} cannot be written (${why}), so nothing was created on the site. Choose another file with --manifest.`
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
  throw new TargetError('manifest-unreadable', `${file} is not a manifest: ${error?.instancePath} ${error?.message}.`)
}

/**
 * The manifests of all runs that were not cleaned up.
 * @throws {TargetError} `cache-untrusted`
 */
export function manifestsIn(folder: string): string[] {
  if (existsSync(folder)) requireOwnFolder(folder)
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
    return names.map((name) => join(folder, name))
  } catch {
    return []
  }
}

/** Machines may share the folder; whether a run on another machine is alive is unknown. */
export function stateOf({ owner, upgrade }: Manifest): 'going on' | 'cut short' | 'elsewhere' | 'begun' {
  if (upgrade !== undefined) return 'begun'
  if (owner.host !== hostname()) return 'elsewhere'
  return isAlive(owner) ? 'going on' : 'cut short'
}

/** What the run created stays on the site until the upgrade is finished. @param state The file to finish it from. */
export const keepManifest = (file: string, state: string): void => {
  write(file, { ...readManifest(file), upgrade: state }, 'w')
}

/** After a complete clean-up: deletes the manifest, or marks it as cleaned up if the user named it. */
export function settleManifest(file: string, keep: boolean): void {
  if (keep) write(file, { ...readManifest(file), cleanedAt: new Date().toISOString() }, 'w')
  else rmSync(file, { force: true })
}

function write(file: string, manifest: Manifest, flag: 'w' | 'wx'): void {
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flag })
}
