import { randomBytes } from 'node:crypto'
import type { ContainerRuntimeClient } from 'testcontainers'
import { newContainer, started, type SiteContainer } from './start-site.ts'
import { formatLogTail } from '../install/install-error.ts'
import { TargetError } from '../../model/target.ts'

export type Database = 'sqlite' | 'mariadb' | 'postgres'

/** A database in a container of its own, in one network with the site. */
export interface DatabaseBeside {
  readonly network: string
  /** What drupal/settings.php reads. */
  readonly env: Readonly<Record<string, string>>
}

const servers = {
  mariadb: {
    image: 'mariadb:11.4',
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
    image: 'postgres:17',
    driver: 'pgsql',
    data: '/var/lib/postgresql/data',
    env: (password: string) => ({
      POSTGRES_DB: 'contract',
      POSTGRES_USER: 'contract',
      POSTGRES_PASSWORD: password,
    }),
  },
} as const

export const databaseImage = (database: keyof typeof servers): string => servers[database].image

const host = 'database'

/** @throws {TargetError} `container-failed`. */
export async function startDatabase(
  client: ContainerRuntimeClient,
  database: keyof typeof servers,
  labels: Readonly<Record<string, string>>,
): Promise<DatabaseBeside> {
  const { image, driver, data, env } = servers[database]
  const password = randomBytes(16).toString('hex')
  const network = `simple-oauth-contract-${randomBytes(6).toString('hex')}`
  await client.container.dockerode.createNetwork({ Name: network, Labels: { ...labels } })
  const container = newContainer(image, labels)
    .withEnvironment(env(password))
    .withNetworkMode(network)
    .withNetworkAliases(host)
    // Nothing of it is to be kept, and memory does not wait for a disk.
    .withTmpFs({ [data]: 'rw' })
  await started(container)
  return {
    network,
    env: { DRUPAL_DATABASE_DRIVER: driver, DRUPAL_DATABASE_HOST: host, DRUPAL_DATABASE_PASSWORD: password },
  }
}

/** Servers that are still setting themselves up listen to no network. */
const waitForDatabase = `
for ($end = time() + 120; ; usleep(100000)) {
  try {
    new PDO(getenv("DRUPAL_DATABASE_DRIVER") . ":host=" . getenv("DRUPAL_DATABASE_HOST") . ";dbname=contract", "contract", getenv("DRUPAL_DATABASE_PASSWORD"));
    exit(0);
  }
  catch (PDOException $e) {
    if (time() > $end) {
      exit($e->getMessage());
    }
  }
}`

/**
 * Installs the site anew on the database that its container's environment names.
 * @throws {TargetError} `install-failed` with the last lines of what failed.
 */
export async function installOnDatabase(site: SiteContainer): Promise<void> {
  const commands = [
    ['php', '-r', waitForDatabase],
    ['sh', '/opt/contract/install.sh'],
  ]
  for (const command of commands) {
    const { exitCode, output } = await site.container.exec(command, { user: 'root' })
    if (exitCode === 0) continue
    const lines = output.trimEnd().split('\n').slice(-20)
    const next = 'See whether this Drupal supports the version of the database.'
    throw new TargetError(
      'install-failed',
      `Drupal could not be installed on the database. ${next}${formatLogTail(lines)}`,
    )
  }
}
