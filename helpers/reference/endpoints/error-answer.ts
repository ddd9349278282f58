import type { Failure } from '../core/failure.ts'
import { answer, type Answer, type Incoming } from '../core/message.ts'
import { crashPage } from '../core/pages.ts'
import type { Service } from '../core/service.ts'

/** An OAuth error as JSON on the server itself (RFC 6749 §5.2). */
export function errorAnswer(service: Service, failure: Failure, incoming: Incoming): Answer {
  const { mechanisms, labels, state } = service
  const error = mechanisms.oauthError(failure)
  if (error.status >= 500) state.errorLog.push(failure.message)
  if (error.error === 'crash') return crashPage(labels, false)
  // league ignores a Basic header with empty user name and password, which some web servers add.
  const headerUsed = !['', 'Basic Og=='].includes(incoming.headers.get('authorization') ?? '')
  return answer(mechanisms.errorStatus(error.status), JSON.stringify(mechanisms.errorBody(error)), [
    ...mechanisms.challengeHeaders(error, headerUsed),
    ['Content-Type', 'application/json'],
  ])
}
