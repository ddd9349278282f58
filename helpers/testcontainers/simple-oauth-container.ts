import type { DrushProcess } from '../drupal/drush.ts'
import type { TargetInfo, UserInfo } from '../model/target.ts'
import { TargetError } from '../model/target.ts'
import { refuseConflicts } from '../settings/conflicts.ts'
import { readSettings } from '../settings/settings.ts'
import { chooseContainer } from '../targets/choose.ts'
import {
  clientInfo,
  entitiesOf,
  type ClientOptions,
  type Entities,
  type ScopeOptions,
  type UserOptions,
} from './entities.ts'
import { StartedSimpleOAuthContainer, type FrontEndSite } from './started-container.ts'

/**
 * A throw-away Drupal with Simple OAuth in a container, for a front end's tests: an authorization server with its own users, clients and
 * keys, on 127.0.0.1. The first start builds an image, which takes minutes; later ones take seconds.
 *
 * By default it has a public client that must use PKCE, an editor, and the scopes `contract:debug` and `contract:content`. It is not a
 * GenericContainer, because its image is known only after `start()`.
 *
 * @example const drupal = await new SimpleOAuthContainer()
 *   .withDrupal('^11')
 *   .withClient({ clientId: 'shop', redirectUris: ['http://localhost:5173/callback'] })
 *   .start()
 */
export class SimpleOAuthContainer {
  private readonly flags = new Map<string, string>()
  private readonly scopes: ScopeOptions[] = []
  private readonly users: UserOptions[] = []
  private readonly clients: ClientOptions[] = []
  private progress: (stage: string) => void = () => undefined

  /** The version of Drupal as a Composer constraint; `^11` by default. */
  withDrupal(constraint: string): this {
    return this.with('drupal', constraint)
  }

  /** The version of Simple OAuth as a Composer constraint; `^6` by default. */
  withSimpleOAuth(constraint: string): this {
    return this.with('simple-oauth', constraint)
  }

  /** A Composer-built Drupal project to run instead of released versions; the folder is copied, never written to. */
  withCodebase(folder: string): this {
    return this.with('codebase', folder)
  }

  /** Exported configuration to install, such as `config/sync`. */
  withConfig(folder: string): this {
    return this.with('config', folder)
  }

  /** A base image with PHP, SQLite and Composer, instead of Drupal's official one. */
  withBaseImage(name: string): this {
    return this.with('base-image', name)
  }

  /** Milliseconds to wait for the web server; 60 seconds by default. Building the image is not included. */
  withStartupTimeout(milliseconds: number): this {
    return this.with('start-timeout', String(Math.ceil(milliseconds / 1000)))
  }

  withScope(scope: ScopeOptions): this {
    this.scopes.push(scope)
    return this
  }

  withUser(user: UserOptions): this {
    this.users.push(user)
    return this
  }

  withClient(client: ClientOptions): this {
    this.clients.push(client)
    return this
  }

  /** Called at each longer stage of the start, such as "building the image". */
  withProgress(progress: (stage: string) => void): this {
    this.progress = progress
    return this
  }

  /**
   * Builds the image if necessary, starts it, and creates scopes, users and clients.
   *
   * @throws {TargetError} whose message says what to do: no container engine, a version that does not exist, …
   * @throws {SettingsError} for an invalid value.
   */
  async start(): Promise<StartedSimpleOAuthContainer> {
    const flags = [...this.flags].map(([name, value]) => `--${name}=${value}`)
    // CONTRACT_ variables are for runs of the contract.
    const read = readSettings(['--target', 'container', ...flags], {}, {})
    refuseConflicts(read)
    const target = await chooseContainer(read.settings, process.env)
    const info = await target.start(this.progress)
    try {
      const entities = entitiesOf({ scopes: this.scopes, users: this.users, clients: this.clients })
      const uids = await create(target.drush(), entities)
      return new StartedSimpleOAuthContainer(target.container(), siteOf(info, entities, uids), () => target.stop())
    } catch (error) {
      target.stop()
      throw error
    }
  }

  private with(flag: string, value: string): this {
    this.flags.set(flag, value)
    return this
  }
}

async function create(drush: DrushProcess, entities: Entities): Promise<Readonly<Record<string, string>>> {
  try {
    if (Object.values(entities).every((list: readonly unknown[]) => list.length === 0)) return {}
    return (await drush.request<{ uids: Record<string, string> }>('entities.create', { data: entities })).uids
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new TargetError('entities-failed', `Scopes, users and clients could not be created: ${why}`, { cause })
  } finally {
    drush.close()
  }
}

/** The requested entities, followed by those of every site that the suite installs. */
export function siteOf(info: TargetInfo, entities: Entities, uids: Readonly<Record<string, string>>): FrontEndSite {
  const clients = new Map(entities.clients.map((client) => [client.client_id, clientInfo(client)]))
  const users = new Map(
    entities.users.map(({ name, password, mail }) => {
      // The driver looks a user up by this name.
      const user = { role: name, name, password, mail, uid: uids[name] ?? '' } as unknown as UserInfo
      return [name, user] as const
    }),
  )
  const target = {
    ...info,
    clients: { ...info.clients, ...Object.fromEntries([...clients.values()].map((client) => [client.role, client])) },
    users: { ...info.users, ...Object.fromEntries(users) },
  }
  for (const client of [info.clients.publicPkce, ...Object.values(info.clients)])
    if (client && !clients.has(client.client_id)) clients.set(client.client_id, client)
  for (const user of [info.users.editor, ...Object.values(info.users)])
    if (user && !users.has(user.name)) users.set(user.name, user)
  return { target, clients, users }
}
