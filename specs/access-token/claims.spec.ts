import {
  between,
  clientId,
  codeGrant,
  configuredLifetime,
  contractTest,
  describe,
  differsFrom,
  document,
  equals,
  exactScopes,
  holds,
  isA,
  jwks,
  matching,
  may,
  must,
  obtain,
  ofSchema,
  oneOf,
  sameAs,
  should,
  signedBy,
  userId,
  variant,
  without,
} from '../../helpers/contract/index.ts'

describe('access token: a JWT that the published keys verify', () => {
  contractTest('access-token.signature', {
    title: 'the access token is a JWT signed with RS256 by a key that the server publishes',
    sources: [must('RFC7515', '5.2'), must('RFC8725', '3.1')],
    severity: 'critical',
    requires: ['authorization_code', 'jwks'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [jwks({ as: 'keys' }), codeGrant()],
    then: [signedBy('keys'), holds({ 'access_token.header.alg': equals('RS256') })],
  })

  contractTest('access-token.signature-of-every-grant', {
    title: 'refreshed tokens and those of machine clients are signed with a published key, too',
    sources: [must('RFC7515', '5.2'), must('RFC8725', '3.1')],
    severity: 'high',
    requires: ['authorization_code', 'refresh_token', 'client_credentials', 'jwks'],
    given: { client: variant('client'), user: 'editor' },
    variants: {
      'a refresh': { client: 'publicPkce', grant: 'refresh_token' },
      'client credentials': { client: 'machine', grant: 'client_credentials' },
    },
    when: [jwks({ as: 'keys' }), obtain({ grant: variant('grant') })],
    then: [signedBy('keys'), holds({ 'access_token.header.alg': equals('RS256') })],
  })

  contractTest('access-token.keys-public', {
    title: 'the key set holds public keys only',
    sources: [must('RFC7517', '9.2')],
    severity: 'critical',
    requires: ['jwks'],
    given: { client: 'publicPkce' },
    when: [jwks()],
    then: holds({ json: ofSchema('jwks') }),
  })

  contractTest('access-token.key-size', {
    title: 'RSA keys have at least 2048 bits',
    sources: [must('RFC7518', '3.3')],
    severity: 'high',
    requires: ['jwks'],
    given: { client: 'publicPkce' },
    when: [jwks()],
    then: holds({ 'keys.bits': between(2048, 16_384) }),
  })

  contractTest('access-token.keys-alias', {
    title: 'the keys are also found where other software looks for them',
    sources: [may('RFC7517', '5')],
    severity: 'low',
    requires: ['jwks'],
    given: { client: 'publicPkce' },
    when: [jwks({ as: 'keys' }), document('/.well-known/jwks.json')],
    then: holds({ status: equals(200), body: sameAs('keys.body') }),
  })

  contractTest('access-token.header', {
    title: 'the header says that the token is a JWT, and names no place to get a key from',
    sources: [must('RFC7515', '4.1.1'), should('RFC8725', '3.11'), must('RFC8725', '3.1')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({
      'access_token.header.typ': oneOf('JWT', 'at+jwt', 'application/at+jwt'),
      'access_token.header': ofSchema({
        title: 'a header with alg RS256 and without jku, jwk, x5u, x5c, crit',
        type: 'object',
        required: ['alg'],
        properties: { alg: { const: 'RS256' }, jku: false, jwk: false, x5u: false, x5c: false, crit: false },
      }),
    }),
  })

  contractTest('access-token.no-further-claims', {
    title: 'the access token holds the claims that are documented, and no others',
    sources: [should('RFC9068', '6')],
    severity: 'low',
    why: 'What a new release or a module adds to tokens is told to every client and every resource.',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({
      'access_token.claims': ofSchema({
        title: 'iss, sub, aud, exp, nbf, iat, jti, scope and at most client_id',
        type: 'object',
        required: ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'scope'],
        properties: {
          iss: true,
          sub: true,
          aud: true,
          exp: true,
          nbf: true,
          iat: true,
          jti: true,
          scope: true,
          client_id: true,
        },
        additionalProperties: false,
      }),
    }),
  })

  contractTest('access-token.issued-now', {
    title: 'iat is the time of the answer by the clock of the server',
    sources: [must('RFC7519', '4.1.6')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({ 'access_token.age': between(-1, 15) }),
  })

  contractTest('access-token.registered-claims', {
    title: 'the registered claims have the types that RFC 7519 gives them',
    sources: [must('RFC7519', '4.1')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({
      'access_token.claims.iss': isA('string'),
      'access_token.claims.exp': isA('number'),
      'access_token.claims.iat': isA('number'),
      'access_token.claims.jti': isA('string'),
      'access_token.claims.aud': isA('string'),
    }),
  })

  contractTest('access-token.subject', {
    title: 'sub is the user who allowed',
    sources: [must('RFC7519', '4.1.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({ 'access_token.claims.sub': userId() }),
  })

  contractTest('access-token.audience', {
    title: 'aud names the client that asked, and nobody else',
    sources: [should('RFC9700', '2.3')],
    severity: 'low',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({ 'access_token.claims.aud': clientId() }),
  })

  contractTest('access-token.scope', {
    title: 'the scope claim names exactly the scopes that were granted',
    sources: [must('RFC6749', '3.3'), should('RFC9068', '2.2.3')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({ 'access_token.claims.scope': exactScopes('debug', 'content') }),
  })

  contractTest('access-token.lifetime', {
    title: 'the token lives as long as its client is configured to, and expires_in says so',
    sources: [must('RFC6749', '5.1'), must('RFC7519', '4.1.4')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({ 'access_token.lifetime': configuredLifetime(), 'json.expires_in': configuredLifetime() }),
  })

  contractTest('access-token.lifetime-of-each-client', {
    title: 'clients that are configured to other lifetimes get tokens of those',
    sources: [must('RFC6749', '5.1'), must('RFC7519', '4.1.4')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'shortLived', user: 'editor' },
    when: [codeGrant()],
    then: holds({ 'access_token.lifetime': configuredLifetime(), 'json.expires_in': configuredLifetime() }),
  })

  contractTest('access-token.unique', {
    title: 'two tokens of the same user and client have different jti of at least 128 bits',
    sources: [must('RFC7519', '4.1.7'), must('RFC6749', '10.10')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'first' }), codeGrant()],
    then: [
      holds({ 'access_token.claims.jti': matching('^[\\x21-\\x7e]{22,}$', 'at least 22 characters') }),
      holds({ 'access_token.claims.jti': differsFrom('first.access_token.claims.jti') }),
    ],
  })

  contractTest('access-token.no-personal-data', {
    title: 'the access token holds neither the name nor the mail address of the user',
    sources: [should('RFC9068', '6'), must('RFC7519', '12')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({
      'access_token.claims': without('"(name|email|preferred_username|phone_number|address)":|@', 'personal data'),
    }),
  })
})
