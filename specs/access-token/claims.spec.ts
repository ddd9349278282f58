import {
  between,
  codeGrant,
  configuredLifetime,
  contractTest,
  describe,
  differsFrom,
  document,
  exactScopes,
  granted,
  holds,
  isA,
  jwks,
  may,
  must,
  obtain,
  ofSchema,
  oneOf,
  sameAs,
  should,
  signedBy,
  subject,
  variant,
  without,
} from 'simple-oauth-contract'

/** RFC 7519 §4.1.3. */
const audience = {
  title: 'a string or an array of strings',
  anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }],
}

/** Signatures that resource servers verify with the published key alone (RFC 7518 §3.1, RFC 8037 §3.1). */
const asymmetric = oneOf('RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA')

/** No standard makes `iat` and `exp` mandatory; `expires_in` is recommended (RFC 6749 §5.1). */
const lifetime = [
  holds({ 'access_token.lifetime': configuredLifetime() }, { ifPresent: true, source: must('RFC6749', '5.1') }),
  holds({ 'json.expires_in': configuredLifetime() }, { ifPresent: true, source: must('RFC6749', '5.1') }),
  holds({ 'json.expires_in': isA('integer') }, { source: should('RFC6749', '5.1') }),
] as const

/** Grants that issue an access token without a code. */
const otherGrants = {
  refresh: { client: 'publicPkce', grant: 'refresh_token' },
  'client credentials': { client: 'machine', grant: 'client_credentials' },
} as const
const personalData = without('"(name|email|preferred_username|phone_number|address)":', 'personal data')
// Base64urlUInt. A first octet of zero begins with A and one of the letters A to P.
const base64urlUInt = { type: 'string', pattern: '^(?!A[A-P].)[A-Za-z0-9_-]+$' }

describe('Access token: a JWT that verifies with the published keys', () => {
  contractTest('access-token.signature', {
    title: 'The access token is a JWT that is signed by a published key',
    sources: [must('RFC7515', '5.2'), must('RFC8725', '3.1')],
    severity: 'critical',
    when: [jwks({ as: 'keys' }), codeGrant()],
    then: [signedBy('keys'), holds({ 'access_token.header.alg': asymmetric })],
  })

  contractTest('access-token.signature-of-every-grant', {
    title: 'Refresh and client credentials grants also issue tokens that are signed by a published key',
    sources: [must('RFC7515', '5.2'), must('RFC8725', '3.1')],
    severity: 'high',
    client: variant('client'),
    variants: otherGrants,
    when: [jwks({ as: 'keys' }), obtain({ grant: variant('grant') })],
    then: [signedBy('keys'), holds({ 'access_token.header.alg': asymmetric })],
  })

  contractTest('access-token.keys-public', {
    title: 'The key set contains public keys only',
    sources: [must('RFC7517', '9.2')],
    severity: 'critical',
    when: jwks(),
    then: holds({ json: ofSchema('jwks') }),
  })

  contractTest('access-token.keys-encoding', {
    title: 'The numbers of published RSA keys are in base64url, without padding and leading zeros',
    sources: [must('RFC7518', '2')],
    severity: 'medium',
    when: jwks(),
    then: holds({
      'json.keys': ofSchema({
        title: 'keys with numbers in base64url',
        type: 'array',
        items: { type: 'object', properties: { n: base64urlUInt, e: base64urlUInt } },
      }),
    }),
  })

  contractTest('access-token.key-size', {
    title: 'Published RSA keys have at least 2048 bits',
    sources: [must('RFC7518', '3.3')],
    severity: 'high',
    when: jwks(),
    then: holds({ 'keys.bits': between(2048, 16_384) }),
  })

  contractTest('access-token.keys-alias', {
    title: 'The status of the key set at `/.well-known/jwks.json` is recorded',
    sources: [may('RFC7517', '5')],
    severity: 'info',
    requires: ['jwks'],
    when: document('/.well-known/jwks.json'),
    observe: ['status'],
  })

  contractTest('access-token.header', {
    title: 'The access token header declares an asymmetric signature and carries no key or key URL',
    sources: [must('RFC7515', '4.1.1'), should('RFC8725', '3.11'), must('RFC8725', '3.1'), may('RFC7515', '4.1')],
    severity: 'medium',
    when: codeGrant(),
    then: [
      holds({ 'access_token.header.alg': asymmetric }, { source: must('RFC8725', '3.1') }),
      holds(
        { 'access_token.header.typ': oneOf('JWT', 'at+jwt', 'application/at+jwt') },
        { source: should('RFC8725', '3.11') },
      ),
      // Optional header parameters that no verifier may trust (RFC 8725 §3.10).
      holds(
        {
          'access_token.header': ofSchema({
            title: 'a header without jku, jwk, x5u, x5c, crit',
            type: 'object',
            properties: { jku: false, jwk: false, x5u: false, x5c: false, crit: false },
          }),
        },
        { source: may('RFC7515', '4.1') },
      ),
    ],
  })

  contractTest('access-token.no-further-claims', {
    title: 'The access token contains no claims beyond the documented ones',
    sources: [should('RFC9068', '6')],
    severity: 'low',
    when: codeGrant(),
    then: holds({
      'access_token.claims': ofSchema({
        title: 'at most iss, sub, aud, exp, nbf, iat, jti, scope and client_id',
        type: 'object',
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
    title: "`iat` is the time of issue according to the server's clock",
    sources: [must('RFC7519', '4.1.6')],
    severity: 'medium',
    when: codeGrant(),
    then: holds({ 'access_token.age': between(-1, 15) }, { ifPresent: 'access_token.claims.iat' }),
  })

  contractTest('access-token.registered-claims', {
    title: 'Registered claims that the access token contains have the types that RFC 7519 defines',
    sources: [must('RFC7519', '4.1')],
    severity: 'medium',
    when: codeGrant(),
    then: holds({
      'access_token.claims': ofSchema({
        title: 'iss, sub and jti as strings, aud as a string or an array of strings, exp, nbf and iat as numbers',
        type: 'object',
        properties: {
          iss: { type: 'string' },
          sub: { type: 'string' },
          aud: audience,
          exp: { type: 'number' },
          nbf: { type: 'number' },
          iat: { type: 'number' },
          jti: { type: 'string' },
        },
      }),
    }),
  })

  contractTest('access-token.subject', {
    title: '`sub` identifies the user who consented, the same in every token',
    sources: [must('RFC7519', '4.1.2'), may('RFC9068', '6')],
    severity: 'high',
    when: [codeGrant({ as: 'first' }), codeGrant()],
    then: [
      holds({ 'access_token.claims.sub': subject() }, { ifPresent: true, source: must('RFC7519', '4.1.2') }),
      // RFC 9068 §6 allows a subject of its own for each token.
      holds(
        { 'access_token.claims.sub': sameAs('first.access_token.claims.sub') },
        { ifPresent: true, source: may('RFC9068', '6') },
      ),
    ],
  })

  contractTest('access-token.subject-of-each-user', {
    title: '`sub` differs between two users',
    sources: [must('RFC7519', '4.1.2')],
    severity: 'high',
    when: [codeGrant({ as: 'other', user: 'otherEditor' }), codeGrant()],
    then: holds({ 'access_token.claims.sub': differsFrom('other.access_token.claims.sub') }, { ifPresent: true }),
  })

  contractTest('access-token.audience', {
    title: '`aud` names the audience of the access token: a string or an array of strings',
    sources: [should('RFC9700', '2.3'), should('ASVS', '9.2.4')],
    severity: 'low',
    when: codeGrant(),
    then: holds({ 'access_token.claims.aud': ofSchema(audience) }),
  })

  contractTest('access-token.scope', {
    title: 'The `scope` claim, and any `scope` in the response, list exactly the granted scopes',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.1'), should('RFC9068', '2.2.3')],
    severity: 'high',
    when: codeGrant(),
    then: [
      holds({ 'access_token.claims.scope': exactScopes('debug', 'content') }, { source: must('RFC6749', '3.3') }),
      holds({ 'json.scope': exactScopes('debug', 'content') }, { ifPresent: true, source: must('RFC6749', '5.1') }),
    ],
  })

  contractTest('access-token.lifetime', {
    title: "The access token has the client's configured lifetime, and `expires_in` matches it",
    sources: [must('RFC6749', '5.1'), should('RFC6749', '5.1')],
    severity: 'medium',
    when: codeGrant(),
    then: lifetime,
  })

  contractTest('access-token.lifetime-of-each-client', {
    title: 'A client with a different configured lifetime gets access tokens with that lifetime',
    sources: [must('RFC6749', '5.1'), should('RFC6749', '5.1')],
    severity: 'medium',
    client: 'shortLived',
    when: codeGrant(),
    then: lifetime,
  })

  contractTest('access-token.unique', {
    title: 'Two tokens of one user and client have different `jti` values',
    sources: [must('RFC7519', '4.1.7')],
    severity: 'medium',
    when: [codeGrant({ as: 'first' }), codeGrant()],
    then: holds({ 'access_token.claims.jti': differsFrom('first.access_token.claims.jti') }, { ifPresent: true }),
  })

  contractTest('access-token.issuer-of-every-grant', {
    title: 'Refresh and client credentials grants name the same issuer as the code grant',
    sources: [must('RFC7519', '4.1.1')],
    severity: 'high',
    client: variant('client'),
    variants: otherGrants,
    when: [codeGrant({ as: 'first', client: 'publicPkce' }), obtain({ grant: variant('grant') })],
    then: [
      granted(),
      holds({ 'access_token.claims.iss': sameAs('first.access_token.claims.iss') }, { ifPresent: true }),
    ],
  })

  contractTest('access-token.no-personal-data-of-every-grant', {
    title: 'Nor do the access tokens of refresh and client credentials grants contain personal data',
    sources: [should('RFC9068', '6')],
    severity: 'medium',
    client: variant('client'),
    variants: otherGrants,
    when: obtain({ grant: variant('grant') }),
    then: holds({ 'access_token.claims': personalData }),
  })

  contractTest('access-token.no-personal-data', {
    title: "The access token contains neither the user's name nor the user's email address",
    sources: [should('RFC9068', '6')],
    severity: 'medium',
    when: codeGrant(),
    then: holds({ 'access_token.claims': personalData }),
  })
})
