import {
  anotherVerifier,
  authorize,
  between,
  codeGrant,
  contractTest,
  describe,
  exchange,
  granted,
  holds,
  joined,
  must,
  ref,
  refused,
  tampered,
  variant,
  verifier,
} from 'simple-oauth-contract'

describe('Token endpoint: PKCE', () => {
  contractTest('pkce.rfc7636-appendix-b', {
    title: 'The example verifier and challenge of RFC 7636 are accepted as a pair',
    sources: [must('RFC7636', 'appendix B'), must('RFC7636', '4.2')],
    severity: 'high',
    when: codeGrant({
      verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      authorize: { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' },
    }),
    then: granted(),
  })

  contractTest('pkce.verifier-mismatch', {
    title: 'A code is rejected with a `code_verifier` that does not match its challenge',
    sources: [must('RFC7636', '4.6'), must('RFC9700', '2.1.1')],
    severity: 'critical',
    when: codeGrant({ token: { code_verifier: anotherVerifier() } }),
    then: refused('invalid_grant'),
  })

  contractTest('pkce.verifier-missing', {
    title: 'A code requested with a challenge is rejected without a `code_verifier`',
    sources: [must('RFC7636', '4.6'), must('RFC9700', '2.1.1')],
    severity: 'critical',
    variants: { 'left out': null, empty: '' },
    when: codeGrant({ token: { code_verifier: variant() } }),
    then: refused(['invalid_request', 'invalid_grant']),
  })

  contractTest('pkce.verifier-is-challenge', {
    title: 'The `code_challenge` itself is rejected as `code_verifier`',
    sources: [must('RFC7636', '4.6'), must('RFC7636', '7.2')],
    severity: 'critical',
    when: [authorize({ as: 'flow' }), exchange('flow', { params: { code_verifier: ref('flow.code_challenge') } })],
    then: refused('invalid_grant'),
  })

  contractTest('pkce.verifier-malformed', {
    title: 'A verifier that is not 43 to 128 unreserved characters is rejected even if its hash matches',
    sources: [must('RFC7636', '4.1')],
    severity: 'medium',
    variants: {
      '42 characters': verifier({ length: 42 }),
      '129 characters': verifier({ length: 129 }),
      plus: verifier({ containing: '+' }),
      slash: verifier({ containing: '/' }),
      equals: verifier({ containing: '=' }),
      space: verifier({ containing: ' ' }),
      'non-ASCII': verifier({ containing: 'é' }),
      percent: verifier({ containing: '%' }),
      comma: verifier({ containing: ',' }),
      colon: verifier({ containing: ':' }),
      'at sign': verifier({ containing: '@' }),
      hash: verifier({ containing: '#' }),
      backslash: verifier({ containing: '\\' }),
      bracket: verifier({ containing: '[' }),
      tab: verifier({ containing: '\t' }),
    },
    when: codeGrant({ verifier: variant() }),
    then: refused(['invalid_request', 'invalid_grant']),
  })

  contractTest('pkce.verifier-length', {
    title: 'Verifiers of 43 and of 128 characters, the shortest and longest allowed, are accepted',
    sources: [must('RFC7636', '4.1')],
    severity: 'medium',
    variants: { '43 characters': verifier({ length: 43 }), '128 characters': verifier({ length: 128 }) },
    when: codeGrant({ verifier: variant() }),
    then: granted(),
  })

  contractTest('pkce.downgrade', {
    title: 'A `code_verifier` is rejected if the authorization request had no challenge',
    sources: [must('RFC9700', '2.1.1'), must('RFC9700', '4.8.2')],
    severity: 'high',
    client: 'confidential',
    control: codeGrant({ verifier: null }),
    variants: {
      'challenge left out': { challenge: null, method: null },
      'challenge empty': { challenge: '', method: null },
      'method only': { challenge: null, method: 'S256' },
    },
    when: codeGrant({
      verifier: null,
      authorize: { code_challenge: variant('challenge'), code_challenge_method: variant('method') },
      token: { code_verifier: anotherVerifier() },
    }),
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('pkce.challenge-case', {
    title: 'The `code_challenge` is compared case-sensitively',
    sources: [must('RFC7636', '4.6')],
    severity: 'high',
    when: codeGrant({ authorize: { code_challenge: tampered('this.code_challenge', 'case') } }),
    then: refused('invalid_grant'),
  })

  contractTest('pkce.every-client', {
    title: 'Every kind of client can redeem a code with the right `code_verifier`',
    sources: [must('RFC9700', '2.1.1'), must('RFC7636', '4.6')],
    severity: 'high',
    client: variant(),
    variants: {
      'public, PKCE required': 'publicPkce',
      'public, PKCE optional': 'publicOptionalPkce',
      'confidential, PKCE required': 'confidentialPkce',
      'confidential, PKCE optional': 'confidential',
      'automatic authorization': 'autoApproved',
    },
    when: codeGrant(),
    then: granted(),
  })

  contractTest('pkce.enforced-once-sent', {
    title: 'A challenge that was sent is enforced, even if the client was not required to send one',
    sources: [must('RFC9700', '2.1.1'), must('RFC7636', '4.6')],
    severity: 'critical',
    client: variant('client'),
    variants: {
      'public, wrong verifier': { client: 'publicOptionalPkce', verifier: anotherVerifier() },
      'public, no verifier': { client: 'publicOptionalPkce', verifier: null },
      'confidential, wrong verifier': { client: 'confidential', verifier: anotherVerifier() },
      'confidential, no verifier': { client: 'confidential', verifier: null },
      'confidential, empty verifier': { client: 'confidential', verifier: '' },
      'confidential, PKCE required, wrong verifier': { client: 'confidentialPkce', verifier: anotherVerifier() },
      'confidential, PKCE required, no verifier': { client: 'confidentialPkce', verifier: null },
      'automatic authorization, wrong verifier': { client: 'autoApproved', verifier: anotherVerifier() },
    },
    when: codeGrant({ token: { code_verifier: variant('verifier') } }),
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('pkce.enforced-with-basic', {
    title: 'A challenge is enforced for a client that authenticates with HTTP Basic',
    sources: [must('RFC9700', '2.1.1'), must('RFC7636', '4.6')],
    severity: 'critical',
    client: 'confidential',
    variants: { 'wrong verifier': anotherVerifier(), 'no verifier': null },
    when: [
      authorize({ as: 'flow' }),
      exchange('flow', { authentication: 'basic', params: { code_verifier: variant() } }),
    ],
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('pkce.other-methods-enforced', {
    title: 'A challenge without a method or with `plain` is either rejected or enforced',
    sources: [must('RFC7636', '4.3'), must('RFC7636', '4.6')],
    severity: 'high',
    variants: {
      // Without a method the challenge is the verifier itself.
      'no method, a hash': { params: { code_challenge_method: null }, verifier: ref('flow.code_verifier') },
      'no method, another verifier': {
        params: { code_challenge: ref('this.code_verifier'), code_challenge_method: null },
        verifier: anotherVerifier(),
      },
      'plain, another verifier': {
        params: { code_challenge: ref('this.code_verifier'), code_challenge_method: 'plain' },
        verifier: anotherVerifier(),
      },
      'plain, no verifier': {
        params: { code_challenge: ref('this.code_verifier'), code_challenge_method: 'plain' },
        verifier: null,
      },
    },
    when: [
      authorize({ as: 'flow', params: variant('params'), expect: holds({ status: between(200, 499) }) }),
      exchange('flow', { params: { code_verifier: variant('verifier') } }),
    ],
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('pkce.verifier-almost', {
    title: 'A verifier that differs from the right one only in case or one character is rejected',
    sources: [must('RFC7636', '4.6')],
    severity: 'high',
    variants: {
      'different case': tampered('flow.code_verifier', 'case'),
      'last character changed': tampered('flow.code_verifier', 'end'),
      'one extra character': joined(ref('flow.code_verifier'), 'a'),
      'one character missing': tampered('flow.code_verifier', 'shorter'),
    },
    when: [authorize({ as: 'flow' }), exchange('flow', { params: { code_verifier: variant() } })],
    then: refused('invalid_grant'),
  })

  contractTest('pkce.plain-verifier-almost', {
    title: 'Where `plain` is accepted, a verifier that differs in case or by one character is rejected',
    sources: [must('RFC7636', '4.6')],
    severity: 'high',
    variants: {
      'different case': { sent: tampered('flow.code_verifier', 'case'), method: 'plain' },
      'last character changed': { sent: tampered('flow.code_verifier', 'end'), method: 'plain' },
      'one extra character': { sent: joined(ref('flow.code_verifier'), 'a'), method: 'plain' },
      'one character missing': { sent: tampered('flow.code_verifier', 'shorter'), method: 'plain' },
      'no method, one character missing': { sent: tampered('flow.code_verifier', 'shorter'), method: null },
    },
    when: [
      authorize({
        as: 'flow',
        params: { code_challenge: ref('this.code_verifier'), code_challenge_method: variant('method') },
        expect: holds({ status: between(200, 499) }),
      }),
      exchange('flow', { params: { code_verifier: variant('sent') } }),
    ],
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('pkce.method-at-token-endpoint', {
    title: "A `code_challenge_method` in the token request does not change the challenge's method",
    sources: [must('RFC7636', '4.6'), must('RFC9700', '4.8.2')],
    severity: 'critical',
    when: [
      authorize({ as: 'flow' }),
      exchange('flow', { params: { code_verifier: ref('flow.code_challenge'), code_challenge_method: 'plain' } }),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('pkce.verifier-of-64-bytes', {
    title: 'A verifier of 86 characters (64 random bytes in base64url) is accepted',
    sources: [must('RFC7636', '4.1')],
    severity: 'high',
    when: codeGrant({ verifier: verifier({ length: 86 }) }),
    then: granted(),
  })

  contractTest('pkce.verifier-with-line-break', {
    title: 'A verifier that contains a line break is rejected',
    sources: [must('RFC7636', '4.1')],
    severity: 'medium',
    control: codeGrant({ verifier: verifier({ length: 86 }) }),
    variants: {
      'line feed': joined(verifier({ length: 64 }), '\n', verifier({ length: 22 })),
      'carriage return and line feed': joined(verifier({ length: 64 }), '\r\n', verifier({ length: 22 })),
    },
    when: codeGrant({ verifier: variant() }),
    then: refused(['invalid_request', 'invalid_grant'], {
      note: 'This verifier comes from `openssl rand -base64 64`, which wraps its output after 64 characters. Remove the line break in the client: `openssl rand -base64 64 | tr -d "\\n"`',
    }),
  })
})
