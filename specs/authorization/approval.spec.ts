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
  refusedWithPage,
  refusedByRedirect,
  scopes,
  should,
  variant,
} from 'simple-oauth-contract'

describe('Authorization endpoint: remembered approval and automatic authorization', () => {
  contractTest('consent.remembered-scopes', {
    title: 'Remembered approval of one scope does not cover a request for other scopes',
    sources: [must('RFC6749', '10.12'), should('RFC6749', '10.2')],
    severity: 'high',
    client: 'remembered',
    variants: {
      'in addition': { approved: scopes('content'), requested: scopes('content', 'debug') },
      'in its place': { approved: scopes('groupB'), requested: scopes('groupC') },
    },
    when: [
      authorize({ params: { scope: variant('approved') } }),
      authorize({ params: { scope: variant('approved') }, decision: 'stop', expect: codeIssued() }),
      authorize({ params: { scope: variant('requested') }, decision: 'stop' }),
    ],
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('consent.remembered-per-user', {
    title: "One user's remembered approval never counts for another user",
    sources: [must('RFC6749', '10.12'), should('RFC6749', '10.2')],
    severity: 'critical',
    client: 'remembered',
    when: [
      authorize({ params: { scope: scopes('content') } }),
      authorize({ params: { scope: scopes('content') }, decision: 'stop', expect: codeIssued() }),
      authorize({ user: 'editor', params: { scope: scopes('content') }, decision: 'stop' }),
    ],
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('consent.remembered-per-client', {
    title: "One client's remembered approval never counts for another client",
    sources: [must('RFC6749', '10.12'), should('RFC6749', '10.2')],
    severity: 'critical',
    client: 'remembered',
    when: [
      authorize({ params: { scope: scopes('content') } }),
      authorize({ params: { scope: scopes('content') }, decision: 'stop', expect: codeIssued() }),
      authorize({ client: 'otherRemembered', params: { scope: scopes('content') }, decision: 'stop' }),
    ],
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('consent.remembered-checks', {
    title: 'Invalid authorization requests get no code even when approval is remembered',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC7636', '4.4.1'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    client: 'remembered',
    control: [
      authorize({ params: { scope: scopes('content') } }),
      authorize({ params: { scope: scopes('content') }, decision: 'stop' }),
    ],
    variants: {
      'redirect URI': { scope: scopes('content'), redirect_uri: 'https://attacker.example/callback' },
      challenge: { scope: scopes('content'), code_challenge: null, code_challenge_method: null },
      'challenge method': { scope: scopes('content'), code_challenge_method: 'S512' },
      scope: { scope: joined(scopes('content'), ' contract:no-such-scope') },
      'response type': { scope: scopes('content'), response_type: 'token' },
    },
    when: authorize({ params: variant() }),
    then: notGranted(),
  })

  contractTest('consent.remembered-redirect-uri', {
    title: 'Nothing is sent to an unregistered redirect URI even when approval is remembered',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    client: 'remembered',
    control: [
      authorize({ params: { scope: scopes('content') } }),
      authorize({ params: { scope: scopes('content') }, decision: 'stop' }),
    ],
    when: authorize({ params: { scope: scopes('content'), redirect_uri: 'https://attacker.example/callback' } }),
    then: refusedWithPage(),
  })

  contractTest('consent.asked-every-time', {
    title: 'The user is asked for consent every time if "Remember previous approval" is off',
    sources: [must('RFC6749', '10.12'), should('RFC6749', '10.2')],
    severity: 'high',
    when: [authorize(), authorize({ decision: 'stop' })],
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('consent.denial-asked-again', {
    title: 'A denial is not remembered as approval: the next request asks for consent again',
    sources: [must('RFC6749', '4.1.2.1'), should('RFC6749', '10.2')],
    severity: 'critical',
    client: 'otherRemembered',
    // This client would be remembered, but no user ever consents to it.
    control: [],
    when: [
      authorize({ decision: 'deny', expect: refusedByRedirect('access_denied') }),
      authorize({ decision: 'stop' }),
    ],
    then: [notGranted(), holds({ page: equals('consent') })],
  })

  contractTest('consent.automatic', {
    title: 'A client with automatic authorization gets a code without consent and its `state` unchanged',
    sources: [must('RFC6749', '4.1.2')],
    severity: 'medium',
    client: 'autoApproved',
    when: authorize({ decision: 'stop', params: { state: 'a b&c=d#e?f/%20+;:@' } }),
    then: codeIssued(),
  })

  contractTest('consent.automatic-checks', {
    title: 'Invalid authorization requests get no code even with automatic authorization',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC7636', '4.4.1'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    client: 'autoApproved',
    variants: {
      'redirect URI': { redirect_uri: 'https://attacker.example/callback' },
      challenge: { code_challenge: null, code_challenge_method: null },
      'challenge method': { code_challenge_method: 'S512' },
      scope: { scope: 'contract:no-such-scope' },
      'response type': { response_type: 'token' },
    },
    when: authorize({ params: variant() }),
    then: notGranted(),
  })

  contractTest('consent.automatic-redirect-uri', {
    title: 'Nothing is sent to an unregistered redirect URI even with automatic authorization',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    client: 'autoApproved',
    when: authorize({ params: { redirect_uri: 'https://attacker.example/callback' } }),
    then: refusedWithPage(),
  })

  contractTest('consent.automatic-anonymous', {
    title: 'Automatic authorization issues no code until the user logs in',
    sources: [must('RFC6749', '3.1')],
    severity: 'critical',
    client: 'autoApproved',
    when: authorize({ session: 'none' }),
    // Where and how users log in is the site's choice: at an identity provider, no form is served.
    then: notGranted(),
  })

  contractTest('consent.automatic-permission', {
    title: 'Automatic authorization denies users who lack the permission to grant codes',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'high',
    client: 'autoApproved',
    user: 'member',
    when: authorize(),
    then: refusedByRedirect('access_denied'),
  })
})
