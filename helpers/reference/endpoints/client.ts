import type { Client } from '../core/data.ts'
import { Failure } from '../core/failure.ts'
import type { Mechanisms } from '../core/mechanisms.ts'
import type { Service } from '../core/service.ts'

/** @throws {Failure} `parameter/missing`, `client/unknown`. */
export function identify({ state, mechanisms }: Service, clientId: string | null): Client {
  if (clientId === null) throw new Failure('parameter/missing', 'client_id')
  const client = mechanisms.findClient(state.data.clients, clientId)
  if (!client) throw new Failure('client/unknown', clientId)
  if (client.broken) throw new Failure('crash', 'the consumer cannot be read')
  return client
}

/** @throws {Failure} `client/public`, `client/secret-missing`, `client/secret-wrong`. */
export function authenticate(
  { mechanisms }: Service,
  client: Client,
  { secret, isBasic }: { readonly secret: string | null; readonly isBasic: boolean },
  grant: string,
): void {
  if (grant === 'client_credentials' && !mechanisms.clientCredentialsAllowed(client)) throw new Failure('client/public')
  if (mechanisms.authenticates(client, grant, isBasic)) requireSecret(mechanisms, client, secret)
}

/** @throws {Failure} `client/secret-missing`, `client/secret-wrong`. */
export function requireSecret(mechanisms: Mechanisms, client: Client, secret: string | null): void {
  if (secret === null) throw new Failure('client/secret-missing')
  if (!mechanisms.secretMatches(client, secret)) throw new Failure('client/secret-wrong', secret)
}
