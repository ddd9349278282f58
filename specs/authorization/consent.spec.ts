import {
  authorize,
  codeIssued,
  contractTest,
  describe,
  equals,
  holds,
  must,
  notGranted,
  oneOf,
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
    when: [authorize({ decision: 'deny' })],
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
})
