import { Failure } from '../core/failure.ts'
import { lastValue } from '../core/message.ts'
import { replacing, type Fault } from './fault.ts'

const tokenParameters = [
  'grant_type',
  'client_id',
  'client_secret',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
  'scope',
]

/** Parameters of RFC 6749 that a grant does not use. */
const irrelevantTo: Readonly<Record<string, readonly string[]>> = {
  authorization_code: ['scope', 'refresh_token'],
  refresh_token: ['code', 'code_verifier', 'redirect_uri'],
}

export const requestFaults: readonly Fault[] = [
  replacing(
    'password-grant',
    'openGrants',
    { gain: "Clients collect users' passwords.", source: 'RFC 9700 §2.4' },
    () => ['password'],
  ),
  replacing(
    'extension-grants-unproven',
    'openGrants',
    { gain: 'Whoever makes up an assertion or a device code gets tokens of a user.', source: 'RFC 7521 §4.1' },
    () =>
      ['device_code', 'token-exchange', 'jwt-bearer', 'saml2-bearer'].map(
        (name) => `urn:ietf:params:oauth:grant-type:${name}`,
      ),
  ),
  replacing(
    'password-grant-by-module',
    'furtherGrants',
    { gain: "A module lets the clients that have its grant collect users' passwords.", source: 'RFC 9700 §2.4' },
    () => ['password'],
  ),
  replacing(
    'token-parameters-from-url-too',
    'tokenParameters',
    { gain: 'Secrets and codes end up in logs and browser histories.', source: 'CWE-598' },
    (own) => (incoming) => [...own(incoming), ...incoming.query],
  ),
  replacing(
    'token-body-decoded-twice',
    'tokenParameters',
    { gain: 'Clients whose secret has a `%` or `+` cannot authenticate.', source: 'RFC 6749 appendix B' },
    (own) => (incoming) =>
      own(incoming).map(([name, value]): [string, string] => [name, new URLSearchParams(`v=${value}`).get('v') ?? '']),
  ),
  replacing(
    'resource-parameter-refused',
    'tokenParameters',
    {
      gain: 'Clients that name the resource, as MCP clients must, get no token.',
      source: 'RFC 6749 §3.2',
      only: 'ideal',
    },
    (own) => (incoming) => {
      const pairs = own(incoming)
      if (lastValue(pairs, 'resource') !== null) throw new Failure('parameter/malformed', 'resource')
      return pairs
    },
  ),
  replacing(
    'unknown-grant-defaulted',
    'grantType',
    { gain: 'Grants that were disabled still work under another name.', source: 'RFC 6749 §5.2' },
    (own) => (pairs) =>
      ['authorization_code', 'refresh_token'].includes(own(pairs)) ? own(pairs) : 'client_credentials',
  ),
  replacing(
    'grant-type-optional',
    'grantType',
    { gain: 'A request that names no grant gets a token.', source: 'RFC 6749 §5.2' },
    (own) => (pairs) =>
      pairs.some(([name, value]) => name === 'grant_type' && value !== '') ? own(pairs) : 'client_credentials',
  ),
  replacing(
    'grant-type-any-case',
    'grantType',
    {
      gain: 'A filter in front of the server that blocks a grant by name can be bypassed.',
      source: 'RFC 6749 §4.4.2, CWE-178',
    },
    (own) => (pairs) => own(pairs).toLowerCase(),
  ),
  replacing(
    'scope-missing-is-none',
    'scopeParameter',
    { gain: 'A token without scopes is accepted wherever any valid token is sufficient.', source: 'RFC 6749 §3.3' },
    (own) => (pairs) => own(pairs) ?? [],
  ),
  replacing(
    'token-request-in-query',
    'tokenParameters',
    { gain: 'Secrets and codes end up in the logs of servers and proxies.', source: 'RFC 6749 §2.3.1' },
    (own) => (incoming) => [...incoming.query, ...own(incoming)],
  ),
  replacing(
    'token-by-every-method',
    'tokenMethods',
    { gain: 'Firewall and cache rules for POST requests can be bypassed.', source: 'RFC 6749 §3.2' },
    () => ['POST', 'PUT', 'PATCH', 'DELETE'],
  ),
  replacing(
    'token-by-get',
    'tokenMethods',
    { gain: 'Secrets and codes end up in browser histories and logs.', source: 'RFC 6749 §3.2' },
    () => ['GET', 'POST'],
  ),
  replacing(
    'token-request-of-any-type',
    'tokenParameters',
    { gain: 'A filter that inspects form data does not see the request.', source: 'RFC 6749 §4.4.2' },
    (own) => (incoming) => {
      const { text } = incoming
      if (!text.startsWith('{')) return text === '' ? own(incoming) : [...new URLSearchParams(text)]
      return Object.entries(JSON.parse(text) as Record<string, string>)
    },
  ),
  replacing(
    'unknown-parameters-refused',
    'tokenParameters',
    { gain: 'Clients that send parameters of a newer standard stop working.', source: 'RFC 6749 §3.2' },
    (own) => (incoming) => {
      const pairs = own(incoming)
      const unknown = pairs.find(([name]) => !tokenParameters.includes(name))
      if (unknown) throw new Failure('parameter/malformed', unknown[0])
      return pairs
    },
  ),
  replacing(
    'repeated-parameters-accepted',
    'checkParameters',
    {
      gain: 'A filter and the server read different values of the same parameter.',
      source: 'RFC 6749 §3.2, CWE-235',
      only: 'ideal',
    },
    () => () => undefined,
  ),
  replacing(
    'token-parameter-list-crashes',
    'tokenParameters',
    { gain: 'A list where a string is expected causes a server error.', source: 'RFC 6749 §5.2, CWE-704' },
    (own) => (incoming) => {
      const pairs = own(incoming)
      if (pairs.some(([name]) => name.includes('['))) throw new Failure('crash', 'Array to string conversion')
      return pairs
    },
  ),
  replacing(
    'long-parameter-crashes',
    'tokenParameters',
    { gain: 'A long value causes a server error, whose message may disclose it.', source: 'RFC 6749 §5.2, CWE-770' },
    (own) => (incoming) => {
      const pairs = own(incoming)
      if (pairs.some(([, value]) => value.length > 8192)) throw new Failure('crash', 'Data too long')
      return pairs
    },
  ),
  replacing(
    'grant-type-unusual-crashes',
    'grantType',
    { gain: 'A made-up grant type causes a server error.', source: 'RFC 6749 §5.2, CWE-20' },
    (own) => (pairs) => {
      const grant = own(pairs)
      if (!/^[\w.:-]*$/.test(grant)) throw new Failure('crash', 'an unusual grant type')
      return grant
    },
  ),
  replacing(
    'scope-unusual-crashes',
    'scopeParameter',
    { gain: 'Characters that no scope may have cause a server error.', source: 'RFC 6749 §3.3, CWE-20' },
    (own) => (pairs) => {
      if (/[^\x20-\x7e]|["\\<%]/.test(lastValue(pairs, 'scope') ?? '')) throw new Failure('crash', 'an unusual scope')
      return own(pairs)
    },
  ),
  replacing(
    'scope-of-spaces-is-none',
    'scopeParameter',
    { gain: 'A token without scopes is accepted wherever any valid token is sufficient.', source: 'RFC 6749 §3.3' },
    (own) => (pairs) => (/^ +$/.test(lastValue(pairs, 'scope') ?? '') ? [] : own(pairs)),
  ),
  replacing(
    'irrelevant-parameters-refused',
    'tokenParameters',
    { gain: 'Clients that send the same parameters with every token request stop working.', source: 'RFC 6749 §3.2' },
    (own) => (incoming) => {
      const pairs = own(incoming)
      const irrelevant = irrelevantTo[lastValue(pairs, 'grant_type') ?? ''] ?? []
      const found = pairs.find(([name]) => irrelevant.includes(name))
      if (found) throw new Failure('parameter/malformed', found[0])
      return pairs
    },
  ),
  replacing(
    'repeated-parameter-crashes',
    'checkParameters',
    { gain: 'A parameter that is sent twice causes a server error.', source: 'RFC 6749 §5.2, CWE-755', only: 'ideal' },
    (own) => (pairs) => {
      try {
        own(pairs)
      } catch {
        throw new Failure('crash', 'a list of values')
      }
    },
  ),
  replacing(
    'broken-utf-8-crashes',
    'tokenParameters',
    { gain: 'Bytes that are not UTF-8 cause a server error.', source: 'RFC 6749 §5.2, CWE-176' },
    (own) => (incoming) => {
      const pairs = own(incoming)
      if (pairs.some(([, value]) => value.includes('\ufffd'))) throw new Failure('crash', 'Malformed UTF-8 characters')
      return pairs
    },
  ),
]
