import {
  absent,
  authorize,
  codeGrant,
  contractTest,
  describe,
  differsFrom,
  exactScopes,
  granted,
  holds,
  joined,
  matching,
  may,
  must,
  opened,
  ref,
  refresh,
  refused,
  resource,
  scopes,
  should,
  tampered,
  variant,
  wait,
} from 'simple-oauth-contract'

describe('Token endpoint: the refresh token grant', () => {
  contractTest('refresh.rotation', {
    title: 'A refresh returns a new access token and a new refresh token',
    sources: [must('RFC9700', '4.14.2'), must('RFC6749', '6')],
    severity: 'high',
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
    title: 'A confidential client gets a new refresh token with a secret in the body or in HTTP Basic',
    sources: [must('RFC6749', '6'), must('RFC6749', '2.3.1'), may('RFC6749', '6')],
    severity: 'medium',
    client: 'confidential',
    variants: { 'in the body': 'body', Basic: 'basic' },
    when: [codeGrant({ as: 'first' }), refresh('first', { authentication: variant() })],
    then: [
      granted(),
      // RFC 9700 §4.14.2 requires rotation only for public clients.
      holds({ 'json.refresh_token': differsFrom('first.refresh_token') }, { source: may('RFC6749', '6') }),
    ],
  })

  contractTest('refresh.basic', {
    title: 'A refresh with a wrong secret in HTTP Basic gets a 401 with a Basic challenge',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'confidential',
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { authentication: 'basic', secret: 'not-the-secret-of-this-client' }),
    ],
    then: [refused('invalid_client'), holds({ 'header.www-authenticate': matching('^Basic\\b', 'a Basic challenge') })],
  })

  contractTest('refresh.reuse', {
    title: 'A rotated refresh token is rejected',
    sources: [must('RFC9700', '4.14.2'), must('RFC6749', '5.2')],
    severity: 'high',
    when: [codeGrant({ as: 'first' }), refresh('first', { as: 'second' }), refresh('first')],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.reuse-after-narrowing', {
    title: 'A refresh token that was used for fewer scopes is rejected, for the others too',
    sources: [must('RFC9700', '4.14.2'), must('RFC6749', '5.2')],
    severity: 'high',
    variants: { 'without a scope': {}, 'for the other scope': { scope: scopes('debug') } },
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { as: 'second', params: { scope: scopes('content') } }),
      refresh('first', { params: variant() }),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.reuse-ends-grant', {
    title: 'Reuse of a rotated refresh token revokes the active refresh token',
    sources: [must('RFC9700', '4.14.2')],
    severity: 'medium',
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { as: 'second' }),
      refresh('first', { as: 'reuse', expect: refused('invalid_grant') }),
      refresh('second'),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.other-client', {
    title: 'A refresh token is rejected when another client uses it',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'critical',
    control: [codeGrant({ as: 'other', client: variant() }), refresh('other')],
    variants: { 'another public client': 'otherPublicPkce', 'a confidential client': 'confidential' },
    when: [codeGrant({ as: 'first' }), refresh('first', { client: variant() })],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.client-authentication', {
    title: "A confidential client's refresh token cannot be used without the right secret",
    sources: [must('RFC6749', '6'), must('RFC6749', '3.2.1')],
    severity: 'critical',
    client: 'confidential',
    variants: {
      'left out': { secret: '', authentication: 'none' },
      empty: { secret: '', authentication: 'body' },
      wrong: { secret: 'not-the-secret-of-this-client', authentication: 'body' },
      'wrong, with Basic': { secret: 'not-the-secret-of-this-client', authentication: 'basic' },
    },
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { authentication: variant('authentication'), secret: variant('secret') }),
    ],
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('refresh.missing', {
    title: 'A refresh request without `refresh_token` is rejected with `invalid_request`',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'medium',
    variants: { 'left out': null, empty: '' },
    when: [codeGrant({ as: 'first' }), refresh('first', { params: { refresh_token: variant() } })],
    then: refused('invalid_request'),
  })

  contractTest('refresh.code-as-refresh-token', {
    title: 'An authorization code is rejected as a refresh token',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'high',
    when: [
      codeGrant({ as: 'first' }),
      authorize({ as: 'flow' }),
      refresh('first', { params: { refresh_token: ref('flow.code') } }),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.unguessable', {
    title: 'A refresh token has at least 22 characters, enough for 128 bits',
    sources: [must('RFC6749', '10.10')],
    severity: 'high',
    requires: ['refresh_token'],
    when: codeGrant(),
    then: holds({ 'json.refresh_token': matching('^[\\x20-\\x7e]{22,}$', 'at least 22 characters') }),
  })

  contractTest('refresh.not-for-every-client', {
    title: 'A client without the refresh grant gets no refresh token',
    sources: [should('RFC9700', '4.14.2')],
    severity: 'medium',
    client: 'withoutRefresh',
    when: codeGrant(),
    then: [granted(), holds({ 'json.refresh_token': absent() })],
  })

  contractTest('refresh.grant-not-enabled', {
    title: "A client without the refresh grant cannot use another client's refresh token",
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'withoutRefresh',
    control: [codeGrant({ as: 'other', client: 'publicPkce' }), refresh('other')],
    when: [codeGrant({ as: 'first', client: 'publicPkce' }), refresh('first', { client: 'withoutRefresh' })],
    then: refused(['unauthorized_client', 'invalid_grant']),
  })

  contractTest('refresh.unknown-parameter', {
    title: 'Unknown and irrelevant parameters of a refresh request are ignored',
    sources: [must('RFC6749', '3.2')],
    severity: 'medium',
    variants: {
      unknown: { 'contract-unknown': '1' },
      'of the code redemption': { code_verifier: ref('first.code_verifier'), redirect_uri: ref('first.redirect_uri') },
    },
    when: [codeGrant({ as: 'first' }), refresh('first', { params: variant() })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('refresh.old-access-token', {
    title: 'The status of the old access token after a refresh is recorded',
    sources: [may('RFC6749', '6')],
    severity: 'info',
    when: [codeGrant({ as: 'first' }), refresh('first'), resource(ref('first.access_token'))],
    observe: ['status'],
  })

  contractTest('refresh.expired', {
    title: 'An expired refresh token is rejected',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'shortLived',
    when: [codeGrant({ as: 'first' }), wait('refresh-token-expiry', 'first'), refresh('first')],
    then: refused('invalid_grant'),
  })

  contractTest('refresh.after-access-token-expiry', {
    title: 'A refresh after the access token has expired returns an access token that works',
    sources: [must('RFC6749', '6')],
    severity: 'medium',
    client: 'shortLived',
    when: [
      codeGrant({ as: 'first' }),
      wait('access-token-expiry', 'first'),
      refresh('first', { as: 'second' }),
      resource(ref('second.access_token')),
    ],
    then: opened(),
  })

  contractTest('refresh.tampered', {
    title: 'An altered refresh token is rejected without a server error (5xx)',
    sources: [must('RFC9700', '4.14.2'), must('RFC6749', '5.2')],
    severity: 'high',
    variants: {
      'one character changed': tampered('first.refresh_token', 'middle'),
      'cut in half': tampered('first.refresh_token', 'cut'),
      'last character changed': tampered('first.refresh_token', 'end'),
      repeated: joined(ref('first.refresh_token'), ref('first.refresh_token')),
      garbage: 'abc',
      'an access token': ref('first.access_token'),
    },
    when: [codeGrant({ as: 'first' }), refresh('first', { params: { refresh_token: variant() } })],
    then: refused('invalid_grant'),
  })
})
