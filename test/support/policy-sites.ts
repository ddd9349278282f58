import { onTestFinished } from 'vitest'
import type { ClientRole } from '../../fixtures/roles.ts'
import { provisionData, type ProvisionClient } from '../../helpers/drupal/provision.ts'
import { startReferenceServer } from '../../helpers/reference/server.ts'

export interface ExampleSite {
  readonly baseUrl: string
  /** Variables that site.yaml names. */
  readonly secrets: Readonly<Record<string, string>>
}

/** Settings in which the second site breaks its guarantees. */
const otherwise: Partial<Record<ClientRole, Partial<ProvisionClient>>> = {
  confidentialPkce: {
    pkce: false,
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    redirectUris: ['https://client.example.test/callback', 'https://another-origin.example/callback'],
    user: 'contract_service',
  },
  machine: { scopes: [] },
  // Codes have the same lifetime.
  shortLived: { accessTokenLifetime: 8 },
}

/** Keeps every promise of site.yaml. */
export const keepingSite = (): Promise<ExampleSite> => start({}, undefined)

/** Breaks eight of them: seven by its settings, and one by the key it publishes. */
export const breakingSite = (): Promise<ExampleSite> => start(otherwise, 'weak-key-published')

async function start(changes: typeof otherwise, fault: string | undefined): Promise<ExampleSite> {
  const made = provisionData({ shortLife: { accessTokenLifetime: 2, refreshTokenLifetime: 60 } })
  const scopes =
    fault === undefined
      ? made.scopes
      : made.scopes.map((scope) => ({ ...scope, permission: 'debug simple_oauth tokens' }))
  const data = { ...made, scopes, clients: made.clients.map((client) => ({ ...client, ...changes[client.role] })) }
  const server = await startReferenceServer({ profile: 'ideal', data, ...(fault === undefined ? {} : { fault }) })
  onTestFinished(() => {
    server.closeNow()
  })
  const secret = (role: ClientRole): string => made.clients.find((client) => client.role === role)?.client_secret ?? ''
  return {
    baseUrl: server.url,
    secrets: {
      EDITOR_PASSWORD: made.users.find(({ role }) => role === 'editor')?.password ?? '',
      APP_SECRET: secret('confidentialPkce'),
      MACHINE_SECRET: secret('machine'),
    },
  }
}
