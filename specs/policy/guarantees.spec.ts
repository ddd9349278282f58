import {
  absent,
  authorize,
  between,
  clientCredentials,
  codeIssued,
  contractTest,
  describe,
  document,
  equals,
  exchange,
  forbidden,
  grantNotOffered,
  granted,
  holds,
  jwks,
  matching,
  must,
  noneOf,
  notGranted,
  obtain,
  offers,
  ofSchema,
  oneOf,
  permitted,
  ref,
  refused,
  resource,
  scopeNames,
  variant,
  waitSeconds,
  within,
} from 'simple-oauth-contract'

/** The owner's own guarantee: it is mandatory in every profile. */
const guaranteed = must('x-site-file', 'policy')

describe('Site policy: guarantees for a consumer', () => {
  contractTest('policy.pkce-required', {
    title: 'The consumer gets no code without a `code_challenge`, as guaranteed',
    guarantee: 'pkce',
    sources: [guaranteed, must('RFC7636', '4.4.1')],
    severity: 'critical',
    when: authorize({ verifier: null }),
    then: notGranted(),
  })

  contractTest('policy.challenge-method-offered', {
    title: 'The consumer can use every guaranteed challenge method',
    guarantee: 'challenge method offered',
    sources: [guaranteed, must('RFC7636', '4.2')],
    severity: 'medium',
    when: [
      authorize({
        as: 'flow',
        params: { code_challenge: variant('challenge'), code_challenge_method: variant('method') },
        expect: codeIssued(),
      }),
      exchange('flow'),
    ],
    then: granted(),
  })

  contractTest('policy.challenge-method-refused', {
    title: 'The consumer gets no code with a challenge method that is not guaranteed',
    guarantee: 'challenge method refused',
    sources: [guaranteed, must('RFC7636', '4.4.1')],
    severity: 'high',
    control: authorize({
      params: { code_challenge: variant('goodChallenge'), code_challenge_method: variant('goodMethod') },
    }),
    when: authorize({ params: { code_challenge: variant('challenge'), code_challenge_method: variant('method') } }),
    then: notGranted(),
  })

  contractTest('policy.access-token-lifetime', {
    title: "The consumer's access tokens are valid no longer than guaranteed",
    guarantee: 'accessTokenLifetime',
    sources: [guaranteed, must('RFC6749', '5.1')],
    severity: 'high',
    when: obtain({ as: 'flow' }),
    then: holds({
      'access_token.lifetime': between(0, variant('most')),
      'json.expires_in': between(0, variant('most')),
    }),
    slow: {
      when: [
        resource(ref('flow.access_token')),
        waitSeconds(variant('most'), 'flow'),
        resource(ref('flow.access_token')),
      ],
      then: holds({ status: oneOf(401, 403) }),
    },
  })

  contractTest('policy.access-token-lifetime-least', {
    title: "The consumer's access tokens are valid at least as long as guaranteed",
    guarantee: 'accessTokenLifetime min',
    sources: [guaranteed, must('RFC6749', '5.1')],
    severity: 'medium',
    when: obtain({ as: 'flow' }),
    then: holds({
      'access_token.lifetime': between(variant('least'), variant('most')),
      'json.expires_in': between(variant('least'), variant('most')),
    }),
  })

  contractTest('policy.code-lifetime', {
    title: "The consumer's authorization codes are valid no longer than guaranteed",
    guarantee: 'codeLifetime',
    sources: [guaranteed, must('RFC6749', '4.1.2')],
    severity: 'high',
    when: authorize({ as: 'flow' }),
    then: codeIssued(),
    slow: {
      when: [waitSeconds(variant('most'), 'flow'), exchange('flow')],
      then: refused(['invalid_grant', 'invalid_request']),
    },
  })

  contractTest('policy.grant-offered', {
    title: 'The consumer gets a token with every guaranteed grant',
    guarantee: 'grant offered',
    sources: [guaranteed],
    severity: 'medium',
    requires: ['jwks'],
    when: obtain({ grant: variant('grant') }),
    then: granted(),
  })

  contractTest('policy.grant-refused', {
    title: 'The consumer gets no token with a grant that is not guaranteed',
    guarantee: 'grant refused',
    sources: [guaranteed, must('RFC6749', '5.2')],
    severity: 'critical',
    requires: ['jwks'],
    when: obtain({ grant: variant('grant') }),
    then: grantNotOffered(),
  })

  contractTest('policy.grants-offered', {
    title: 'Consumers of the site have no other grants than the guaranteed ones',
    guarantee: 'grants offered',
    sources: [guaranteed, must('RFC9700', '2.4')],
    severity: 'high',
    when: offers(),
    then: holds({ 'offers.grants': within(variant('grants')) }),
  })

  contractTest('policy.further-grant-refused', {
    title: 'The consumer gets no token with a grant that the site is guaranteed not to offer',
    guarantee: 'further grant refused',
    sources: [guaranteed, must('RFC6749', '5.2')],
    severity: 'high',
    when: obtain({ grant: variant('grant') }),
    then: grantNotOffered(),
  })

  contractTest('policy.further-endpoint-absent', {
    title: 'The site has no optional endpoint that is not guaranteed',
    guarantee: 'further endpoint absent',
    sources: [guaranteed],
    severity: 'medium',
    when: document(variant('path')),
    then: holds({ status: equals(404) }),
  })

  contractTest('policy.no-refresh-token', {
    title: 'The consumer gets no refresh token, as guaranteed',
    guarantee: 'no refresh token',
    sources: [guaranteed],
    severity: 'high',
    requires: ['jwks'],
    when: obtain(),
    then: [granted(), holds({ 'json.refresh_token': absent() })],
  })

  contractTest('policy.scopes-given', {
    title: 'The consumer gets exactly the guaranteed scopes when it requests them',
    guarantee: 'scopes given',
    sources: [guaranteed, must('RFC6749', '3.3')],
    severity: 'medium',
    requires: ['jwks'],
    when: obtain({ scope: variant('scopes') }),
    then: [granted(), holds({ 'access_token.claims.scope': scopeNames(variant('scopes')) })],
  })

  contractTest('policy.scope-refused', {
    title: 'The consumer gets no scope that is not guaranteed',
    guarantee: 'scope refused',
    sources: [guaranteed, must('RFC6749', '3.3')],
    severity: 'critical',
    requires: ['jwks'],
    when: obtain({ scope: variant('scope') }),
    then: notGranted(),
  })

  contractTest('policy.issuer', {
    title: "The consumer's access tokens contain the guaranteed issuer",
    guarantee: 'issuer',
    sources: [guaranteed, must('RFC7519', '4.1.1')],
    severity: 'medium',
    requires: ['jwks'],
    when: obtain(),
    then: holds({ 'access_token.claims.iss': equals(variant('issuer')) }),
  })

  contractTest('policy.issuer-metadata', {
    title: 'The published metadata contains the guaranteed issuer',
    guarantee: 'issuer of metadata',
    sources: [guaranteed, must('RFC8414', '2')],
    severity: 'medium',
    when: document('/.well-known/oauth-authorization-server'),
    then: holds({ 'json.issuer': equals(variant('issuer')) }, { ifPresent: true }),
  })

  contractTest('policy.key-thumbprint', {
    title: 'The site publishes exactly the guaranteed keys',
    guarantee: 'keyThumbprint',
    sources: [guaranteed, must('RFC7517', '5')],
    severity: 'high',
    when: jwks(),
    then: holds({ 'keys.thumbprints': equals(variant('thumbprints')) }),
  })

  contractTest('policy.key-size', {
    title: "The site's keys have at least the guaranteed size",
    guarantee: 'keySize',
    sources: [guaranteed, must('RFC7518', '3.3')],
    severity: 'high',
    when: jwks(),
    then: holds({ 'keys.bits': between(variant('least'), 65_536) }),
  })

  contractTest('policy.claims-exactly', {
    title: "The consumer's access tokens contain exactly the guaranteed claims",
    guarantee: 'claims exactly',
    sources: [guaranteed],
    severity: 'medium',
    requires: ['jwks'],
    when: obtain(),
    then: holds({ 'access_token.claims': ofSchema(variant('schema')) }),
  })

  contractTest('policy.claims-never', {
    title: "The consumer's access tokens contain none of the excluded claims",
    guarantee: 'claims never',
    sources: [guaranteed],
    severity: 'high',
    requires: ['jwks'],
    when: obtain(),
    then: holds({ 'access_token.claims': ofSchema(variant('schema')) }),
  })
})

describe('Site policy: what a scope opens', () => {
  contractTest('policy.opens', {
    title: "A token with this scope alone opens what the consumer's owner guarantees",
    guarantee: 'opens',
    sources: [guaranteed, must('RFC6749', '7')],
    severity: 'medium',
    when: [
      obtain({ as: 'flow', scope: variant('scope') }),
      resource(ref('flow.access_token'), { path: variant('path'), method: variant('method') }),
    ],
    then: permitted(),
  })

  contractTest('policy.stays-closed', {
    title: 'A token with this scope alone does not open what is guaranteed to stay closed',
    guarantee: 'stays closed',
    sources: [guaranteed, must('RFC6749', '7')],
    severity: 'critical',
    // If the server ignores tokens, or they do not arrive, a refusal proves nothing.
    control: [
      obtain({ scope: variant('scope') }),
      resource('contract-none', {
        path: variant('path'),
        method: variant('method'),
        expect: holds({ status: equals(401) }),
      }),
    ],
    when: [
      obtain({ as: 'flow', scope: variant('scope') }),
      resource(ref('flow.access_token'), { path: variant('path'), method: variant('method') }),
    ],
    then: forbidden(),
  })
})

describe('Site policy: browser apps', () => {
  contractTest('policy.browser-origin-answered', {
    title: 'Pages of a guaranteed origin can read the answers of the token endpoint',
    guarantee: 'browser origin answered',
    sources: [guaranteed],
    severity: 'medium',
    when: clientCredentials({ headers: { origin: variant('origin') } }),
    then: holds({ 'header.access-control-allow-origin': oneOf('*', variant('origin')) }),
  })

  contractTest('policy.browser-origin-opens', {
    title: 'Pages of a guaranteed origin can send tokens to what they open, and read the answers',
    guarantee: 'browser origin opens',
    sources: [guaranteed],
    severity: 'medium',
    when: [
      // The preflight of a request with a token (Fetch Standard, "CORS-preflight fetch").
      resource(null, {
        path: variant('path'),
        method: 'OPTIONS',
        headers: {
          origin: variant('origin'),
          'access-control-request-method': variant('method'),
          'access-control-request-headers': 'authorization',
        },
        as: 'preflight',
        expect: holds({
          status: between(200, 299),
          'header.access-control-allow-origin': oneOf('*', variant('origin')),
          // Fetch Standard: `*` does not cover Authorization.
          'header.access-control-allow-headers': matching(
            '[Aa][Uu][Tt][Hh][Oo][Rr][Ii][Zz]',
            'a list with authorization',
          ),
        }),
      }),
      resource(null, { path: variant('path'), headers: { origin: variant('origin') } }),
    ],
    then: holds({ 'header.access-control-allow-origin': oneOf('*', variant('origin')) }),
  })

  contractTest('policy.other-origin-refused', {
    title: 'Pages of other origins cannot read the answers of the token endpoint',
    guarantee: 'other origin refused',
    sources: [guaranteed],
    severity: 'high',
    when: clientCredentials({ headers: { origin: variant('origin') } }),
    then: holds({
      status: between(200, 499),
      'header.access-control-allow-origin': noneOf('*', variant('origin')),
    }),
  })
})
