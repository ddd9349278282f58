import {
  authorize,
  clientCredentials,
  codeGrant,
  contractTest,
  describe,
  differsFrom,
  equals,
  exchange,
  granted,
  holds,
  jwks,
  must,
  opened,
  ref,
  refresh,
  refused,
  resource,
  should,
  signedBy,
  site,
  wait,
} from 'simple-oauth-contract'

describe('Life cycle: later refresh tokens, cron and new keys', () => {
  contractTest('life-cycle.second-refresh-token-expires', {
    title: 'The refresh token of a refresh expires as the first one does',
    sources: [should('RFC9700', '4.14.2'), must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'shortLived',
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { as: 'second' }),
      wait('refresh-token-expiry', 'second'),
      refresh('second'),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('life-cycle.third-refresh-token-expires', {
    title: 'The refresh token of a second refresh expires as the first one does',
    sources: [should('RFC9700', '4.14.2'), must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'shortLived',
    when: [
      codeGrant({ as: 'first' }),
      refresh('first', { as: 'second' }),
      refresh('second', { as: 'third' }),
      wait('refresh-token-expiry', 'third'),
      refresh('third'),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('life-cycle.cron-keeps-live-tokens', {
    title: 'Codes and tokens that have not expired still work after cron',
    sources: [should('RFC6749', '5.1'), must('RFC6749', '4.1.2')],
    severity: 'high',
    when: [
      codeGrant({ as: 'flow' }),
      authorize({ as: 'pending' }),
      site('cron'),
      resource(ref('flow.access_token'), { as: 'live', expect: opened() }),
      exchange('pending', { as: 'redeemed', expect: granted() }),
      refresh('flow'),
    ],
    then: granted(),
  })

  contractTest('life-cycle.cron-removes-expired-tokens', {
    title: 'Cron removes expired tokens',
    sources: [should('ASVS', '14.2.7')],
    severity: 'medium',
    client: 'shortLived',
    control: [codeGrant({ as: 'flow' }), refresh('flow')],
    when: [codeGrant({ as: 'flow' }), wait('refresh-token-expiry', 'flow'), site('cron')],
    then: holds({ 'cron.expired': equals(0) }),
  })

  contractTest('life-cycle.removed-refresh-token', {
    title: 'A refresh token that cron removed is rejected as an expired one',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'shortLived',
    when: [codeGrant({ as: 'flow' }), wait('refresh-token-expiry', 'flow'), site('cron'), refresh('flow')],
    then: refused('invalid_grant'),
  })

  contractTest('life-cycle.keys-published', {
    title: 'A new key is published with the first request of the key set, and verifies the tokens signed with it',
    sources: [must('RFC7515', '5.2'), should('RFC7517', '4.5')],
    severity: 'high',
    when: [
      jwks({ as: 'before' }),
      site('keys.replace'),
      jwks({ as: 'now', expect: holds({ 'keys.thumbprints': differsFrom('before.keys.thumbprints') }) }),
      clientCredentials(),
    ],
    then: signedBy('now'),
    afterwards: [site('keys.restore'), clientCredentials()],
  })
})
