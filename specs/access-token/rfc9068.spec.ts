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
  oneOf,
  should,
} from '../../helpers/contract/index.ts'

describe('access token: the JWT profile of RFC 9068', () => {
  contractTest('rfc9068.type', {
    title: 'the header says that the JWT is an access token',
    sources: [must('RFC9068', '2.1')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({ 'access_token.header.typ': oneOf('at+jwt', 'application/at+jwt') }),
  })

  contractTest('rfc9068.client', {
    title: 'client_id names the client that asked',
    sources: [must('RFC9068', '2.2')],
    severity: 'low',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({ 'access_token.claims.client_id': clientId() }),
  })

  contractTest('rfc9068.required-claims', {
    title: 'all claims that the profile requires are there',
    sources: [must('RFC9068', '2.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({
      'access_token.claims.iss': isA('string'),
      'access_token.claims.exp': isA('number'),
      'access_token.claims.aud': isA('string'),
      'access_token.claims.sub': isA('string'),
      'access_token.claims.iat': isA('number'),
      'access_token.claims.jti': isA('string'),
    }),
  })

  contractTest('rfc9068.scope', {
    title: 'scope is a text of names separated by spaces',
    sources: [should('RFC9068', '2.2.3')],
    severity: 'low',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({ 'access_token.claims.scope': isA('string') }),
  })

  contractTest('rfc9068.machine-subject', {
    title: 'the token of a machine client has a subject, too',
    sources: [must('RFC9068', '2.2')],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials()],
    then: [granted(), holds({ 'access_token.claims.sub': isA('string') })],
  })
})
