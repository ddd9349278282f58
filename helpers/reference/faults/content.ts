import type { Mechanisms, ContentOperation } from '../core/mechanisms.ts'
import { replacing, type Fault } from './fault.ts'

/** Makes the server skip the permission check for one operation. */
const never =
  (closed: ContentOperation) =>
  (own: Mechanisms['contentPermission']): Mechanisms['contentPermission'] =>
  (op, type) =>
    op === closed ? 'administer nodes' : own(op, type)

const lost = {
  gain: 'Clients stop working although they were granted what they need.',
  source: 'RFC 6749 §7',
}

export const contentFaults: readonly Fault[] = [
  replacing(
    'content-written-with-scope-to-read',
    'contentPermission',
    { gain: 'A client that may only read creates, changes and deletes content.', source: 'RFC 6749 §7' },
    (own) => (_op, type) => own('read', type),
  ),
  replacing(
    'content-read-with-scope-to-create',
    'contentPermission',
    { gain: 'A client that may only send something in reads everything.', source: 'RFC 6749 §7' },
    (own) => (op, type) => own(op === 'read' ? 'create' : op, type),
  ),
  replacing('content-never-read', 'contentPermission', lost, never('read')),
  replacing('content-never-created', 'contentPermission', lost, never('create')),
  replacing('content-never-changed', 'contentPermission', lost, never('change')),
  replacing('content-never-deleted', 'contentPermission', lost, never('delete')),
]
