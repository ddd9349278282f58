import {
  clientId,
  codeGrant,
  configuredLifetime,
  contractTest,
  describe,
  differsFrom,
  exactScopes,
  granted,
  holds,
  joined,
  must,
  refresh,
  refused,
  scopes,
  userId,
  variant,
} from '../../helpers/contract/index.ts'

describe('token endpoint: scopes of the refresh grant', () => {
  contractTest('refresh.same-grant', {
    title: 'a refreshed access token is for the same user, client and scopes, and lives as long',
    sources: [must('RFC9700', '4.14.2'), must('RFC6749', '6')],
    severity: 'high',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'first' }), refresh('first')],
    then: holds({
      'access_token.claims.sub': userId(),
      'access_token.claims.aud': clientId(),
      'access_token.claims.scope': exactScopes('debug', 'content'),
      'access_token.claims.jti': differsFrom('first.access_token.claims.jti'),
      'access_token.lifetime': configuredLifetime(),
      'json.expires_in': configuredLifetime(),
    }),
  })

  contractTest('refresh.narrowing', {
    title: 'a refresh that asks for less gets exactly that',
    sources: [must('RFC6749', '6')],
    severity: 'medium',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'first' }), refresh('first', { params: { scope: scopes('content') } })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })

  contractTest('refresh.scope-empty', {
    title: 'a refresh with an empty scope gets the scopes that were granted',
    sources: [must('RFC6749', '6'), must('RFC6749', '3.2')],
    severity: 'low',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'first' }), refresh('first', { params: { scope: '' } })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('refresh.scope-widening', {
    title: 'a refresh cannot ask for a scope that was not granted',
    sources: [must('RFC6749', '6')],
    severity: 'high',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'first' }), refresh('first', { params: { scope: scopes('debug') } })],
    variants: {
      'beside a granted one': { scope: scopes('content', 'debug') },
      alone: { scope: scopes('debug') },
      'not one of the site': { scope: joined(scopes('content'), ' contract:no-such-scope') },
    },
    when: [
      codeGrant({ as: 'first', authorize: { scope: scopes('content') } }),
      refresh('first', { params: { scope: variant('scope') } }),
    ],
    then: refused('invalid_scope'),
  })

  contractTest('refresh.narrowing-keeps-grant', {
    title: 'a refresh that asks for less once does not lose the rest for ever',
    sources: [must('RFC6749', '6')],
    severity: 'low',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { as: 'second', params: { scope: scopes('content') } }),
      refresh('second', { params: { scope: scopes('content', 'debug') } }),
    ],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })
})
