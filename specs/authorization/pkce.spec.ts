import {
  authorize,
  bindsClient,
  codeGrant,
  codeIssued,
  concealing,
  contractTest,
  describe,
  holds,
  may,
  must,
  ref,
  refused,
  refusedByRedirect,
  should,
  variant,
} from '../../helpers/contract/index.ts'

describe('authorization endpoint: proof key for code exchange', () => {
  contractTest('pkce.challenge-required', {
    title: 'a public client that must use PKCE gets no code without a challenge',
    sources: [must('RFC7636', '4.4.1'), must('RFC9700', '2.1.1')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      'left out': { challenge: null, method: null },
      empty: { challenge: '', method: 'S256' },
      'method alone': { challenge: null, method: 'S256' },
    },
    when: [authorize({ params: { code_challenge: variant('challenge'), code_challenge_method: variant('method') } })],
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.method-unknown', {
    title: 'a challenge method the server does not know is refused, not taken for another one',
    sources: [must('RFC7636', '4.4.1')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: variant('client'), user: 'editor' },
    control: [authorize()],
    variants: {
      S512: { client: 'publicPkce', method: 'S512' },
      'lower case': { client: 'publicPkce', method: 's256' },
      none: { client: 'publicPkce', method: 'none' },
      'plain in capitals': { client: 'publicPkce', method: 'PLAIN' },
      'of a public client that may go without': { client: 'publicOptionalPkce', method: 'S512' },
      'of a client with a secret that may go without': { client: 'confidential', method: 'S512' },
      'of a client with a secret that must use PKCE': { client: 'confidentialPkce', method: 'S512' },
    },
    when: [authorize({ params: { code_challenge_method: variant('method') } })],
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.challenge-malformed', {
    title: 'a challenge that is not 43 to 128 unreserved characters is refused',
    sources: [must('RFC7636', '4.2'), must('RFC7636', '4.4.1')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      '42 characters': { challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c' },
      '129 characters': { challenge: 'A'.repeat(129) },
      plus: { challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM' },
      'padding kept': { challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=' },
      slash: { challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw/cM' },
      space: { challenge: 'E9Melhoa2OwvFrEMTJguC HaoeK1t8URWbuGJSstw-cM' },
      'not ASCII': { challenge: 'E9Melhoa2OwvFrEMTJguCéHaoeK1t8URWbuGJSstw-cM' },
    },
    when: [authorize({ params: { code_challenge: variant('challenge') } })],
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.plain', {
    title: 'the method plain, which sends the verifier through the browser, is refused',
    sources: [should('RFC7636', '7.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: { named: { method: 'plain' }, 'left out': { method: null } },
    when: [
      authorize({
        params: { code_challenge: ref('this.code_verifier'), code_challenge_method: variant('method') },
      }),
    ],
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.required-of-confidential', {
    title: 'a client with a secret that must use PKCE gets no code without a challenge',
    sources: [must('RFC7636', '4.4.1')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'confidentialPkce', user: 'editor' },
    control: [authorize()],
    when: [authorize({ verifier: null })],
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.required-of-public', {
    title: 'a public client whose consumer leaves PKCE open gets no code without a challenge',
    sources: [must('OAUTH21', '4.1.2.1'), bindsClient(must('RFC9700', '2.1.1'))],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicOptionalPkce', user: 'editor' },
    control: [authorize()],
    when: [authorize({ verifier: null })],
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.challenge-again', {
    title: 'what comes of a challenge that was used before',
    sources: [may('RFC9700', '2.1.1')],
    severity: 'info',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ as: 'first' }), authorize({ params: { code_challenge: ref('first.code_challenge') } })],
    observe: ['status'],
  })

  contractTest('pkce.challenge-not-in-code', {
    title: 'nobody can read the challenge out of the code',
    sources: [must('RFC7636', '4.4')],
    severity: 'medium',
    why: 'With plain the challenge is the verifier: whoever holds the code could exchange it.',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ as: 'flow' })],
    then: [codeIssued(), holds({ 'callback.code': concealing('flow.code_challenge') })],
  })

  contractTest('pkce.verifier-of-another-flow', {
    title: 'the verifier of a flow opens no code of another flow of the same client and user',
    sources: [must('RFC7636', '4.4'), must('RFC7636', '4.6')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    when: [codeGrant({ as: 'other' }), codeGrant({ token: { code_verifier: ref('other.code_verifier') } })],
    then: refused('invalid_grant'),
  })
})
