import {
  clientCredentials,
  codeGrant,
  contractTest,
  describe,
  holds,
  joined,
  jsonapi,
  must,
  oneOf,
  preflight,
  ref,
  resource,
  scopes,
  variant,
} from 'simple-oauth-contract'

const foreign = 'https://attacker.example'
// Neither belongs to the suite's clients, whose pages are at https://client.example.test.
const beginsAlike = 'https://client.example.test.attacker.example'
const endsAlike = 'https://attackerclient.example.test'
// A script without the user's cookies needs a token, and with a token it can run anywhere. The control of each contract is the request
// without an origin: if that fails, an answer without CORS headers proves nothing.
const closed = holds({ 'cors.readers': oneOf('nobody', 'anyone', 'the origin') })

/** A token with the scope that the resource requires. */
const opening = clientCredentials({ as: 'flow', params: { scope: scopes('debug') } })
const token = ref('flow.access_token')

describe('Protected resource: scripts of other origins', () => {
  contractTest('cors.preflight', {
    title: 'No preflight lets a script of a foreign origin send a request with the cookies of the user',
    sources: [must('ASVS', '3.4.2')],
    severity: 'high',
    variants: {
      'the resource': { at: 'resource', origin: foreign },
      UserInfo: { at: 'userinfo', origin: foreign },
      'JSON:API': { at: 'content', origin: foreign },
      'the resource, null origin': { at: 'resource', origin: 'null' },
      'the resource, an origin that begins alike': { at: 'resource', origin: beginsAlike },
      'the resource, an origin that ends alike': { at: 'resource', origin: endsAlike },
    },
    when: preflight(variant('at'), variant('origin')),
    then: closed,
  })

  contractTest('cors.resource', {
    title: 'A script of a foreign origin cannot read the resource with the cookies of the user',
    sources: [must('ASVS', '3.4.2')],
    severity: 'high',
    variants: {
      'foreign origin': foreign,
      'null origin': 'null',
      'an origin that begins alike': beginsAlike,
      'an origin that ends alike': endsAlike,
    },
    control: [opening, resource(token)],
    when: [opening, resource(token, { headers: { origin: variant() } })],
    then: closed,
  })

  contractTest('cors.token', {
    title: 'A script of a foreign origin cannot read a token response with the cookies of the user',
    sources: [must('ASVS', '3.4.2')],
    severity: 'high',
    variants: {
      'foreign origin': foreign,
      'null origin': 'null',
      'an origin that begins alike': beginsAlike,
      'an origin that ends alike': endsAlike,
    },
    control: clientCredentials(),
    when: clientCredentials({ headers: { origin: variant() } }),
    then: closed,
  })

  contractTest('cors.userinfo', {
    title: 'A script of a foreign origin cannot read UserInfo with the cookies of the user',
    sources: [must('ASVS', '3.4.2')],
    severity: 'high',
    control: [
      codeGrant({ as: 'flow', authorize: { scope: joined(scopes('debug'), ' openid') } }),
      resource(token, { at: 'userinfo' }),
    ],
    when: [
      codeGrant({ as: 'flow', authorize: { scope: joined(scopes('debug'), ' openid') } }),
      resource(token, { at: 'userinfo', headers: { origin: foreign } }),
    ],
    then: closed,
  })

  contractTest('cors.jsonapi', {
    title: 'A script of a foreign origin cannot read content by JSON:API with the cookies of the user',
    sources: [must('ASVS', '3.4.2')],
    severity: 'high',
    client: 'machineUnlimited',
    control: [
      clientCredentials({ as: 'flow', params: { scope: scopes('content') } }),
      jsonapi('read', { token: token }),
    ],
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('content') } }),
      jsonapi('read', { token: token, headers: { origin: foreign } }),
    ],
    then: closed,
  })
})
