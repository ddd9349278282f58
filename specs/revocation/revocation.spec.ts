import {
  between,
  codeGrant,
  contractTest,
  denied,
  describe,
  equals,
  granted,
  holds,
  may,
  must,
  ref,
  refresh,
  refused,
  resource,
  revoke,
  should,
  variant,
} from 'simple-oauth-contract'

/** `token_type_hint` may be left out or wrong (RFC 7009 §2.1), and an unknown one is ignored (§2.2). */
const hints = {
  'without a hint': null,
  'the right hint': 'refresh_token',
  'the wrong hint': 'access_token',
  'an unknown hint': 'contract-no-such-type',
}

describe('Revocation endpoint', () => {
  contractTest('revocation.refresh-token', {
    title: 'A refresh token that its client revoked is rejected, whatever `token_type_hint` said',
    sources: [must('RFC7009', '2.1'), must('RFC7009', '2')],
    severity: 'critical',
    variants: hints,
    when: [codeGrant({ as: 'first' }), revoke(ref('first.refresh_token'), { hint: variant() }), refresh('first')],
    then: refused('invalid_grant'),
  })

  contractTest('revocation.access-token', {
    title: 'An access token that its client revoked is rejected, whatever `token_type_hint` said',
    sources: [must('RFC7009', '2.1'), should('RFC6750', '3.1')],
    severity: 'critical',
    requires: ['revocation.access-token'],
    variants: { ...hints, 'the right hint': 'access_token', 'the wrong hint': 'refresh_token' },
    when: [
      codeGrant({ as: 'first' }),
      revoke(ref('first.access_token'), { hint: variant() }),
      resource(ref('first.access_token')),
    ],
    then: denied('invalid_token'),
  })

  contractTest('revocation.refresh-token-ends-access', {
    title: 'Revocation of a refresh token also revokes the access tokens of the same grant',
    sources: [should('RFC7009', '2.1')],
    severity: 'medium',
    requires: ['revocation.access-token'],
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { as: 'second' }),
      revoke(ref('second.refresh_token')),
      resource(ref('second.access_token')),
    ],
    then: denied('invalid_token'),
  })

  contractTest('revocation.access-token-keeps-refresh', {
    title: 'The response to a refresh after the revocation of the access token is recorded',
    sources: [may('RFC7009', '2.1')],
    severity: 'info',
    requires: ['revocation.access-token'],
    when: [codeGrant({ as: 'first' }), revoke(ref('first.access_token')), refresh('first')],
    observe: ['status'],
  })

  contractTest('revocation.other-client', {
    title: 'A client cannot revoke the tokens of another client',
    sources: [must('RFC7009', '2.1')],
    severity: 'high',
    variants: { 'another public client': 'otherPublicPkce', 'a confidential client': 'confidential' },
    when: [
      codeGrant({ as: 'first' }),
      revoke(ref('first.refresh_token'), {
        as: 'attempt',
        client: variant(),
        expect: holds({ status: between(200, 499) }),
      }),
      refresh('first'),
    ],
    then: granted(),
  })

  contractTest('revocation.other-client-error', {
    title: 'A client that tries to revoke the token of another client gets an error',
    sources: [must('RFC7009', '2.1'), must('RFC7009', '2.2.1')],
    severity: 'low',
    control: [
      codeGrant({ as: 'other', client: 'otherPublicPkce' }),
      revoke(ref('other.refresh_token'), { client: 'otherPublicPkce' }),
    ],
    when: [codeGrant({ as: 'first' }), revoke(ref('first.refresh_token'), { client: 'otherPublicPkce' })],
    then: refused(['invalid_grant', 'unauthorized_client', 'invalid_request', 'invalid_client']),
  })

  contractTest('revocation.client-authentication', {
    title: 'The tokens of a confidential client cannot be revoked without its secret',
    sources: [must('RFC7009', '2.1'), must('RFC6749', '3.2.1')],
    severity: 'high',
    client: 'confidential',
    variants: {
      'left out': { secret: '', authentication: 'none' },
      empty: { secret: '', authentication: 'body' },
      wrong: { secret: 'not-the-secret-of-this-client', authentication: 'body' },
      'wrong, with Basic': { secret: 'not-the-secret-of-this-client', authentication: 'basic' },
    },
    when: [
      codeGrant({ as: 'first' }),
      revoke(ref('first.refresh_token'), {
        as: 'attempt',
        authentication: variant('authentication'),
        secret: variant('secret'),
        expect: refused(['invalid_client', 'invalid_request']),
      }),
      refresh('first'),
    ],
    then: granted(),
  })

  contractTest('revocation.invalid-token', {
    title: 'The revocation of an invalid or already revoked token is answered with 200',
    sources: [must('RFC7009', '2.2')],
    severity: 'low',
    variants: { 'unknown token': 'contract-no-such-token', 'already revoked': ref('first.refresh_token') },
    when: [codeGrant({ as: 'first' }), revoke(ref('first.refresh_token')), revoke(variant())],
    then: holds({ status: equals(200) }),
  })

  contractTest('revocation.token-missing', {
    title: 'A revocation request without `token` is rejected with `invalid_request`',
    sources: [must('RFC7009', '2.1'), must('RFC7009', '2.2.1')],
    severity: 'low',
    control: [codeGrant({ as: 'other' }), revoke(ref('other.refresh_token'))],
    variants: { 'left out': null, empty: '' },
    when: [codeGrant({ as: 'first' }), revoke(ref('first.refresh_token'), { params: { token: variant() } })],
    then: refused('invalid_request'),
  })
})
