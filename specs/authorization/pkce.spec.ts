import {
  authorize,
  bindsClient,
  codeGrant,
  concealing,
  contractTest,
  describe,
  joined,
  holds,
  may,
  must,
  ref,
  refused,
  refusedByRedirect,
  should,
  scopes,
  variant,
} from 'simple-oauth-contract'

describe('Authorization endpoint: PKCE', () => {
  contractTest('pkce.challenge-required', {
    title: 'A public client that must use PKCE gets no code without a `code_challenge`',
    sources: [must('RFC7636', '4.4.1'), must('RFC9700', '2.1.1')],
    severity: 'critical',
    variants: {
      'left out': { code_challenge: null, code_challenge_method: null },
      empty: { code_challenge: '', code_challenge_method: 'S256' },
      'method only': { code_challenge: null, code_challenge_method: 'S256' },
      // RFC 9700 §2.1.1 lets a nonce replace the challenge for confidential clients alone.
      'with a nonce': {
        code_challenge: null,
        code_challenge_method: null,
        scope: joined(scopes('debug'), ' openid'),
        nonce: 'n-0S6_WzA2Mj',
      },
    },
    when: authorize({ params: variant() }),
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.method-unknown', {
    title: 'An unknown `code_challenge_method` is rejected with `invalid_request`',
    sources: [must('RFC7636', '4.4.1')],
    severity: 'high',
    client: variant('client'),
    variants: {
      S512: { client: 'publicPkce', method: 'S512' },
      'lower case': { client: 'publicPkce', method: 's256' },
      none: { client: 'publicPkce', method: 'none' },
      'plain in upper case': { client: 'publicPkce', method: 'PLAIN' },
      'public client, PKCE optional': { client: 'publicOptionalPkce', method: 'S512' },
      'confidential client, PKCE optional': { client: 'confidential', method: 'S512' },
      'confidential client, PKCE required': { client: 'confidentialPkce', method: 'S512' },
    },
    when: authorize({ params: { code_challenge_method: variant('method') } }),
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.challenge-malformed', {
    title: 'A `code_challenge` that is not 43 to 128 unreserved characters is rejected',
    sources: [must('RFC7636', '4.2'), must('RFC7636', '4.4.1')],
    severity: 'medium',
    variants: {
      '42 characters': 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c',
      '129 characters': 'A'.repeat(129),
      plus: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM',
      'with padding': 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=',
      slash: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw/cM',
      space: 'E9Melhoa2OwvFrEMTJguC HaoeK1t8URWbuGJSstw-cM',
      'non-ASCII': 'E9Melhoa2OwvFrEMTJguCéHaoeK1t8URWbuGJSstw-cM',
    },
    when: authorize({ params: { code_challenge: variant() } }),
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.plain', {
    title: 'The `plain` challenge method is rejected, both named and by default',
    sources: [should('RFC7636', '7.2')],
    severity: 'medium',
    variants: { requested: 'plain', 'by default': null },
    when: authorize({ params: { code_challenge: ref('this.code_verifier'), code_challenge_method: variant() } }),
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.required-of-confidential', {
    title: 'A confidential client that must use PKCE gets no code without a `code_challenge`',
    sources: [must('RFC7636', '4.4.1')],
    severity: 'high',
    client: 'confidentialPkce',
    when: authorize({ verifier: null }),
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.required-of-public', {
    title: 'A public client gets no code without a `code_challenge`, even if "Use PKCE?" is off',
    sources: [must('OAUTH21', '4.1.2.1'), bindsClient(must('RFC9700', '2.1.1'))],
    severity: 'high',
    client: 'publicOptionalPkce',
    when: authorize({ verifier: null }),
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('pkce.challenge-again', {
    title: 'The response to a reused `code_challenge` is recorded',
    sources: [may('RFC9700', '2.1.1')],
    severity: 'info',
    when: [authorize({ as: 'first' }), authorize({ params: { code_challenge: ref('first.code_challenge') } })],
    observe: ['status'],
  })

  contractTest('pkce.challenge-not-in-code', {
    title: 'The authorization code does not reveal the `code_challenge`',
    sources: [must('RFC7636', '4.4')],
    severity: 'medium',
    when: authorize({ as: 'flow' }),
    then: holds({ 'callback.code': concealing('flow.code_challenge') }),
  })

  contractTest('pkce.verifier-of-another-flow', {
    title: "A `code_verifier` from one flow cannot redeem another flow's code",
    sources: [must('RFC7636', '4.4'), must('RFC7636', '4.6')],
    severity: 'critical',
    control: codeGrant(),
    when: [codeGrant({ as: 'other' }), codeGrant({ token: { code_verifier: ref('other.code_verifier') } })],
    then: refused('invalid_grant'),
  })
})
