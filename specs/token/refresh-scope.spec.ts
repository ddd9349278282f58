import {
  codeGrant,
  configuredLifetime,
  contractTest,
  denied,
  describe,
  differsFrom,
  exactScopes,
  granted,
  holds,
  joined,
  may,
  must,
  ref,
  refresh,
  refused,
  resource,
  sameAs,
  scopes,
  should,
  subject,
  variant,
} from 'simple-oauth-contract'

describe('Token endpoint: scopes of the refresh token grant', () => {
  contractTest('refresh.same-grant', {
    title: 'A refreshed access token keeps the user, audience, scopes and lifetime of the grant',
    sources: [must('RFC6749', '6'), must('RFC9700', '4.14.2'), must('RFC7519', '4.1.7'), must('RFC6749', '5.1')],
    severity: 'high',
    when: [codeGrant({ as: 'first' }), refresh('first')],
    then: [
      holds({ 'access_token.claims.scope': exactScopes('debug', 'content') }, { source: must('RFC6749', '6') }),
      holds({ 'access_token.claims.sub': subject() }, { ifPresent: true, source: must('RFC6749', '6') }),
      // RFC 9068 §6 allows a subject of its own for each token.
      holds(
        { 'access_token.claims.sub': sameAs('first.access_token.claims.sub') },
        { ifPresent: true, source: may('RFC9068', '6') },
      ),
      holds(
        { 'access_token.claims.aud': sameAs('first.access_token.claims.aud') },
        { ifPresent: true, source: must('RFC9700', '4.14.2') },
      ),
      holds(
        { 'access_token.claims.jti': differsFrom('first.access_token.claims.jti') },
        { ifPresent: true, source: must('RFC7519', '4.1.7') },
      ),
      holds({ 'access_token.lifetime': configuredLifetime() }, { ifPresent: true, source: must('RFC6749', '5.1') }),
      holds({ 'json.expires_in': configuredLifetime() }, { ifPresent: true, source: must('RFC6749', '5.1') }),
    ],
  })

  contractTest('refresh.narrowing', {
    title: 'A refresh that requests fewer scopes gets exactly those scopes',
    sources: [must('RFC6749', '6')],
    severity: 'medium',
    when: [codeGrant({ as: 'first' }), refresh('first', { params: { scope: scopes('content') } })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })

  contractTest('refresh.narrowing-at-resource', {
    title: 'A refreshed access token with fewer scopes opens nothing that needs the others',
    sources: [must('RFC6749', '6'), must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'high',
    control: [codeGrant({ as: 'first' }), refresh('first', { as: 'second' }), resource(ref('second.access_token'))],
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { as: 'second', params: { scope: scopes('content') } }),
      resource(ref('second.access_token')),
    ],
    then: denied('insufficient_scope'),
  })

  contractTest('refresh.scope-empty', {
    title: 'A refresh with an empty `scope` gets all the scopes that were granted',
    sources: [must('RFC6749', '6'), must('RFC6749', '3.2')],
    severity: 'low',
    when: [codeGrant({ as: 'first' }), refresh('first', { params: { scope: '' } })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('refresh.scope-widening', {
    title: 'A refresh that requests a scope beyond the grant is rejected with `invalid_scope`',
    sources: [must('RFC6749', '6')],
    severity: 'high',
    control: [codeGrant({ as: 'first' }), refresh('first', { params: { scope: scopes('debug') } })],
    variants: {
      'with a granted one': scopes('content', 'debug'),
      'before a granted one': scopes('debug', 'content'),
      alone: scopes('debug'),
      'unknown scope': joined(scopes('content'), ' contract:no-such-scope'),
    },
    when: [
      codeGrant({ as: 'first', authorize: { scope: scopes('content') } }),
      refresh('first', { params: { scope: variant() } }),
    ],
    then: refused('invalid_scope'),
  })

  contractTest('refresh.narrowing-keeps-grant', {
    title: 'A refresh with fewer scopes does not reduce the scopes of later refreshes',
    sources: [must('RFC6749', '6')],
    severity: 'low',
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { as: 'second', params: { scope: scopes('content') } }),
      refresh('second', { params: { scope: scopes('content', 'debug') } }),
    ],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })
})
