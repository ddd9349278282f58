import {
  absent,
  authorize,
  codeGrant,
  contractTest,
  describe,
  differsFrom,
  equals,
  exactScopes,
  granted,
  holds,
  joined,
  matching,
  may,
  must,
  opened,
  race,
  ref,
  refresh,
  refused,
  resource,
  should,
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

  contractTest('refresh.rotation-with-secret', {
    title: 'a client with a secret gets a new refresh token, too, and may authenticate with HTTP Basic',
    sources: [should('RFC9700', '4.14.2'), must('RFC6749', '6'), must('RFC6749', '2.3.1')],
    severity: 'medium',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'confidential', user: 'editor' },
    variants: { 'in the body': { authentication: 'body' }, Basic: { authentication: 'basic' } },
    when: [codeGrant({ as: 'first' }), refresh('first', { authentication: variant('authentication') })],
    then: [granted(), holds({ 'json.refresh_token': differsFrom('first.refresh_token') })],
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
    control: [codeGrant({ as: 'other', client: variant('client') }), refresh('other')],
    variants: {
      'another public client': { client: 'otherPublicPkce' },
      'a client with a secret': { client: 'confidential' },
    },
    when: [codeGrant({ as: 'first' }), refresh('first', { client: variant('client') })],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.client-authentication', {
    title: 'a refresh token of a client with a secret is refused without that secret',
    sources: [must('RFC6749', '6'), must('RFC6749', '3.2.1')],
    severity: 'critical',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'confidential', user: 'editor' },
    control: [codeGrant({ as: 'first' }), refresh('first')],
    variants: {
      'left out': { secret: '', authentication: 'none' },
      empty: { secret: '', authentication: 'body' },
      wrong: { secret: 'not-the-secret-of-this-client', authentication: 'body' },
    },
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { authentication: variant('authentication'), secret: variant('secret') }),
    ],
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('refresh.missing', {
    title: 'a refresh without a refresh token is refused',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'first' }), refresh('first')],
    variants: { 'left out': { token: null }, empty: { token: '' } },
    when: [codeGrant({ as: 'first' }), refresh('first', { params: { refresh_token: variant('token') } })],
    then: refused('invalid_request'),
  })

  contractTest('refresh.code-given', {
    title: 'an authorization code is no refresh token',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'first' }), refresh('first')],
    when: [
      codeGrant({ as: 'first' }),
      authorize({ as: 'flow' }),
      refresh('first', { params: { refresh_token: ref('flow.code') } }),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.unguessable', {
    title: 'a refresh token is long enough to hold 128 bits, and tells nothing to who holds it',
    sources: [must('RFC6749', '10.10'), should('RFC6749', '1.5')],
    severity: 'high',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant()],
    then: holds({
      'json.refresh_token': matching('^[\\x20-\\x7e]{22,}$', 'at least 22 characters'),
      'refresh_token.claims': absent(),
    }),
  })

  contractTest('refresh.not-for-every-client', {
    title: 'a client without the refresh grant gets no refresh token',
    sources: [must('RFC9700', '4.14.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'withoutRefresh', user: 'editor' },
    when: [codeGrant()],
    then: [granted(), holds({ 'json.refresh_token': absent() })],
  })

  contractTest('refresh.grant-not-enabled', {
    title: 'a client without the refresh grant cannot use the refresh token of another',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'withoutRefresh', user: 'editor' },
    control: [codeGrant({ as: 'other', client: 'publicPkce' }), refresh('other')],
    when: [codeGrant({ as: 'first', client: 'publicPkce' }), refresh('first', { client: 'withoutRefresh' })],
    then: refused(['unauthorized_client', 'invalid_grant']),
  })

  contractTest('refresh.unknown-parameter', {
    title: 'parameters that mean nothing in a refresh are ignored',
    sources: [must('RFC6749', '3.2')],
    severity: 'medium',
    why: 'Clients that send with every token request what one of them needs are logged out when their token expires.',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    variants: {
      unknown: { params: { 'contract-unknown': '1' } },
      'of the exchange': {
        params: { code_verifier: ref('first.code_verifier'), redirect_uri: ref('first.redirect_uri') },
      },
    },
    when: [codeGrant({ as: 'first' }), refresh('first', { params: variant('params') })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('refresh.old-access-token', {
    title: 'what becomes of the access token when its grant is refreshed',
    sources: [may('RFC6749', '6')],
    severity: 'info',
    requires: ['authorization_code', 'refresh_token', 'resource.debug'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'first' }), refresh('first'), resource(ref('first.access_token'))],
    observe: ['status'],
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
      'its last character': { token: tampered('first.refresh_token', 'end') },
      'twice in a row': { token: joined(ref('first.refresh_token'), ref('first.refresh_token')) },
      garbage: { token: 'abc' },
      'an access token': { token: ref('first.access_token') },
    },
    when: [codeGrant({ as: 'first' }), refresh('first', { params: { refresh_token: variant('token') } })],
    then: refused('invalid_grant'),
  })
})
