import { clients, type ClientFixture, type ClientRole, type UserRole } from '../../fixtures/roles.ts'
import type { Step } from '../oauth/steps.ts'
import { usualUser } from './infer.ts'

/** Who acts in a case. Cases about guarantees change no user or consumer. */
export interface Actors {
  readonly client: ClientRole
  readonly user?: UserRole
}

/** Whether a step changes a user or a consumer. */
export const changesEntity = ({ do: what }: Step): boolean => what === 'changeUser' || what === 'changeConsumer'

/**
 * The steps that restore the users and consumers a case changes: each as it was provisioned, then a token by the client's own grant, which
 * shows that both work again. A consumer that acts as a changed user is saved again with that user, who may be another account now.
 * @param given Who acts in the case.
 */
export function restoring(when: readonly Step[], { client, user = usualUser(client) }: Actors): readonly Step[] {
  const users = new Set(when.flatMap((step) => (step.do === 'changeUser' ? (step.user ?? user) : [])))
  const consumers = new Set(
    when.flatMap((step) =>
      step.do === 'changeConsumer' ? (typeof step.client === 'string' ? step.client : client) : [],
    ),
  )
  if (users.size + consumers.size === 0) return []
  const { user: own }: ClientFixture = clients[client]
  if (own !== undefined && users.has(own)) consumers.add(client)
  return [
    ...[...users].map((one): Step => ({ do: 'changeUser', change: 'restore', user: one })),
    ...[...consumers].map((one): Step => ({ do: 'changeConsumer', change: 'restore', client: one })),
    { do: 'obtain' },
  ]
}
