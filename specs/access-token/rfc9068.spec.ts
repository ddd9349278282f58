import {
  clientCredentials,
  clientId,
  codeGrant,
  contractTest,
  describe,
  granted,
  holds,
  isA,
  must,
  ofSchema,
  oneOf,
  should,
} from 'simple-oauth-contract'

/** RFC 7519 §4.1.3: a string, or an array of strings. */
const audience = {
  title: 'a string or an array of strings',
  anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }],
}

describe('Access token: the JWT profile of RFC 9068', () => {
  contractTest('rfc9068.type', {
    title: 'The access token header has the type `at+jwt`',
    sources: [must('RFC9068', '2.1')],
    severity: 'medium',
    when: codeGrant(),
    then: holds({ 'access_token.header.typ': oneOf('at+jwt', 'application/at+jwt') }),
  })

  contractTest('rfc9068.client', {
    title: 'The `client_id` claim identifies the requesting client',
    sources: [must('RFC9068', '2.2')],
    severity: 'low',
    when: codeGrant(),
    then: holds({ 'access_token.claims.client_id': clientId() }),
  })

  contractTest('rfc9068.required-claims', {
    title: 'The access token contains `iss`, `exp`, `aud`, `sub`, `iat` and `jti`',
    sources: [must('RFC9068', '2.2')],
    severity: 'medium',
    when: codeGrant(),
    then: holds({
      'access_token.claims.iss': isA('string'),
      'access_token.claims.exp': isA('number'),
      'access_token.claims.aud': ofSchema(audience),
      'access_token.claims.sub': isA('string'),
      'access_token.claims.iat': isA('number'),
      'access_token.claims.jti': isA('string'),
    }),
  })

  contractTest('rfc9068.scope', {
    title: 'The `scope` claim is a string, not an array',
    sources: [should('RFC9068', '2.2.3')],
    severity: 'low',
    when: codeGrant(),
    then: holds({ 'access_token.claims.scope': isA('string') }),
  })

  contractTest('rfc9068.machine-subject', {
    title: 'A client credentials token has a `sub` claim',
    sources: [must('RFC9068', '2.2')],
    severity: 'low',
    when: clientCredentials(),
    then: [granted(), holds({ 'access_token.claims.sub': isA('string') })],
  })
})
