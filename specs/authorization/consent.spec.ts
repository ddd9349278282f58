import {
  authorize,
  codeGrant,
  codeIssued,
  contractTest,
  describe,
  equals,
  exactScopes,
  granted,
  holds,
  matching,
  must,
  notGranted,
  oneOf,
  ref,
  refusedByRedirect,
  scopes,
  should,
  variant,
} from '../../helpers/contract/index.ts'

describe('authorization endpoint: the consent form', () => {
  contractTest('consent.denied', {
    title: 'a user who denies sends the client access_denied with the exact state and no code',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      plain: { state: 'af0ifjsldkj' },
      'reserved characters': { state: 'a b&c=d#e?f/%20+;:@' },
      'beyond ASCII': { state: 'é漢😀"<>\\' },
    },
    when: [authorize({ decision: 'deny', params: { state: variant('state') } })],
    then: refusedByRedirect('access_denied'),
  })

  contractTest('consent.form-token', {
    title: 'consent that another site forges is refused: the form needs the token of this session',
    sources: [must('RFC6749', '10.12')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      missing: { token: null },
      empty: { token: '' },
      forged: { token: 'Zm9yZ2VkLWZvcm0tdG9rZW4tb2YtYW5vdGhlci1zaXRl' },
    },
    when: [authorize({ form: { form_token: variant('token') } })],
    then: notGranted(),
  })

  contractTest('consent.framing', {
    title: 'the consent page forbids other sites to frame it',
    sources: [must('RFC9700', '4.16'), should('RFC6749', '10.13')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ decision: 'look' })],
    then: holds({
      page: equals('consent'),
      framing: oneOf('DENY', 'SAMEORIGIN', 'frame-ancestors'),
    }),
  })

  contractTest('consent.framing-policy', {
    title: 'a Content-Security-Policy, too, forbids to frame the consent page',
    sources: [should('RFC9700', '4.16')],
    severity: 'low',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ decision: 'look' })],
    then: holds({ page: equals('consent'), framing: equals('frame-ancestors') }),
  })

  contractTest('consent.redirect-status', {
    title: 'the redirect after consent does not make the browser post again',
    sources: [must('RFC9700', '4.12')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize()],
    then: [codeIssued(), holds({ status: oneOf(302, 303) })],
  })

  contractTest('consent.permission', {
    title: 'a user without the permission to grant codes gives no client a code',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'member' },
    control: [authorize({ user: 'editor' })],
    when: [authorize()],
    then: notGranted(),
  })

  contractTest('consent.no-third-party', {
    title: 'the consent page loads nothing from other servers',
    sources: [should('RFC9700', '4.2.4')],
    severity: 'low',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ decision: 'look' })],
    then: holds({ page: equals('consent'), 'consent.foreign': equals(0) }),
  })

  contractTest('consent.form-token-of-another-session', {
    title: 'the token of one session does not let consent through in another',
    sources: [must('RFC6749', '10.12')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    when: [
      authorize({ as: 'attacker', user: 'otherEditor', decision: 'look', expect: holds({ page: equals('consent') }) }),
      authorize({ form: { form_token: ref('attacker.form_token') } }),
    ],
    then: notGranted(),
  })

  contractTest('consent.form-changed', {
    title: 'what the consent form posts changes neither scope nor redirect URI of the request the user saw',
    sources: [must('RFC6749', '3.3'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    variants: {
      scope: { form: { scope: scopes('debug', 'content') } },
      redirect_uri: { form: { redirect_uri: 'https://attacker.example/callback' } },
      code_challenge: {
        form: { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'plain' },
      },
      client_id: { form: { client_id: 'contract-no-such-client' } },
    },
    when: [codeGrant({ authorize: { scope: scopes('content') }, form: variant('form') })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })

  contractTest('consent.scopes-shown', {
    title: 'the user is told every scope that the client asks for',
    sources: [should('RFC6749', '10.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ params: { scope: scopes('debug', 'content', 'profiles') }, decision: 'look' })],
    then: holds({ page: equals('consent'), 'consent.scopes': equals(3) }),
  })

  contractTest('consent.label-escaped', {
    title: 'markup in the name of a client is text on the consent page',
    sources: [should('RFC6749', '10.14')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'markup', user: 'editor' },
    when: [authorize({ decision: 'look' })],
    then: holds({
      page: equals('consent'),
      body: matching('&lt;script&gt;contract\\(\\)&lt;/script&gt;', 'the label, escaped'),
    }),
  })

  contractTest('consent.not-cached', {
    title: 'no shared cache keeps the consent page',
    sources: [must('RFC9111', '5.2.2.7')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ decision: 'look' })],
    then: holds({
      page: equals('consent'),
      'header.cache-control': matching('\\b(private|no-store)\\b', 'private or no-store'),
    }),
  })
})
