import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inheritedEnvironment } from '../../drupal/child-process.ts'
import { packageRoot } from '../../model/package.ts'
import { TargetError } from '../../model/target.ts'

/** A database of the user's, on a server that runs already. */
export interface DatabaseAccess {
  readonly driver: 'mysql' | 'pgsql'
  readonly host: string
  readonly port: number
  readonly name: string
  readonly user: string
  /** Empty where the server asks for none. */
  readonly password: string
}

/** The answer of `drupal/database.php`. */
interface Contents {
  readonly tables: readonly string[]
  readonly routines: readonly string[]
  readonly extensions: readonly string[]
}

const script = join(packageRoot, 'drupal/database.php')
/** Milliseconds. */
const timeout = 60_000

/** What `drupal/settings.php` and `drupal/database.php` read. */
export const databaseEnvironment = (access: DatabaseAccess): Record<string, string> => ({
  DRUPAL_DATABASE_DRIVER: access.driver,
  DRUPAL_DATABASE_HOST: access.host,
  DRUPAL_DATABASE_PORT: String(access.port),
  DRUPAL_DATABASE_NAME: access.name,
  DRUPAL_DATABASE_USER: access.user,
  DRUPAL_DATABASE_PASSWORD: access.password,
})

const called = ({ name, host, port }: DatabaseAccess): string => `the database "${name}" at ${host}:${String(port)}`

/**
 * Makes sure that a database is empty, before a site is installed there.
 *
 * @returns an action that empties it again; it throws `database-not-emptied`.
 * @throws {TargetError} `database-failed` or `database-not-empty`.
 */
export async function claimDatabase(php: string, access: DatabaseAccess): Promise<() => void> {
  const env = { ...inheritedEnvironment(), ...databaseEnvironment(access) }
  const answer = await promisify(execFile)(php, [script, 'examine'], { env, timeout }).catch((error: unknown) => {
    const { stderr = '', message } = error as { stderr?: string; message: string }
    const why = stderr.trim() || message
    throw new TargetError(
      'database-failed',
      `Drupal cannot use ${called(access)}: ${why}. Check the database URL, and that the server runs.`,
      { cause: error },
    )
  })
  const before = JSON.parse(answer.stdout) as Contents
  const { length } = before.tables
  if (length > 0) {
    const examples = before.tables.slice(0, 3).join(', ')
    throw new TargetError(
      'database-not-empty',
      `Expected an empty database, but ${called(access)} has ${String(length)} ${length === 1 ? 'table' : 'tables'} (${examples}${length > 3 ? ', …' : ''}). ` +
        'The suite removes nothing that it did not create: name another database, or empty it if a killed run left this.',
    )
  }
  return () => {
    const ended = spawnSync(php, [script, 'empty', JSON.stringify(before)], { env, timeout, encoding: 'utf8' })
    if (ended.status === 0) return
    const why = ended.stderr.trim() || ended.error?.message || `exit code ${String(ended.status)}`
    throw new TargetError(
      'database-not-emptied',
      `The site could not be removed from ${called(access)}: ${why}. Everything in it was created by this run: empty it before the next one.`,
    )
  }
}
