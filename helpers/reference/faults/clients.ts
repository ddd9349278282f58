import { Failure } from '../core/failure.ts'
import { lastValue } from '../core/message.ts'
import { replacing, type Fault } from './fault.ts'

const formSyntax = 'RFC 6749 appendix B'

/** Faults that reject other valid forms of a request. */
export const clientsFaults: readonly Fault[] = [
  replacing(
    'response-type-first',
    'authorizationParameters',
    { gain: 'Clients that send the same parameters in another order cannot log in.', source: formSyntax },
    (own) => (incoming) => {
      const pairs = own(incoming)
      const [first] = pairs
      if (first !== undefined && first[0] !== 'response_type') throw new Failure('parameter/malformed', first[0])
      return pairs
    },
  ),
  replacing(
    'grant-type-first',
    'tokenParameters',
    { gain: 'Clients that send the same parameters in another order get no token.', source: formSyntax },
    (own) => (incoming) => {
      const pairs = own(incoming)
      const [first] = pairs
      if (first !== undefined && first[0] !== 'grant_type') throw new Failure('parameter/malformed', first[0])
      return pairs
    },
  ),
  replacing(
    'form-with-charset-refused',
    'tokenParameters',
    { gain: 'Clients that name the character set of their form get no token.', source: 'RFC 9110 §8.3.1' },
    (own) => (incoming) => (/charset/i.test(incoming.headers.get('content-type') ?? '') ? [] : own(incoming)),
  ),
  replacing(
    'accept-json-alone',
    'tokenParameters',
    { gain: 'Clients that accept more than JSON get no token.', source: 'RFC 9110 §12.5.1' },
    (own) => (incoming) => {
      if (incoming.headers.get('accept') !== 'application/json') throw new Failure('parameter/malformed', 'accept')
      return own(incoming)
    },
  ),
  replacing(
    'scope-at-refresh-refused',
    'tokenParameters',
    { gain: 'Clients that name the granted scopes again lose their access.', source: 'RFC 6749 §6' },
    (own) => (incoming) => {
      const pairs = own(incoming)
      if (lastValue(pairs, 'grant_type') === 'refresh_token' && lastValue(pairs, 'scope') !== null)
        throw new Failure('parameter/malformed', 'scope')
      return pairs
    },
  ),
  replacing(
    'long-state-cut',
    'responseState',
    {
      gain: 'Clients that seal what they need to know in `state` reject their own responses.',
      source: 'RFC 6749 §4.1.2',
    },
    () => (state) => state.slice(0, 255),
  ),
  replacing(
    'bearer-with-content-type-ignored',
    'bearerToken',
    { gain: 'Clients that name a media type with every request are not recognized.', source: 'RFC 6750 §2.1' },
    (own) => (incoming) => (incoming.method === 'GET' && incoming.headers.has('content-type') ? null : own(incoming)),
  ),
]
