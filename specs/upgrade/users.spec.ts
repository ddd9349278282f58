import {
  authorize,
  changeUser,
  clientCredentials,
  codeGrant,
  codeIssued,
  contractTest,
  describe,
  equals,
  holds,
  login,
  must,
  notGranted,
  notOpened,
  opened,
  ref,
  resource,
  scopes,
  should,
} from 'simple-oauth-contract'

/** What the owner of a site expects of an upgrade; no standard covers upgrades. */
const survives = must('x-upgrade', 'survival')

describe('Upgrade: users, their sessions and what they may do', () => {
  contractTest('upgrade.session', {
    title: 'A browser session from before the upgrade is still logged in',
    sources: [survives, must('RFC6749', '3.1')],
    severity: 'medium',
    before: authorize(),
    when: authorize({ session: 'kept' }),
    then: codeIssued(),
  })

  contractTest('upgrade.password', {
    title: 'A user logs in with the password from before the upgrade',
    sources: [survives, must('RFC6749', '3.1')],
    severity: 'high',
    user: 'otherEditor',
    before: login(),
    when: login(),
    then: holds({ 'login.accepted': equals(true) }),
  })

  contractTest('upgrade.login-keeps-tokens', {
    title: 'A login after the upgrade does not end the access that the user gave to clients before it',
    sources: [survives, should('RFC6749', '5.1')],
    severity: 'medium',
    user: 'changing',
    before: [codeGrant({ as: 'kept' }), resource(ref('kept.access_token'))],
    when: [login(), resource(ref('kept.access_token'))],
    then: opened(),
  })

  contractTest('upgrade.user-blocked', {
    title: 'A user who was blocked before the upgrade still cannot log in',
    sources: [survives, must('RFC6749', '3.1')],
    severity: 'critical',
    user: 'blocked',
    control: login({ user: 'otherEditor' }),
    before: [login(), changeUser('block')],
    when: login(),
    then: holds({ 'login.accepted': equals(false) }),
    afterwards: [changeUser('unblock'), login()],
  })

  contractTest('upgrade.approval', {
    title: 'Approval that was remembered before the upgrade is still remembered',
    sources: [survives, should('RFC6749', '10.2')],
    severity: 'low',
    client: 'remembered',
    before: authorize({ params: { scope: scopes('content') } }),
    when: authorize({ params: { scope: scopes('content') }, decision: 'stop' }),
    then: codeIssued(),
  })

  contractTest('upgrade.approval-not-given', {
    title: 'Consent that was not given before the upgrade is still asked for',
    sources: [must('RFC6749', '10.12'), should('RFC6749', '10.2')],
    severity: 'critical',
    client: 'otherRemembered',
    // This client would be remembered, but no user ever consents to it.
    control: [],
    before: authorize({ decision: 'stop', expect: holds({ page: equals('consent') }) }),
    when: authorize({ decision: 'stop' }),
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('upgrade.permission-codes', {
    title: 'A user without the permission to grant codes still gets no code for a client',
    sources: [survives, must('RFC6749', '4.1.2.1')],
    severity: 'critical',
    user: 'member',
    before: authorize({ expect: notGranted() }),
    when: authorize(),
    then: notGranted(),
  })

  contractTest('upgrade.token-scope', {
    title: 'An access token from before the upgrade still opens nothing beyond its scope',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'critical',
    control: [clientCredentials({ as: 'now', params: { scope: scopes('debug') } }), resource(ref('now.access_token'))],
    before: [
      clientCredentials({ as: 'kept', params: { scope: scopes('content') } }),
      resource(ref('kept.access_token'), { expect: notOpened() }),
    ],
    when: resource(ref('kept.access_token')),
    then: notOpened(),
  })
})
