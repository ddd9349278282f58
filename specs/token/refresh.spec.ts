import {
  codeGrant,
  contractTest,
  describe,
  differsFrom,
  equals,
  exactScopes,
  granted,
  holds,
  must,
  opened,
  race,
  ref,
  refresh,
  refused,
  resource,
  scopes,
  tampered,
  variant,
  wait,
} from '../../helpers/contract/index.ts'

describe('token endpoint: the refresh grant', () => {
  contractTest('refresh.rotation', {
    title: 'a refresh answers with a new access token and a new refresh token',
    sources: [must('RFC9700', '4.14.2'), must('RFC6749', '6')],
    severity: 'high',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'first' }), refresh('first', { as: 'second' })],
    then: [
      granted(),
      holds({
        'json.refresh_token': differsFrom('first.refresh_token'),
        'json.access_token': differsFrom('first.access_token'),
        'access_token.claims.scope': exactScopes('debug', 'content'),
      }),
    ],
  })

  contractTest('refresh.reuse', {
    title: 'a refresh token that was rotated is refused',
    sources: [must('RFC9700', '4.14.2'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'first' }), refresh('first', { as: 'second' }), refresh('first')],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.reuse-ends-grant', {
    title: 'reuse of a rotated refresh token also revokes the active one',
    sources: [must('RFC9700', '4.14.2')],
    severity: 'medium',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'first' }), refresh('first', { as: 'second' }), refresh('second')],
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { as: 'second' }),
      refresh('first', { as: 'reuse', expect: refused('invalid_grant') }),
      refresh('second'),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.other-client', {
    title: 'a refresh token is refused to every client but the one it was issued to',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'critical',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'other', client: 'otherPublicPkce' }), refresh('other')],
    when: [codeGrant({ as: 'first' }), refresh('first', { client: 'otherPublicPkce' })],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.scope-widening', {
    title: 'a refresh cannot ask for a scope that was not granted',
    sources: [must('RFC6749', '6')],
    severity: 'high',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'first' }), refresh('first', { params: { scope: scopes('debug') } })],
    when: [
      codeGrant({ as: 'first', authorize: { scope: scopes('content') } }),
      refresh('first', { params: { scope: scopes('content', 'debug') } }),
    ],
    then: refused('invalid_scope'),
  })

  contractTest('refresh.expired', {
    title: 'a refresh token that has expired is refused',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'shortLived', user: 'editor' },
    control: [codeGrant({ as: 'first' }), refresh('first')],
    when: [codeGrant({ as: 'first' }), wait('refresh-token-expiry', 'first'), refresh('first')],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.after-access-token-expiry', {
    title: 'a refresh works when the access token has expired, and the new one opens the resource',
    sources: [must('RFC6749', '6')],
    severity: 'medium',
    why: 'Clients lose their access for good when the access token expires, and ask the user again and again.',
    requires: ['authorization_code', 'refresh_token', 'resource.debug'],
    given: { client: 'shortLived', user: 'editor' },
    when: [
      codeGrant({ as: 'first' }),
      wait('access-token-expiry', 'first'),
      refresh('first', { as: 'second' }),
      resource(ref('second.access_token')),
    ],
    then: opened(),
  })

  contractTest('refresh.race', {
    title: 'of several refreshes with one token at the same time exactly one succeeds',
    sources: [must('RFC9700', '4.14.2')],
    severity: 'medium',
    requires: ['authorization_code', 'refresh_token', 'site.stress'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'first' }), race(refresh('first'), 4)],
    then: holds({ 'race.successes': equals(1), 'race.broken': equals(0) }),
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

  contractTest('refresh.tampered', {
    title: 'a refresh token that was changed is refused, without an error of the server',
    sources: [must('RFC9700', '4.14.2'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'first' }), refresh('first')],
    variants: {
      'one character': { token: tampered('first.refresh_token', 'middle') },
      'cut in half': { token: tampered('first.refresh_token', 'cut') },
      garbage: { token: 'abc' },
      'an access token': { token: ref('first.access_token') },
    },
    when: [codeGrant({ as: 'first' }), refresh('first', { params: { refresh_token: variant('token') } })],
    then: refused('invalid_grant'),
  })
})
