import {
  authorize,
  codeIssued,
  contractTest,
  describe,
  equals,
  holds,
  joined,
  must,
  notGranted,
  refusedByRedirect,
  scopes,
  should,
  variant,
} from '../../helpers/contract/index.ts'

describe('authorization endpoint: remembered and automatic approval', () => {
  contractTest('consent.remembered-for-less', {
    title: 'approval that is remembered for one scope asks again for more',
    sources: [must('RFC6749', '10.12'), should('RFC6749', '10.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'remembered', user: 'otherEditor' },
    when: [
      authorize({ params: { scope: scopes('content') } }),
      authorize({ params: { scope: scopes('content') }, decision: 'look', expect: codeIssued() }),
      authorize({ params: { scope: scopes('content', 'debug') }, decision: 'look' }),
    ],
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('consent.remembered-per-user', {
    title: 'approval that one user gave is asked of the next user again',
    sources: [must('RFC6749', '10.12'), should('RFC6749', '10.2')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'remembered', user: 'otherEditor' },
    when: [
      authorize({ params: { scope: scopes('content') } }),
      authorize({ params: { scope: scopes('content') }, decision: 'look', expect: codeIssued() }),
      authorize({ user: 'editor', params: { scope: scopes('content') }, decision: 'look' }),
    ],
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('consent.remembered-per-client', {
    title: 'approval of one client is not taken for another client',
    sources: [must('RFC6749', '10.12'), should('RFC6749', '10.2')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'remembered', user: 'otherEditor' },
    when: [
      authorize({ params: { scope: scopes('content') } }),
      authorize({ params: { scope: scopes('content') }, decision: 'look', expect: codeIssued() }),
      authorize({ client: 'otherRemembered', params: { scope: scopes('content') }, decision: 'look' }),
    ],
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('consent.remembered-checks', {
    title: 'a request whose approval is remembered is checked like any other',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC7636', '4.4.1'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'remembered', user: 'otherEditor' },
    control: [
      authorize({ params: { scope: scopes('content') } }),
      authorize({ params: { scope: scopes('content') }, decision: 'look' }),
    ],
    variants: {
      'redirect URI': { params: { scope: scopes('content'), redirect_uri: 'https://attacker.example/callback' } },
      challenge: { params: { scope: scopes('content'), code_challenge: null, code_challenge_method: null } },
      'challenge method': { params: { scope: scopes('content'), code_challenge_method: 'S512' } },
      scope: { params: { scope: joined(scopes('content'), ' contract:no-such-scope') } },
      'response type': { params: { scope: scopes('content'), response_type: 'token' } },
    },
    when: [authorize({ params: variant('params') })],
    then: notGranted(),
  })

  contractTest('consent.asked-every-time', {
    title: 'a client whose approval is not remembered is asked about with every request',
    sources: [must('RFC6749', '10.12'), should('RFC6749', '10.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize(), authorize({ decision: 'look' })],
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('consent.denial-asked-again', {
    title: 'a user who denied is asked again: a denial is not remembered as approval',
    sources: [must('RFC6749', '4.1.2.1'), should('RFC6749', '10.2')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'otherRemembered', user: 'editor' },
    when: [
      authorize({ decision: 'deny', expect: refusedByRedirect('access_denied') }),
      authorize({ decision: 'look' }),
    ],
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('consent.automatic', {
    title: 'a client that needs no approval gets its code at once, with the exact state',
    sources: [must('RFC6749', '4.1.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'autoApproved', user: 'editor' },
    when: [authorize({ decision: 'look', params: { state: 'a b&c=d#e?f/%20+;:@' } })],
    then: codeIssued(),
  })

  contractTest('consent.automatic-checks', {
    title: 'a client that needs no approval is checked like any other',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC7636', '4.4.1'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'autoApproved', user: 'editor' },
    control: [authorize()],
    variants: {
      'redirect URI': { params: { redirect_uri: 'https://attacker.example/callback' } },
      challenge: { params: { code_challenge: null, code_challenge_method: null } },
      'challenge method': { params: { code_challenge_method: 'S512' } },
      scope: { params: { scope: 'contract:no-such-scope' } },
      'response type': { params: { response_type: 'token' } },
    },
    when: [authorize({ params: variant('params') })],
    then: notGranted(),
  })

  contractTest('consent.automatic-anonymous', {
    title: 'a client that needs no approval gets no code while nobody is logged in',
    sources: [must('RFC6749', '3.1')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'autoApproved', user: 'editor' },
    control: [authorize()],
    when: [authorize({ session: 'none' })],
    then: [notGranted(), holds({ page: equals('login') })],
  })

  contractTest('consent.automatic-permission', {
    title: 'a client that needs no approval gets no code from a user without the permission to grant codes',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'autoApproved', user: 'member' },
    control: [authorize({ user: 'editor' })],
    when: [authorize()],
    then: refusedByRedirect('access_denied'),
  })
})
