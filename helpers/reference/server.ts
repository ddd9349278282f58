import { once } from 'node:events'
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import type { SiteChange } from '../model/target.ts'
import type { ReferenceData } from './core/data.ts'
import { ideal } from './profiles/ideal.ts'
import { labels } from './core/labels.ts'
import type { Mechanisms } from './core/mechanisms.ts'
import { deviceGrantType } from './core/device-mechanisms.ts'
import type { Service } from './core/service.ts'
import { buildApp } from './app.ts'
import { simpleOauth } from './profiles/simple-oauth.ts'
import { simpleOauth21 } from './profiles/simple-oauth-21.ts'
import { State } from './core/state.ts'
import { changeState } from './change-state.ts'
import { upgradeService } from './upgrade.ts'

export type ReferenceProfile = 'ideal' | 'simple-oauth-6.0' | 'simple-oauth-21'

export interface ReferenceOptions {
  readonly profile: ReferenceProfile
  readonly data: ReferenceData
  /** 0, the default, chooses a free port. */
  readonly port?: number
  /** ID of a fault to give the server. */
  readonly fault?: string
  /** Language of the pages. */
  readonly language?: 'en' | 'de'
}

export interface ReferenceServer {
  /** Without a trailing slash. */
  readonly url: string
  /** User id by user name. */
  readonly uids: Record<string, string>
  control(request: SiteChange): Promise<unknown>
  /** Grants that some client can use. */
  readonly grants: readonly string[]
  /**
   * Stops this server and starts another one on the same port, with the same stored data.
   * @param options Its profile, and a fault of it or of the upgrade itself.
   * @throws {RangeError} for an unknown fault; this server then continues.
   */
  upgrade(options: Pick<ReferenceOptions, 'profile' | 'fault'>): Promise<ReferenceServer>
  /** Internal errors since the last call. */
  errorLog(): string[]
  close(): Promise<void>
  /** Stops the server synchronously, even while the process is exiting. */
  closeNow(): void
}

export const profiles: Readonly<Record<ReferenceProfile, Mechanisms>> = {
  ideal,
  'simple-oauth-6.0': simpleOauth,
  'simple-oauth-21': simpleOauth21,
}

/**
 * Starts a server on 127.0.0.1 that behaves like Drupal with Simple OAuth or as the standards require, with at most one
 * fault. Its state is in memory and empty at each start.
 *
 * @throws {RangeError} for an unknown fault.
 * @throws {Error} `EADDRINUSE` if the port is taken.
 */
export async function startReferenceServer(options: ReferenceOptions): Promise<ReferenceServer> {
  const profile = profiles[options.profile]
  const mechanisms = options.fault === undefined ? profile : (await faults()).findFault(options.fault).alter(profile)
  const state = await State.create(options.data)
  return listen({ state, mechanisms, labels: labels[options.language ?? 'en'] }, options.port ?? 0)
}

/** Loaded where one is wanted: they are most of the server's code. */
const faults = () => import('./faults/index.ts')

async function listen(service: Service, wanted: number): Promise<ReferenceServer> {
  const { state } = service
  const server = serve({ fetch: buildApp(service).fetch, hostname: '127.0.0.1', port: wanted }) as Server
  if (!server.listening) await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const closeNow = () => {
    server.close()
    server.closeAllConnections()
  }
  const close = async () => {
    const closed = once(server, 'close')
    closeNow()
    await closed
  }
  return {
    url: `http://127.0.0.1:${port}`,
    uids: Object.fromEntries(state.accounts.map((account) => [account.name, account.uid])),
    control: (request) => changeState(service, request),
    grants: [
      ...new Set([
        ...state.data.clients.flatMap(({ grantTypes }) => grantTypes),
        ...service.mechanisms.openGrants,
        ...(service.mechanisms.device ? [deviceGrantType] : []),
      ]),
    ],
    errorLog: () => state.errorLog.splice(0),
    closeNow,
    close,
    upgrade: async (options) => {
      const upgraded = await upgradeService(service, profiles[options.profile], options.fault)
      await close()
      return listen(upgraded, port)
    },
  }
}
