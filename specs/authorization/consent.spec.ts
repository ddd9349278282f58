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
  without,
} from 'simple-oauth-contract'

/** Policies with which another site learns at most the origin. */
const withoutAddress = oneOf(
  'no-referrer',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
)

describe('Authorization endpoint: the consent form', () => {
  contractTest('consent.denied', {
    title: 'When the user denies consent, the client gets `access_denied`, its `state` and no code',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'high',
    variants: {
      plain: 'af0ifjsldkj',
      'reserved characters': 'a b&c=d#e?f/%20+;:@',
      'non-ASCII characters': 'é漢😀"<>\\',
    },
    when: authorize({ decision: 'deny', params: { state: variant() } }),
    then: refusedByRedirect('access_denied'),
  })

  contractTest('consent.form-token', {
    title: 'A consent form with a missing, empty or forged `form_token` is rejected',
    sources: [must('RFC6749', '10.12')],
    severity: 'critical',
    variants: { missing: null, empty: '', forged: 'Zm9yZ2VkLWZvcm0tdG9rZW4tb2YtYW5vdGhlci1zaXRl' },
    when: authorize({ form: { form_token: variant() } }),
    then: notGranted(),
  })

  contractTest('consent.framing', {
    title: 'The consent page restricts framing with `X-Frame-Options` or `frame-ancestors`',
    sources: [must('RFC9700', '4.16'), should('RFC6749', '10.13')],
    severity: 'high',
    when: authorize({ decision: 'stop' }),
    then: holds({ page: equals('consent'), framing: oneOf('DENY', 'SAMEORIGIN', 'frame-ancestors') }),
  })

  contractTest('consent.framing-policy', {
    title: "The consent page's Content-Security-Policy contains `frame-ancestors`",
    sources: [should('RFC9700', '4.16')],
    severity: 'low',
    when: authorize({ decision: 'stop' }),
    then: holds({ page: equals('consent'), framing: equals('frame-ancestors') }),
  })

  contractTest('consent.redirect-status', {
    title: 'The redirect after consent uses status 301, 302 or 303, so browsers do not repeat the POST',
    sources: [must('RFC9700', '4.12')],
    severity: 'medium',
    when: authorize(),
    then: [codeIssued(), holds({ status: oneOf(301, 302, 303) })],
  })

  contractTest('consent.permission', {
    title: 'No code is issued for a user who lacks the permission to grant codes',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'high',
    user: 'member',
    when: authorize(),
    then: notGranted(),
  })

  contractTest('consent.no-third-party', {
    title: 'The consent page loads no resources from other origins',
    sources: [should('RFC9700', '4.2.4')],
    severity: 'low',
    when: authorize({ decision: 'stop' }),
    then: holds({ page: equals('consent'), 'consent.foreign': equals(0) }),
  })

  contractTest('consent.form-token-of-another-session', {
    title: 'A consent form with the `form_token` of another session is rejected',
    sources: [must('RFC6749', '10.12')],
    severity: 'critical',
    when: [
      authorize({ as: 'attacker', user: 'otherEditor', decision: 'stop', expect: holds({ page: equals('consent') }) }),
      authorize({ form: { form_token: ref('attacker.form_token') } }),
    ],
    then: notGranted(),
  })

  contractTest('consent.form-changed', {
    title: 'OAuth parameters posted with the consent form do not change the authorization request',
    sources: [must('RFC6749', '3.3'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    variants: {
      scope: { scope: scopes('debug', 'content') },
      redirect_uri: { redirect_uri: 'https://attacker.example/callback' },
      code_challenge: { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'plain' },
      client_id: { client_id: 'contract-no-such-client' },
    },
    when: codeGrant({ authorize: { scope: scopes('content') }, form: variant() }),
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })

  contractTest('consent.scopes-shown', {
    title: 'The consent page lists every requested scope',
    sources: [should('RFC6749', '10.2')],
    severity: 'medium',
    variants: {
      'three scopes': { scope: scopes('debug', 'content', 'profiles'), count: 3 },
      'seven scopes': {
        scope: scopes('debug', 'content', 'profiles', 'groupA', 'groupB', 'groupC', 'groupE'),
        count: 7,
      },
    },
    when: authorize({ params: { scope: variant('scope') }, decision: 'stop' }),
    then: holds({ page: equals('consent'), 'consent.scopes': equals(variant('count')) }),
  })

  contractTest('consent.label-escaped', {
    title: "The consent page, its `<title>` included, escapes markup in the client's label",
    sources: [must('ASVS', '1.2.1'), must('RFC6749', '10.14')],
    severity: 'high',
    client: 'markup',
    when: authorize({ decision: 'stop' }),
    then: [
      holds({
        page: equals('consent'),
        body: matching('&lt;script&gt;contract\\(\\)&lt;/script&gt;', 'the label, escaped'),
      }),
      holds({
        page: equals('consent'),
        body: without('<script>contract', 'the label as markup'),
      }),
    ],
  })

  contractTest('consent.referrer-policy', {
    title: 'Login, error and consent page keep the address of the request from other sites by a referrer policy',
    sources: [should('ASVS', '3.4.5')],
    severity: 'low',
    when: [
      authorize({
        as: 'login',
        session: 'none',
        expect: holds({ page: equals('login'), 'referrer-policy': withoutAddress }),
      }),
      authorize({
        as: 'error',
        params: { client_id: 'contract-no-such-client' },
        expect: holds({ page: equals('error'), 'referrer-policy': withoutAddress }),
      }),
      authorize({ decision: 'stop' }),
    ],
    then: holds({ page: equals('consent'), 'referrer-policy': withoutAddress }),
  })

  contractTest('consent.not-cached', {
    title: 'The consent page is sent with a `Cache-Control` that keeps it from other users',
    sources: [should('ASVS', '14.2.2')],
    severity: 'medium',
    when: authorize({ decision: 'stop' }),
    then: holds({ page: equals('consent'), 'shared-cache': equals('forbidden') }),
  })
})
