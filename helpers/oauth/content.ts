import type { HttpRequest } from '../http/client.ts'
import { json, member, type Outcome } from '../judge/outcome.ts'
import { BlockedError, type CaseState, type StepResult } from './case-state.ts'
import { emptyOutcome } from './get.ts'
import { requireResolved } from './grants.ts'
import { resolve, resolveHeaders } from './resolve.ts'
import type { JsonApiStep, Step } from './steps.ts'

/** JSON:API 1.1, "Content Negotiation". */
const mediaType = 'application/vnd.api+json'
const type = 'node--contract_page'

/** One request to the JSON:API of the suite's own content type (JSON:API 1.1, "Fetching Data", "Creating, Updating and Deleting Resources"). */
export async function requestContent(caseState: CaseState, step: JsonApiStep): Promise<StepResult> {
  const op = requireResolved(step.op)
  const { content } = caseState.environment.target.endpoints
  if (content === undefined) throw new BlockedError('no-content', 'the target has no content type of the suite')
  const id = step.of === undefined || op === 'create' ? null : idOf(caseState, step.of, op)
  const token = step.token === null ? null : resolve(step.token, caseState)
  const last = await caseState.send({
    ...requestOf(op, caseState.url(content), id),
    headers: [
      ['accept', mediaType],
      ...(op === 'create' || op === 'change' ? [['content-type', mediaType] as const] : []),
      ...(token === null ? [] : [['authorization', `Bearer ${token}`] as const]),
      ...resolveHeaders(step.headers, caseState),
    ],
  })
  const outcome: Outcome = { ...emptyOutcome('resource'), exchanges: [last], last }
  const created = member(member(json(outcome), 'data'), 'id')
  return {
    outcome: { ...outcome, values: typeof created === 'string' ? { id: created } : {} },
    client: caseState.clientIfAny(),
    at: performance.now(),
  }
}

/** Content that was never created cannot be deleted: the server answers 404, and the site is unchanged. */
const idOf = (caseState: CaseState, of: string, op: string): string =>
  op === 'delete' ? (createdId(caseState, of) ?? 'none') : caseState.value(`${of}.id`)

const createdId = (caseState: CaseState, of: string): string | undefined => caseState.result(of).outcome.values['id']

/** Whether a step would delete content that the server never created: then there is nothing to restore. */
export const deletesNothing = (caseState: CaseState, step: Step): boolean =>
  step.do === 'jsonapi' && step.op === 'delete' && step.of !== undefined && createdId(caseState, step.of) === undefined

function requestOf(op: 'read' | 'create' | 'change' | 'delete', url: string, id: string | null): HttpRequest {
  const one = id === null ? url : `${url}/${id}`
  switch (op) {
    case 'read':
      return { method: 'GET', url: one }
    case 'create':
      return { method: 'POST', url, body: written({ type, attributes: { title: 'Contract page' } }) }
    case 'change':
      return { method: 'PATCH', url: one, body: written({ type, id, attributes: { title: 'Contract page, changed' } }) }
    case 'delete':
      return { method: 'DELETE', url: one }
  }
}

const written = (data: object): string => JSON.stringify({ data })
