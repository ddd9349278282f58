import {
  authorize,
  between,
  changeUser,
  clientCredentials,
  codeGrant,
  contractTest,
  describe,
  exchange,
  holds,
  must,
  notGranted,
  notOpened,
  ref,
  refresh,
  refused,
  resource,
  scopes,
  should,
  variant,
} from 'simple-oauth-contract'

/** ASVS 5.0 V7.4.2: all active sessions end when an account is disabled or deleted. */
const ended = [must('ASVS', '7.4.2')] as const
const gone = {
  blocked: { change: 'block', client: 'temporary' },
  deleted: { change: 'delete', client: 'temporary' },
  // Its tokens must not become those of the client's user.
  'deleted, and the client has a user': { change: 'delete', client: 'temporaryConfidential' },
} as const
const notBroken = holds({ status: between(200, 499) })
const answered = holds({ status: between(200, 599) })
const openedNothing = { ifIssued: true } as const

describe('Life cycle: users who are blocked, deleted or logged out', () => {
  contractTest('life-cycle.user-access-token', {
    title: 'An access token is rejected once its user is blocked or deleted',
    sources: ended,
    severity: 'high',
    client: variant('client'),
    variants: gone,
    when: [
      codeGrant({ as: 'flow' }),
      resource(ref('flow.access_token')),
      changeUser(variant('change')),
      resource(ref('flow.access_token')),
    ],
    then: notOpened(),
  })

  contractTest('life-cycle.user-refresh-token', {
    title: 'A refresh token is rejected once its user is blocked or deleted',
    sources: [...ended, must('RFC6749', '5.2')],
    severity: 'high',
    client: variant('client'),
    variants: gone,
    when: [codeGrant({ as: 'flow' }), changeUser(variant('change')), refresh('flow')],
    then: refused('invalid_grant'),
  })

  contractTest('life-cycle.user-code', {
    title: 'A code is rejected once its user is blocked or deleted',
    sources: [...ended, must('RFC6749', '5.2')],
    severity: 'high',
    client: variant('client'),
    variants: gone,
    when: [authorize({ as: 'flow' }), changeUser(variant('change')), exchange('flow')],
    then: refused('invalid_grant'),
  })

  contractTest('life-cycle.user-session', {
    title: 'The browser session of a user who was blocked, deleted or logged out gets no code',
    sources: [...ended, must('ASVS', '7.4.1'), must('RFC6749', '3.1')],
    severity: 'critical',
    client: 'temporary',
    variants: ['block', 'delete', 'logOut'],
    when: [authorize(), changeUser(variant()), authorize({ session: 'ended' })],
    then: notGranted(),
  })

  contractTest('life-cycle.user-session-approved', {
    title: 'A remembered approval gives the browser session of a blocked, deleted or logged-out user no code',
    sources: [...ended, must('ASVS', '7.4.1'), must('RFC6749', '3.1')],
    severity: 'critical',
    client: 'temporaryRemembered',
    variants: ['block', 'delete', 'logOut'],
    when: [
      authorize(),
      authorize({ decision: 'stop' }),
      changeUser(variant()),
      authorize({ session: 'ended', decision: 'stop' }),
    ],
    then: notGranted(),
  })

  contractTest('life-cycle.approval-of-user-without-permission', {
    title: 'A remembered approval gives no code to a user who lost the permission to grant codes',
    sources: [must('RFC6749', '4.1.2.1'), should('ASVS', '8.3.2')],
    severity: 'high',
    client: 'temporaryRemembered',
    variants: ['roles', 'permissions'],
    when: [authorize(), authorize({ decision: 'stop' }), changeUser(variant()), authorize({ decision: 'stop' })],
    then: notGranted(),
  })

  contractTest('life-cycle.permission-access-token', {
    title: 'An access token opens nothing that its user lost the permission for',
    sources: [should('ASVS', '8.3.2')],
    severity: 'high',
    client: 'temporary',
    variants: {
      'a role was taken away': { change: 'roles', scope: scopes('debug', 'groupA', 'groupB', 'groupC', 'groupE') },
      'a permission was revoked': { change: 'permissions', scope: scopes('debug', 'groupB', 'groupC', 'groupE') },
    },
    when: [
      codeGrant({ as: 'flow', authorize: { scope: variant('scope') } }),
      resource(ref('flow.access_token')),
      changeUser(variant('change')),
      resource(ref('flow.access_token')),
    ],
    then: notOpened(),
  })

  contractTest('life-cycle.permission-refresh', {
    title: 'A refresh brings back nothing that the user lost the permission for',
    sources: [should('ASVS', '8.3.2')],
    severity: 'high',
    client: 'temporary',
    variants: {
      'a role was taken away': { change: 'roles', scope: scopes('debug', 'groupA', 'groupC', 'groupE') },
      'a permission was revoked': { change: 'permissions', scope: scopes('debug', 'groupA', 'groupD', 'groupE') },
    },
    when: [
      codeGrant({ as: 'flow', authorize: { scope: variant('scope') } }),
      resource(ref('flow.access_token')),
      changeUser(variant('change')),
      refresh('flow', { as: 'refreshed', expect: notBroken }),
      resource(ref('refreshed.access_token'), openedNothing),
    ],
    then: notOpened(),
  })
})

const changes = ['save', 'password', 'roles', 'permissions', 'logOut'] as const

describe('Life cycle: changes of a user that may or may not end access', () => {
  contractTest('life-cycle.user-changed-access-token', {
    title: 'A request with an access token causes no server error after a change of its user',
    sources: [should('RFC6750', '3.1')],
    severity: 'medium',
    client: 'temporary',
    // Permissions that were removed may remain in a cache that other tokens share.
    variants: ['save', 'password', 'logOut'],
    when: [codeGrant({ as: 'flow' }), changeUser(variant()), resource(ref('flow.access_token'))],
    then: notBroken,
  })

  contractTest('life-cycle.user-changed-refresh-token', {
    title: 'A refresh causes no server error after a change of the user',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'temporary',
    variants: changes,
    when: [codeGrant({ as: 'flow' }), changeUser(variant()), refresh('flow')],
    then: notBroken,
  })

  contractTest('life-cycle.user-changed-code', {
    title: 'The redemption of a code causes no server error after a change of the user',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'temporary',
    variants: changes,
    when: [authorize({ as: 'flow' }), changeUser(variant()), exchange('flow')],
    then: notBroken,
  })

  contractTest('life-cycle.user-changed-approval', {
    title: 'An authorization request causes no server error after a change of a user who approved the client',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'medium',
    client: 'temporaryRemembered',
    variants: ['save', 'roles', 'permissions', 'logOut'],
    when: [authorize(), changeUser(variant()), authorize({ decision: 'stop' })],
    then: notBroken,
  })
})

describe('Life cycle: the user of a machine client', () => {
  contractTest('life-cycle.machine-user-access-token', {
    title: 'A client credentials token opens nothing once the user of its client is blocked or deleted',
    sources: ended,
    severity: 'high',
    client: 'temporaryMachine',
    user: 'temporaryService',
    variants: ['block', 'delete'],
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token')),
      changeUser(variant()),
      resource(ref('flow.access_token')),
    ],
    then: notOpened(),
  })

  contractTest('life-cycle.machine-user-new-token', {
    title: 'A client whose user is blocked or deleted gets no token that opens anything',
    sources: ended,
    severity: 'high',
    client: 'temporaryMachine',
    user: 'temporaryService',
    variants: ['block', 'delete'],
    control: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token')),
    ],
    when: [
      changeUser(variant()),
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') }, expect: answered }),
      resource(ref('flow.access_token'), openedNothing),
    ],
    // An answer that is not OAuth opens nothing either; `client-credentials.no-user` is about that.
    then: holds({ status: between(400, 599) }),
  })
})
