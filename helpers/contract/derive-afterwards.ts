import { clients, type ClientFixture, type ClientRole, type UserRole } from '../../fixtures/roles.ts'
import type { Step } from '../oauth/steps.ts'

/** Whether a step changes a user or a consumer. */
export const changesEntity = ({ do: what }: Step): boolean => what === 'changeUser' || what === 'changeConsumer'

/**
 * What restores the users and consumers that a case changes: each as it was provisioned, then a token by the grant that the client has, which
 * shows that user and consumer work again. A consumer that acts as a changed user is saved with that user, who may be another account now.
 * @param acting Client and user of the case.
 */
export function restoring(
  when: readonly Step[],
  acting: { readonly client: ClientRole; readonly user: UserRole },
): readonly Step[] {
  const users = new Set(when.flatMap((step) => (step.do === 'changeUser' ? (step.user ?? acting.user) : [])))
  const consumers = new Set(
    when.flatMap((step) =>
      step.do === 'changeConsumer' ? (typeof step.client === 'string' ? step.client : acting.client) : [],
    ),
  )
  if (users.size + consumers.size === 0) return []
  const { user: own }: ClientFixture = clients[acting.client]
  if (own !== undefined && users.has(own)) consumers.add(acting.client)
  return [
    ...[...users].map((user): Step => ({ do: 'changeUser', change: 'restore', user })),
    ...[...consumers].map((client): Step => ({ do: 'changeConsumer', change: 'restore', client })),
    { do: 'obtain' },
  ]
}
