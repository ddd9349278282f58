import { describe, expect, test } from 'vitest'
import { thumbprint } from '../../helpers/model/thumbprint.ts'
import { serverFacts } from '../../helpers/report/server-facts.ts'
import { check, exchange, header } from '../support/report-factory.ts'

// RFC 7638 §3.1
const key = {
  kty: 'RSA',
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  e: 'AQAB',
  alg: 'RS256',
  kid: '2011-04-29',
}
const expected = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'

const answered = (path: string, body: string, status = 200) =>
  check({
    exchanges: [
      exchange({ request: { url: `http://127.0.0.1:8080${path}` }, response: { status, body, headers: [] } }),
    ],
  })
const site = header.target && { ...header.target, mapped: true as const }

describe('the thumbprint of a key', () => {
  test('is the one that RFC 7638 prints, whatever else the key says', () => {
    expect(thumbprint(key)).toBe(expected)
    expect(thumbprint({ n: key.n, e: key.e, kty: 'RSA' })).toBe(expected)
    expect(thumbprint({ ...key, e: 'AQAC' })).not.toBe(expected)
  })

  test('of an unknown type tells keys apart', () => {
    expect(thumbprint({ kty: 'new', x: 'a' })).not.toBe(thumbprint({ kty: 'new', x: 'b' }))
    expect(thumbprint({})).not.toBe(thumbprint({ x: 'a' }))
  })
})

describe('what answers tell about the server', () => {
  test('keys, where they are its own', () => {
    const results = [
      answered('/oauth/jwks', JSON.stringify({ keys: [key] })),
      answered('/.well-known/jwks.json', JSON.stringify({ keys: [key] })),
    ]
    expect(serverFacts(results, site)).toEqual({ keys: [expected] })
    // The suite generated them, so they differ in each installation.
    expect(serverFacts(results, header.target)).toEqual({})
  })

  test('documents that it publishes', () => {
    const path = '/.well-known/oauth-authorization-server'
    expect(serverFacts([answered(path, '{"issuer":"a"}')], site)).toEqual({ metadata: { [path]: { issuer: 'a' } } })
  })

  test.each([
    ['an error', answered('/.well-known/x', '{"issuer":"a"}', 404)],
    ['what is not JSON', answered('/.well-known/x', '{"issuer":')],
    ['a list', answered('/.well-known/x', '["a"]')],
    ['a token response', answered('/oauth/token', '{"access_token":"a"}')],
    ['invalid keys', answered('/oauth/jwks', '{"keys":"a"}')],
    [
      'another host',
      check({
        exchanges: [exchange({ request: { url: 'https://evil.example/.well-known/x' }, response: { body: '{}' } })],
      }),
    ],
  ])('%s tells nothing', (_name, result) => {
    expect(serverFacts([result], site)).toEqual({})
  })

  test('nothing where no target was reached', () => {
    expect(serverFacts([answered('/.well-known/x', '{}')], null)).toEqual({})
  })
})
