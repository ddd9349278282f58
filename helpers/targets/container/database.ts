import { randomBytes } from 'node:crypto'
import type { ContainerRuntimeClient } from 'testcontainers'
import { drupalRequirements } from '../../../fixtures/requirements.ts'
import { logOf, newContainer, started, type SiteContainer } from './start-site.ts'
import { newestMajor } from './requirements.ts'
import { formatLogTail } from '../install/install-error.ts'
import { TargetError } from '../../model/target.ts'

export type Database = 'sqlite' | 'mariadb' | 'postgres'
export type DatabaseServer = Exclude<Database, 'sqlite'>

/** A database in its own container, in the same network as the site. */
export interface DatabaseBeside {
  readonly network: string
  /** What drupal/settings.php reads. */
  readonly env: Readonly<Record<string, string>>
  /** Rejects with `database-failed` when its container ends. */
  readonly ended: Promise<never>
}

/** PostgreSQL 18 moved its data folder; this one is the same for all versions. */
const postgresData = '/var/lib/postgresql/contract'

const servers = {
  mariadb: {
    driver: 'mysql',
    data: '/var/lib/mysql',
    env: (password: string) => ({
      MARIADB_RANDOM_ROOT_PASSWORD: '1',
      MARIADB_DATABASE: 'contract',
      MARIADB_USER: 'contract',
      MARIADB_PASSWORD: password,
    }),
  },
  postgres: {
    driver: 'pgsql',
    data: postgresData,
    env: (password: string) => ({
      PGDATA: postgresData,
      POSTGRES_DB: 'contract',
      POSTGRES_USER: 'contract',
      POSTGRES_PASSWORD: password,
    }),
  },
} as const

/** @param drupal a constraint; if it cannot be parsed, the newest database is used. */
export const databaseImage = (database: DatabaseServer, drupal: string): string =>
  drupalRequirements[newestMajor(drupal) ?? '12'].images[database]

const host = 'database'

/** @throws {TargetError} `container-failed`. */
export async function startDatabase(
  client: ContainerRuntimeClient,
  database: DatabaseServer,
  image: string,
  labels: Readonly<Record<string, string>>,
): Promise<DatabaseBeside> {
  const { driver, data, env } = servers[database]
  const docker = client.container.dockerode
  const password = randomBytes(16).toString('hex')
  const network = `simple-oauth-contract-${randomBytes(6).toString('hex')}`
  await docker.createNetwork({ Name: network, Labels: { ...labels } })
  const container = (await newContainer(docker, image, labels))
    .withEnvironment(env(password))
    .withNetworkMode(network)
    .withNetworkAliases(host)
    // In memory, because nothing is kept and no disk slows it down.
    .withTmpFs({ [data]: 'rw' })
  const handle = docker.getContainer((await started(container)).getId())
  const ended = handle.wait().then(async ({ StatusCode }: { StatusCode: number }) => {
    const lines = await logOf(handle).catch(() => [])
    const message = `The database (${image}) ended with exit code ${StatusCode}.${formatLogTail(lines.slice(-20))}`
    throw new TargetError('database-failed', message)
  })
  ended.catch(() => undefined)
  return {
    network,
    env: { DRUPAL_DATABASE_DRIVER: driver, DRUPAL_DATABASE_HOST: host, DRUPAL_DATABASE_PASSWORD: password },
    ended,
  }
}

/** Seconds. */
const databaseTimeout = 120

/** A server that is still initialising does not listen on the network. `exit($string)` would end with 0. */
const waitForDatabase = `
for ($end = time() + ${databaseTimeout}; ; usleep(100000)) {
  try {
    new PDO(getenv("DRUPAL_DATABASE_DRIVER") . ":host=" . getenv("DRUPAL_DATABASE_HOST") . ";dbname=contract", "contract", getenv("DRUPAL_DATABASE_PASSWORD"));
    exit(0);
  }
  catch (PDOException $e) {
    if (time() > $end || str_contains($e->getMessage(), "could not find driver")) {
      echo $e->getMessage();
      exit(1);
    }
  }
}`

/**
 * Installs the site on the database that its container's environment names.
 * @throws {TargetError} `database-failed`, `install-failed`, with the last lines of what failed.
 */
export async function installOnDatabase(site: SiteContainer, beside: DatabaseBeside): Promise<void> {
  const run = async (command: readonly string[]) => {
    const { exitCode, output } = await site.container.exec([...command], { user: 'root' })
    return exitCode === 0 ? null : formatLogTail(output.trimEnd().split('\n').slice(-20))
  }
  const install = async () => {
    const silent = await run(['php', '-r', waitForDatabase])
    if (silent !== null) {
      throw new TargetError('database-failed', `The database accepts no connection from the site.${silent}`)
    }
    const failed = await run(['sh', '/opt/contract/install.sh'])
    if (failed === null) return
    const message = `Drupal could not be installed on the database. See whether this Drupal supports the version of the database.${failed}`
    throw new TargetError('install-failed', message)
  }
  await Promise.race([install(), beside.ended])
}
