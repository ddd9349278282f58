import { lastValue } from '../core/message.ts'
import { replacing, type Fault } from './fault.ts'

const gain = 'Whoever can send a header decides which host tokens name as their issuer.'

/** The host in the headers of a proxy (RFC 7239 §5.3), which anyone can forge. */
const forwarded = (headers: Headers): string | undefined =>
  /\bhost=([^;,\s]+)/i.exec(headers.get('forwarded') ?? '')?.[1]

export const addressFaults: readonly Fault[] = [
  replacing('forwarded-port-trusted', 'requestOrigin', { gain, source: 'CWE-644' }, (own) => (headers) => {
    const [origin, port] = [own(headers), headers.get('x-forwarded-port')]
    return origin === null || port === null ? origin : origin.replace(/:\d+$/, `:${port}`)
  }),
  replacing('forwarded-prefix-trusted', 'requestOrigin', { gain, source: 'CWE-644' }, (own) => (headers) => {
    const origin = own(headers)
    return origin === null ? null : `${origin}${headers.get('x-forwarded-prefix') ?? ''}`
  }),
  replacing(
    'login-at-forwarded-prefix',
    'loginBase',
    { gain: 'The user types the password into a page of the host that a header named.', source: 'CWE-644' },
    (own) => (incoming) => incoming.headers.get('x-forwarded-prefix') ?? own(incoming),
  ),
  replacing(
    'login-at-destination',
    'loginBase',
    { gain: 'A link to the site leads to a login page of an attacker.', source: 'CWE-601' },
    (own) => (incoming) => lastValue(incoming.query, 'destination') ?? own(incoming),
  ),
  replacing(
    'consent-form-to-forwarded-prefix',
    'formAction',
    { gain: "The user's decision and form token are sent to a host that a header named.", source: 'CWE-644' },
    (own) => (incoming) => `${incoming.headers.get('x-forwarded-prefix') ?? ''}${own(incoming)}`,
  ),
  replacing(
    'host-header-trusted',
    'requestOrigin',
    { gain, source: 'CWE-644' },
    () => (headers) => `http://${headers.get('host')}`,
  ),
  replacing('forwarded-host-trusted', 'requestOrigin', { gain, source: 'CWE-644' }, (own) => (headers) => {
    const host = headers.get('x-forwarded-host')
    return host === null ? own(headers) : `http://${host}`
  }),
  replacing('forwarded-header-trusted', 'requestOrigin', { gain, source: 'CWE-644' }, (own) => (headers) => {
    const host = forwarded(headers)
    return host === undefined ? own(headers) : `http://${host}`
  }),
  replacing(
    'login-at-forwarded-host',
    'loginBase',
    { gain: 'The user types the password into a page of the host that a header named.', source: 'CWE-644' },
    (own) => (incoming) => {
      const host = incoming.headers.get('x-forwarded-host') ?? forwarded(incoming.headers)
      return host === undefined ? own(incoming) : `http://${host}`
    },
  ),
  replacing(
    'consent-form-to-forwarded-host',
    'formAction',
    { gain: "The user's decision and form token are sent to a host that a header named.", source: 'CWE-644' },
    (own) => (incoming) => {
      const host = incoming.headers.get('x-forwarded-host') ?? forwarded(incoming.headers)
      return host === undefined ? own(incoming) : `http://${host}${own(incoming)}`
    },
  ),
]
