import { clients, type ClientRole, type UserRole } from '../../fixtures/roles.ts'
import type { Step } from '../oauth/steps.ts'

/** Whether a step changes a user or a consumer. */
export const changesEntity = ({ do: what }: Step): boolean => what === 'changeUser' || what === 'changeConsumer'

/**
 * What restores the users and consumers that a case changes: each as it was provisioned, then a token by the grant that the client has, which
 * shows that user and consumer work again. A consumer that acts as a changed user is saved with that user, who may be another account now.
 * @param client That of the case.
 */
export function restoring(when: readonly Step[], client: ClientRole): readonly Step[] {
  const changes = when.filter(changesEntity)
  if (changes.length === 0) return []
  const users = new Set(changes.map((step) => (step.do === 'changeUser' ? step.user : null)))
  const consumers = new Set(
    changes.flatMap((step) => (step.do === 'changeConsumer' && typeof step.client === 'string' ? step.client : [])),
  )
  users.delete(null)
  const own = changes.some((step) => step.do === 'changeConsumer' && step.client === undefined)
  if (own || actsAs(client, users)) consumers.add(client)
  return [
    ...[...users].map((user): Step => ({ do: 'changeUser', change: 'restore', ...(user ? { user } : {}) })),
    ...[...consumers].map((role): Step => ({ do: 'changeConsumer', change: 'restore', client: role })),
    { do: 'obtain' },
  ]
}

function actsAs(client: ClientRole, users: ReadonlySet<UserRole | null | undefined>): boolean {
  const { user } = clients[client]
  return user !== undefined && users.has(user)
}
