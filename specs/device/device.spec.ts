import {
  contractTest,
  describe,
  deviceAuthorization,
  differsFrom,
  equals,
  granted,
  holds,
  may,
  must,
  ofSchema,
  poll,
  ref,
  refused,
  should,
  tampered,
  variant,
  verifyUserCode,
  wait,
} from 'simple-oauth-contract'

/** The whole device flow, with the user's approval. */
const approved = [
  deviceAuthorization({ as: 'other' }),
  verifyUserCode('other'),
  poll('other', { until: 'decided' }),
] as const

describe('Device authorization', () => {
  contractTest('device.response', {
    title: 'A device gets `device_code`, `user_code`, `verification_uri` and `expires_in`',
    sources: [must('RFC8628', '3.2')],
    severity: 'high',
    client: 'device',
    when: deviceAuthorization(),
    then: holds({
      status: equals(200),
      json: ofSchema({
        title: 'a device authorization response',
        type: 'object',
        required: ['device_code', 'user_code', 'verification_uri', 'expires_in'],
        properties: {
          device_code: { type: 'string', minLength: 1 },
          user_code: { type: 'string', minLength: 1 },
          verification_uri: { type: 'string', format: 'uri' },
          verification_uri_complete: { type: 'string', format: 'uri' },
          expires_in: { type: 'number', exclusiveMinimum: 0 },
          interval: { type: 'number', minimum: 0 },
        },
      }),
    }),
  })

  contractTest('device.unguessable', {
    title: 'Each device code is a different string of at least 128 bits',
    sources: [should('RFC8628', '5.2')],
    severity: 'high',
    client: 'device',
    when: [deviceAuthorization({ as: 'first' }), deviceAuthorization()],
    then: [
      holds({
        'json.device_code': ofSchema({ title: 'a string of at least 22 characters', type: 'string', minLength: 22 }),
      }),
      holds({ 'json.device_code': differsFrom('first.device_code') }),
    ],
  })

  contractTest('device.grant-not-enabled', {
    title: 'A client without the device grant gets no device code',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'device',
    control: deviceAuthorization(),
    when: deviceAuthorization({ client: 'publicPkce' }),
    then: refused(['unauthorized_client', 'unsupported_grant_type', 'invalid_client']),
  })

  contractTest('device.client-authentication', {
    title: 'A confidential client gets no device code without its secret',
    sources: [must('RFC8628', '3.1'), must('RFC6749', '3.2.1')],
    severity: 'medium',
    client: 'everyGrant',
    control: deviceAuthorization(),
    variants: {
      'left out': { secret: '', authentication: 'none' },
      wrong: { secret: 'not-the-secret-of-this-client', authentication: 'body' },
    },
    when: deviceAuthorization({ authentication: variant('authentication'), secret: variant('secret') }),
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('device.login-required', {
    title: 'The verification page asks for a login before it takes a code',
    sources: [must('RFC8628', '3.3')],
    severity: 'critical',
    client: 'device',
    when: [deviceAuthorization({ as: 'first' }), verifyUserCode('first', { session: 'none' })],
    then: holds({ page: equals('login') }),
  })

  contractTest('device.pending', {
    title: 'A device gets no token before its user has decided',
    sources: [must('RFC8628', '3.5')],
    severity: 'critical',
    client: 'device',
    control: approved,
    when: [deviceAuthorization({ as: 'first' }), poll('first')],
    then: refused(['authorization_pending', 'slow_down']),
  })

  contractTest('device.polled-at-once', {
    title: 'The answer to a device that polls again without waiting is recorded',
    sources: [may('RFC8628', '3.5')],
    severity: 'info',
    client: 'device',
    when: [
      deviceAuthorization({ as: 'first' }),
      poll('first', { as: 'poll', expect: refused(['authorization_pending', 'slow_down']) }),
      poll('first'),
    ],
    observe: ['json.error'],
  })

  contractTest('device.approved', {
    title: 'A device gets its tokens once its user has approved it',
    sources: [must('RFC8628', '3.5'), must('RFC6749', '5.1')],
    severity: 'high',
    client: 'device',
    when: [deviceAuthorization({ as: 'first' }), verifyUserCode('first'), poll('first', { until: 'decided' })],
    then: granted(),
  })

  contractTest('device.denied', {
    title: 'A device whose user denied it learns that and gets no token',
    sources: [must('RFC8628', '3.5')],
    severity: 'high',
    client: 'device',
    control: approved,
    when: [deviceAuthorization({ as: 'first' }), verifyUserCode('first', { decision: 'deny' }), poll('first')],
    then: refused('access_denied'),
  })

  contractTest('device.code-used', {
    title: 'A device code is rejected once tokens were issued for it',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    client: 'device',
    // The case's own first poll.
    control: [],
    when: [
      deviceAuthorization({ as: 'first' }),
      verifyUserCode('first'),
      poll('first', { as: 'tokens', until: 'decided' }),
      poll('first'),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('device.other-client', {
    title: "An approved device code cannot be redeemed with another client's ID",
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    client: 'device',
    control: approved,
    when: [deviceAuthorization({ as: 'first' }), verifyUserCode('first'), poll('first', { client: 'everyGrant' })],
    then: refused('invalid_grant'),
  })

  contractTest('device.poll-authentication', {
    title: 'A confidential client cannot redeem an approved device code without its secret',
    sources: [must('RFC8628', '3.4'), must('RFC6749', '3.2.1')],
    severity: 'high',
    client: 'everyGrant',
    control: approved,
    variants: {
      'left out': { secret: '', authentication: 'none' },
      wrong: { secret: 'not-the-secret-of-this-client', authentication: 'body' },
    },
    when: [
      deviceAuthorization({ as: 'first' }),
      verifyUserCode('first'),
      poll('first', { authentication: variant('authentication'), secret: variant('secret') }),
    ],
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('device.code-unknown', {
    title: 'A device code that the server did not issue is rejected with `invalid_grant`',
    sources: [must('RFC6749', '5.2')],
    severity: 'critical',
    client: 'device',
    control: approved,
    variants: {
      'arbitrary string': 'contract-no-such-device-code',
      'last character changed': tampered('first.device_code', 'end'),
      'the user code': ref('first.user_code'),
    },
    when: [
      deviceAuthorization({ as: 'first' }),
      verifyUserCode('first'),
      poll('first', { params: { device_code: variant() } }),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('device.code-missing', {
    title: 'A token request of a device without a `device_code` is rejected with `invalid_request`',
    sources: [must('RFC8628', '3.4'), must('RFC6749', '5.2')],
    severity: 'high',
    client: 'device',
    control: approved,
    variants: { 'left out': null, empty: '' },
    when: [
      deviceAuthorization({ as: 'first' }),
      verifyUserCode('first'),
      poll('first', { params: { device_code: variant() } }),
    ],
    then: refused('invalid_request'),
  })

  contractTest('device.expired', {
    title: 'A device code is rejected with `expired_token` after `expires_in`, even if its user approved it',
    sources: [must('RFC8628', '3.5')],
    severity: 'medium',
    client: 'device',
    control: approved,
    when: [
      deviceAuthorization({ as: 'first' }),
      verifyUserCode('first'),
      wait('device-code-expiry', 'first'),
      poll('first'),
    ],
    then: refused('expired_token'),
  })
})
