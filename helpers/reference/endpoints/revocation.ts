import type { Client } from '../core/data.ts'
import { Failure } from '../core/failure.ts'
import { answer, type Answer, type Incoming, type Pairs } from '../core/message.ts'
import { refusing, type Service } from '../core/service.ts'
import { identify, requireSecret } from './client.ts'
import { errorAnswer } from './error-answer.ts'

/** RFC 7009 §2. */
export async function answerRevocation(service: Service, incoming: Incoming): Promise<Answer> {
  const { mechanisms, state } = service
  return refusing(
    async () => {
      const pairs = mechanisms.tokenParameters(incoming)
      const client = clientOf(service, incoming, pairs, (one) => mechanisms.revocationAuthenticates(one))
      const found = await tokenOf(service, pairs)
      if (found === null && mechanisms.unknownTokenRefused) throw new Failure('refresh/unreadable')
      const decision = found && mechanisms.revocation(found, client)
      if (decision === 'refuse') throw new Failure('refresh/other-client')
      if (found && decision === 'revoke') mechanisms.revoke(state, found)
      return answer(200, '')
    },
    (failure) => errorAnswer(service, failure, incoming),
  )
}

/** RFC 7662 §2. */
export async function answerIntrospection(service: Service, incoming: Incoming): Promise<Answer> {
  const { mechanisms, state } = service
  return refusing(
    async () => {
      const pairs = mechanisms.tokenParameters(incoming)
      const client = clientOf(service, incoming, pairs, () => mechanisms.introspectionAuthenticates)
      if (mechanisms.introspectionAuthenticates && !client.confidential) throw new Failure('client/public')
      const found = await tokenOf(service, pairs)
      const active = found !== null && mechanisms.isActive(state, found, Date.now())
      const body = mechanisms.introspection(found, active, incoming.origin)
      return answer(200, JSON.stringify(body), mechanisms.tokenHeaders)
    },
    (failure) => errorAnswer(service, failure, incoming),
  )
}

function clientOf(
  service: Service,
  incoming: Incoming,
  pairs: Pairs,
  authenticates: (client: Client) => boolean,
): Client {
  const { mechanisms, state } = service
  const basic = mechanisms.basicCredentials(incoming.headers.get('authorization'))
  const client = identify(service, mechanisms.clientId(incoming, pairs, basic, state))
  if (authenticates(client)) requireSecret(mechanisms, client, mechanisms.credentials(pairs, basic).secret)
  return client
}

const tokenOf = ({ mechanisms, state }: Service, pairs: Pairs) =>
  mechanisms.tokenMeant(state, mechanisms.parameter(pairs, 'token'), mechanisms.parameter(pairs, 'token_type_hint'))
