import {
  anotherVerifier,
  authorize,
  between,
  codeGrant,
  contractTest,
  denied,
  describe,
  exchange,
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
  should,
  tampered,
  variant,
  wait,
} from 'simple-oauth-contract'

const replayed = [
  codeGrant({ as: 'first' }),
  exchange('first', { as: 'replay', expect: refused('invalid_grant') }),
] as const

describe('Token endpoint: the authorization code grant', () => {
  contractTest('code.replay', {
    title: 'A used authorization code is rejected',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '10.5')],
    severity: 'critical',
    when: [codeGrant({ as: 'first' }), exchange('first')],
    then: refused('invalid_grant'),
  })

  contractTest('code.replay-by-each-client', {
    title: 'A used authorization code is rejected from every kind of client',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '10.5')],
    severity: 'critical',
    client: variant(),
    variants: {
      'public, PKCE optional': 'publicOptionalPkce',
      'confidential, PKCE required': 'confidentialPkce',
      'confidential, PKCE optional': 'confidential',
      'automatic authorization': 'autoApproved',
    },
    when: [codeGrant({ as: 'first' }), exchange('first')],
    then: refused('invalid_grant'),
  })

  contractTest('code.other-client', {
    title: 'An authorization code is rejected when another client redeems it',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'critical',
    control: codeGrant({ client: variant() }),
    variants: { 'another public client': 'otherPublicPkce', 'a confidential client': 'confidential' },
    when: [authorize({ as: 'flow' }), exchange('flow', { client: variant() })],
    then: refused('invalid_grant'),
  })

  contractTest('code.client-authentication', {
    title: "A confidential client's code cannot be redeemed without the right secret",
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '3.2.1')],
    severity: 'critical',
    client: 'confidential',
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

  contractTest('code.client-id-missing', {
    title: 'An authorization code cannot be redeemed without a `client_id`',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '3.2.1')],
    severity: 'high',
    variants: { 'left out': null, empty: '' },
    when: codeGrant({ token: { client_id: variant() } }),
    then: refused(['invalid_request', 'invalid_client']),
  })

  contractTest('code.missing', {
    title: 'A token request without a `code` is rejected with `invalid_request`',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'medium',
    variants: { 'left out': null, empty: '' },
    when: codeGrant({ token: { code: variant() } }),
    then: refused('invalid_request'),
  })

  contractTest('code.survives-failure', {
    title: 'Whether a rejected token request invalidates the code is recorded',
    sources: [may('RFC6749', '10.5')],
    severity: 'info',
    client: 'publicPkce',
    variants: {
      'wrong verifier': { client: 'publicPkce', params: { code_verifier: anotherVerifier() } },
      'no verifier': { client: 'publicPkce', params: { code_verifier: null } },
      'another redirect URI': { client: 'publicPkce', params: { redirect_uri: 'https://client.example.test/other' } },
      'another client': { client: 'otherPublicPkce', params: {} },
      'a confidential client with a wrong secret': {
        client: 'confidential',
        params: { client_secret: 'not-the-secret' },
      },
      'another grant': { client: 'publicPkce', params: { grant_type: 'urn:example:no-such-grant' } },
    },
    when: [
      authorize({ as: 'flow' }),
      exchange('flow', {
        as: 'failure',
        client: variant('client'),
        params: variant('params'),
        expect: holds({ status: between(400, 499) }),
      }),
      exchange('flow'),
    ],
    observe: ['status'],
  })

  contractTest('code.replay-revokes', {
    title: 'Replay of a code revokes the access token issued for it',
    sources: [should('RFC6749', '4.1.2')],
    severity: 'medium',
    when: [...replayed, resource(ref('first.access_token'))],
    then: denied('invalid_token'),
  })

  contractTest('code.replay-revokes-refresh', {
    title: 'Replay of a code revokes the refresh token issued for it',
    sources: [should('RFC6749', '4.1.2')],
    severity: 'medium',
    when: [...replayed, refresh('first')],
    then: refused('invalid_grant'),
  })

  contractTest('code.replay-by-stranger', {
    title: 'Replay of a code with a wrong verifier does not revoke the access token issued for it',
    sources: [should('OAUTH21', '7.5.2')],
    severity: 'medium',
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

  contractTest('code.expired', {
    title: 'An expired authorization code is rejected',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '5.2')],
    severity: 'high',
    client: 'shortLived',
    when: [authorize({ as: 'flow' }), wait('code-expiry', 'flow'), exchange('flow')],
    then: refused('invalid_grant'),
  })

  contractTest('code.tampered', {
    title: 'An altered authorization code is rejected without a server error (5xx)',
    sources: [must('RFC6749', '10.10'), must('RFC6749', '5.2')],
    severity: 'high',
    variants: {
      'one character changed': tampered('flow.code', 'middle'),
      'cut in half': tampered('flow.code', 'cut'),
      'last character changed': tampered('flow.code', 'end'),
      repeated: joined(ref('flow.code'), ref('flow.code')),
      garbage: 'abc',
    },
    when: [authorize({ as: 'flow' }), exchange('flow', { params: { code: variant() } })],
    then: refused('invalid_grant'),
  })

  contractTest('code.token-as-code', {
    title: 'Access tokens and refresh tokens are rejected as authorization codes',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'high',
    variants: { 'a refresh token': ref('first.refresh_token'), 'an access token': ref('first.access_token') },
    when: [codeGrant({ as: 'first' }), exchange('first', { params: { code: variant() } })],
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('code.unguessable', {
    title: 'An authorization code has at least 22 characters, enough for 128 bits',
    sources: [must('RFC6749', '10.10')],
    severity: 'high',
    when: authorize(),
    then: holds({ 'callback.code': matching('^[\\x20-\\x7e]{22,}$', 'at least 22 characters') }),
  })
})
