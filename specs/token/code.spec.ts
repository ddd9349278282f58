import {
  absent,
  anotherVerifier,
  authorize,
  between,
  codeGrant,
  contractTest,
  denied,
  describe,
  equals,
  exchange,
  granted,
  holds,
  joined,
  matching,
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

describe('token endpoint: the authorization code', () => {
  contractTest('code.replay', {
    title: 'a code that was used is refused',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '10.5')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    when: [codeGrant({ as: 'first' }), exchange('first')],
    then: refused('invalid_grant'),
  })

  contractTest('code.other-client', {
    title: 'a code is refused to every client but the one it was issued to',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ client: variant('client') })],
    variants: {
      'another public client': { client: 'otherPublicPkce' },
      'a client with a secret': { client: 'confidential' },
    },
    when: [authorize({ as: 'flow' }), exchange('flow', { client: variant('client') })],
    then: refused('invalid_grant'),
  })

  contractTest('code.client-authentication', {
    title: 'a code of a client with a secret is not exchanged without that secret',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '3.2.1')],
    severity: 'critical',
    requires: ['authorization_code'],
    given: { client: 'confidential', user: 'editor' },
    control: [codeGrant()],
    variants: {
      'left out': { secret: '', authentication: 'none' },
      empty: { secret: '', authentication: 'body' },
      wrong: { secret: 'not-the-secret-of-this-client', authentication: 'body' },
      'wrong, with Basic': { secret: 'not-the-secret-of-this-client', authentication: 'basic' },
    },
    when: [
      authorize({ as: 'flow' }),
      exchange('flow', { authentication: variant('authentication'), secret: variant('secret') }),
    ],
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('code.client-unnamed', {
    title: 'a code is not exchanged for a client that does not say who it is',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '3.2.1')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    variants: { 'left out': { id: null }, empty: { id: '' } },
    when: [codeGrant({ token: { client_id: variant('id') } })],
    then: refused(['invalid_request', 'invalid_client']),
  })

  contractTest('code.missing', {
    title: 'an exchange without a code is refused',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    variants: { 'left out': { code: null }, empty: { code: '' } },
    when: [codeGrant({ token: { code: variant('code') } })],
    then: refused('invalid_request'),
  })

  contractTest('code.survives-failure', {
    title: 'an exchange that is refused does not use the code up',
    sources: [should('OAUTH21', '7.5.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    variants: {
      'wrong verifier': { client: 'publicPkce', params: { code_verifier: anotherVerifier() } },
      'no verifier': { client: 'publicPkce', params: { code_verifier: null } },
      'another redirect URI': { client: 'publicPkce', params: { redirect_uri: 'https://client.example.test/other' } },
      'another client': { client: 'otherPublicPkce', params: {} },
      'a client with a wrong secret': { client: 'confidential', params: { client_secret: 'not-the-secret' } },
      'another grant': { client: 'publicPkce', params: { grant_type: 'urn:example:no-such-grant' } },
    },
    when: [
      authorize({ as: 'flow' }),
      exchange('flow', {
        as: 'failure',
        client: variant('client'),
        params: variant('params'),
        expect: holds({ status: between(400, 499), 'json.access_token': absent() }),
      }),
      exchange('flow'),
    ],
    then: granted(),
  })

  contractTest('code.replay-revokes', {
    title: 'the tokens of a code that is used again are revoked',
    sources: [should('RFC6749', '4.1.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256', 'resource.debug'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'first' }), resource(ref('first.access_token'))],
    when: [
      codeGrant({ as: 'first' }),
      exchange('first', { as: 'replay', expect: refused('invalid_grant') }),
      resource(ref('first.access_token')),
    ],
    then: denied('invalid_token'),
  })

  contractTest('code.replay-revokes-refresh', {
    title: 'the refresh token of a code that is used again is revoked, too',
    sources: [should('RFC6749', '4.1.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'first' }), refresh('first')],
    when: [
      codeGrant({ as: 'first' }),
      exchange('first', { as: 'replay', expect: refused('invalid_grant') }),
      refresh('first'),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('code.replay-by-stranger', {
    title: 'who has a used code but not its verifier cannot have the tokens of its owner revoked',
    sources: [should('OAUTH21', '7.5.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256', 'resource.debug'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [
      codeGrant({ as: 'first' }),
      exchange('first', {
        as: 'replay',
        params: { code_verifier: anotherVerifier() },
        expect: refused('invalid_grant'),
      }),
      resource(ref('first.access_token')),
    ],
    then: opened(),
  })

  contractTest('code.redirect-uri-mismatch', {
    title: 'a code is refused with another redirect URI than that of its authorization request',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: variant('client'), user: 'editor' },
    control: [codeGrant()],
    variants: {
      'another path': { client: 'publicPkce', uri: 'https://client.example.test/other' },
      'another one of the client': { client: 'severalRedirects', uri: 'https://client.example.test/second' },
      'another host': { client: 'publicPkce', uri: 'https://elsewhere.example.test/callback' },
      'a slash more': { client: 'publicPkce', uri: joined(ref('flow.redirect_uri'), '/') },
      'a query more': { client: 'publicPkce', uri: joined(ref('flow.redirect_uri'), '?next=1') },
      'another case': { client: 'publicPkce', uri: tampered('flow.redirect_uri', 'case') },
    },
    when: [authorize({ as: 'flow' }), exchange('flow', { params: { redirect_uri: variant('uri') } })],
    then: refused('invalid_grant'),
  })

  contractTest('code.redirect-uri-not-sent', {
    title: 'a code whose authorization request named no redirect URI is exchanged without one',
    sources: [must('RFC6749', '4.1.3')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ authorize: { redirect_uri: null }, token: { redirect_uri: null } })],
    then: granted(),
  })

  contractTest('code.redirect-uri-missing', {
    title: 'a code is refused without the redirect URI that its authorization request named',
    sources: [must('RFC6749', '4.1.3')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    variants: { 'left out': { uri: null }, empty: { uri: '' } },
    when: [codeGrant({ token: { redirect_uri: variant('uri') } })],
    then: refused(['invalid_request', 'invalid_grant']),
  })

  contractTest('code.expired', {
    title: 'a code that has expired is refused',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'shortLived', user: 'editor' },
    control: [codeGrant()],
    when: [authorize({ as: 'flow' }), wait('code-expiry', 'flow'), exchange('flow')],
    then: refused('invalid_grant'),
  })

  contractTest('code.tampered', {
    title: 'a code that was changed is refused, without an error of the server',
    sources: [must('RFC6749', '10.10'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    variants: {
      'one character': { code: tampered('flow.code', 'middle') },
      'cut in half': { code: tampered('flow.code', 'cut') },
      'its last character': { code: tampered('flow.code', 'end') },
      'twice in a row': { code: joined(ref('flow.code'), ref('flow.code')) },
      garbage: { code: 'abc' },
    },
    when: [authorize({ as: 'flow' }), exchange('flow', { params: { code: variant('code') } })],
    then: refused('invalid_grant'),
  })

  contractTest('code.token-given', {
    title: 'a token is no authorization code',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256', 'refresh_token'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    variants: {
      'a refresh token': { code: ref('first.refresh_token') },
      'an access token': { code: ref('first.access_token') },
    },
    when: [codeGrant({ as: 'first' }), exchange('first', { params: { code: variant('code') } })],
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('code.unguessable', {
    title: 'a code is long enough to hold 128 bits',
    sources: [must('RFC6749', '10.10')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize()],
    then: holds({ 'callback.code': matching('^[\\x20-\\x7e]{22,}$', 'at least 22 characters') }),
  })

  contractTest('code.race', {
    title: 'of several exchanges of one code at the same time exactly one succeeds',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '10.5')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256', 'site.stress'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ as: 'flow' }), race(exchange('flow'), 4)],
    then: holds({ 'race.successes': equals(1), 'race.broken': equals(0) }),
  })
})
