import { expect, test } from 'vitest'
import {
  authorize,
  clientCredentials,
  clientSecret,
  codeGrant,
  document,
  changeUser,
  exchange,
  introspect,
  jwks,
  metadata,
  race,
  ref,
  refresh,
  repeated,
  resource,
  revoke,
  scopes,
  signedWith,
  tampered,
  verifier,
  wait,
} from '../../helpers/contract/index.ts'
import { describeStep } from '../../helpers/contract/describe-step.ts'
import type { Step } from '../../helpers/oauth/steps.ts'
import { allChecks } from '../mutation/run-against.ts'

test.each<[Step, string]>([
  [jwks({ as: 'keys' }), 'the public keys are requested (called "keys")'],
  [
    authorize({ params: { code_challenge: null, state: 'a b' }, session: 'fresh', decision: 'stop' }),
    'the authorization request, with login and consent; without code_challenge; state = "a b"; session: fresh; decision: stop',
  ],
  [
    codeGrant({
      authorize: { scope: scopes('debug', 'content') },
      token: { code_verifier: ref('first.code_verifier') },
    }),
    'the whole authorization code grant: authorization request, login, consent, redemption of the code; ' +
      'in the authorization request scope = the scopes debug, content; in the token request code_verifier = the code_verifier of "first"',
  ],
  [
    exchange('flow', { client: 'confidential', secret: clientSecret('machine', { cut: true }) }),
    'the code is redeemed; of "flow"; client: confidential; secret: the beginning of the secret of machine',
  ],
  [
    refresh('flow', { params: { refresh_token: tampered('flow.refresh_token', 'middle') } }),
    'the refresh token is used; of "flow"; refresh_token = the refresh_token of "flow", changed (middle)',
  ],
  [
    clientCredentials({ params: { scope: repeated('a', 'b') } }),
    'a token is requested with client credentials; scope = sent several times: "a", then "b"',
  ],
  [
    clientCredentials({ mediaType: null, headers: { authorization: 'Basic !!!' }, params: {} }),
    'a token is requested with client credentials; without a media type; with the header authorization = "Basic !!!"',
  ],
  [
    clientCredentials({ method: 'PUT', body: '{"a":1}' }),
    'a token is requested with client credentials; method: PUT; a different body: "{\\"a\\":1}"',
  ],
  [
    revoke(ref('flow.refresh_token'), { hint: 'access_token' }),
    'a token is revoked; token: the refresh_token of "flow"; hint: access_token',
  ],
  [
    introspect(ref('flow.access_token'), { caller: ref('caller.access_token'), credentials: 'none' }),
    'the server is asked whether a token is active; token: the access_token of "flow"; caller: the access_token of "caller"; credentials: none',
  ],
  [
    metadata('/.well-known/openid-configuration', { try: 'response_types_supported' }),
    'the metadata is requested, and what it advertises is tried; path: /.well-known/openid-configuration; try: response_types_supported',
  ],
  [document('/.well-known/jwks.json'), 'a public document is requested; path: /.well-known/jwks.json'],
  [race(exchange('flow'), 5), '5 times at once, in up to 20 rounds: the code is redeemed; of "flow"'],
  [resource(null), 'the protected resource is requested; without a token'],
  [
    resource(signedWith('none', { of: 'flow.access_token' })),
    'the protected resource is requested; token: the access_token of "flow", signed again (none)',
  ],
  [wait('code-expiry', 'flow'), 'time passes; until code expiry; of "flow"'],
  [changeUser('block'), 'the user is changed; change: block'],
  [
    authorize({ verifier: verifier({ containing: '+' }) }),
    'the authorization request, with login and consent; verifier: a fresh verifier of 64 characters with "+" in it',
  ],
  [authorize({ verifier: null }), 'the authorization request, with login and consent; without PKCE'],
  [
    authorize({ params: { state: 'x'.repeat(1500) } }),
    `the authorization request, with login and consent; state = "${'x'.repeat(99)}… (1500 characters)`,
  ],
])('%j', (step, words) => {
  expect(describeStep(step)).toBe(words)
})

test('every step of every contract has words, and no data shows through', async () => {
  const steps = (await allChecks()).flatMap(({ control, when, afterwards }) => [...control, ...when, ...afterwards])
  const odd = steps
    .map(describeStep)
    .filter((words) => /[{}]|\$|undefined|\[object/u.test(words.replaceAll(/"(?:[^"\\]|\\.)*"/gu, '')))
  expect([...new Set(odd)]).toEqual([])
})
