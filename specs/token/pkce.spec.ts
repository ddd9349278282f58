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
} from '../../helpers/contract/index.ts'

describe('token endpoint: proof key for code exchange', () => {
  contractTest('pkce.rfc7636-appendix-b', {
    title: 'the verifier and challenge that RFC 7636 prints belong together',
    sources: [must('RFC7636', 'appendix B'), must('RFC7636', '4.2')],
    severity: 'high',
    why: 'A server that hashes in another way refuses every client that follows the standard.',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [
      codeGrant({
        verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        authorize: { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' },
      }),
    ],
    then: granted(),
  })

  contractTest('pkce.verifier-mismatch', {
    title: 'a code is not exchanged for a verifier that does not match its challenge',
    sources: [must('RFC7636', '4.6'), must('RFC9700', '2.1.1')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    when: [codeGrant({ token: { code_verifier: anotherVerifier() } })],
    then: refused('invalid_grant'),
  })

  contractTest('pkce.verifier-missing', {
    title: 'a code that was asked for with a challenge is not exchanged without its verifier',
    sources: [must('RFC7636', '4.6'), must('RFC9700', '2.1.1')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    variants: { 'left out': { value: null }, empty: { value: '' } },
    when: [codeGrant({ token: { code_verifier: variant('value') } })],
    then: refused(['invalid_request', 'invalid_grant']),
  })

  contractTest('pkce.verifier-is-challenge', {
    title: 'the challenge, which everybody on the way can read, is no verifier',
    sources: [must('RFC7636', '4.6'), must('RFC7636', '7.2')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    when: [authorize({ as: 'flow' }), exchange('flow', { params: { code_verifier: ref('flow.code_challenge') } })],
    then: refused('invalid_grant'),
  })

  contractTest('pkce.verifier-malformed', {
    title: 'a verifier that is not 43 to 128 unreserved characters is refused even when its hash matches',
    sources: [must('RFC7636', '4.1')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    variants: {
      '42 characters': { value: verifier({ length: 42 }) },
      '129 characters': { value: verifier({ length: 129 }) },
      plus: { value: verifier({ containing: '+' }) },
      slash: { value: verifier({ containing: '/' }) },
      equals: { value: verifier({ containing: '=' }) },
      space: { value: verifier({ containing: ' ' }) },
      'not ASCII': { value: verifier({ containing: 'é' }) },
      percent: { value: verifier({ containing: '%' }) },
      comma: { value: verifier({ containing: ',' }) },
      colon: { value: verifier({ containing: ':' }) },
      'at sign': { value: verifier({ containing: '@' }) },
      hash: { value: verifier({ containing: '#' }) },
      backslash: { value: verifier({ containing: '\\' }) },
      bracket: { value: verifier({ containing: '[' }) },
      tab: { value: verifier({ containing: '\t' }) },
    },
    when: [codeGrant({ verifier: variant('value') })],
    then: refused(['invalid_request', 'invalid_grant']),
  })

  contractTest('pkce.verifier-length', {
    title: 'verifiers of the shortest and the longest legal length are accepted',
    sources: [must('RFC7636', '4.1')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    variants: {
      '43 characters': { value: verifier({ length: 43 }) },
      '128 characters': { value: verifier({ length: 128 }) },
    },
    when: [codeGrant({ verifier: variant('value') })],
    then: granted(),
  })

  contractTest('pkce.downgrade', {
    title: 'a verifier is refused when the authorization request had no challenge',
    sources: [must('RFC9700', '2.1.1'), must('RFC9700', '4.8.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'confidential', user: 'editor' },
    control: [codeGrant({ verifier: null })],
    variants: {
      'challenge left out': { challenge: null, method: null },
      'challenge empty': { challenge: '', method: null },
      'method alone': { challenge: null, method: 'S256' },
    },
    when: [
      codeGrant({
        verifier: null,
        authorize: { code_challenge: variant('challenge'), code_challenge_method: variant('method') },
        token: { code_verifier: anotherVerifier() },
      }),
    ],
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('pkce.challenge-case', {
    title: 'the challenge is compared in its exact case',
    sources: [must('RFC7636', '4.6')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    when: [codeGrant({ authorize: { code_challenge: tampered('this.code_challenge', 'case') } })],
    then: refused('invalid_grant'),
  })

  contractTest('pkce.every-client', {
    title: 'every kind of client that uses PKCE exchanges its code with the right verifier',
    sources: [must('RFC9700', '2.1.1'), must('RFC7636', '4.6')],
    severity: 'high',
    why: 'Clients of that kind stop working.',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: variant('client'), user: 'editor' },
    variants: {
      'public, required': { client: 'publicPkce' },
      'public, optional': { client: 'publicOptionalPkce' },
      'confidential, required': { client: 'confidentialPkce' },
      'confidential, optional': { client: 'confidential' },
      'without approval': { client: 'autoApproved' },
    },
    when: [codeGrant()],
    then: granted(),
  })

  contractTest('pkce.enforced-once-sent', {
    title: 'a challenge that was sent is enforced, also where the client need not send one',
    sources: [must('RFC9700', '2.1.1'), must('RFC7636', '4.6')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: variant('client'), user: 'editor' },
    control: [codeGrant()],
    variants: {
      'public, wrong verifier': { client: 'publicOptionalPkce', verifier: anotherVerifier() },
      'public, no verifier': { client: 'publicOptionalPkce', verifier: null },
      'confidential, wrong verifier': { client: 'confidential', verifier: anotherVerifier() },
      'confidential, no verifier': { client: 'confidential', verifier: null },
      'confidential, empty verifier': { client: 'confidential', verifier: '' },
      'confidential and required, wrong verifier': { client: 'confidentialPkce', verifier: anotherVerifier() },
      'confidential and required, no verifier': { client: 'confidentialPkce', verifier: null },
      'without approval, wrong verifier': { client: 'autoApproved', verifier: anotherVerifier() },
    },
    when: [codeGrant({ token: { code_verifier: variant('verifier') } })],
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('pkce.other-methods-enforced', {
    title: 'a challenge of another method than S256 is refused at once, or enforced by that method',
    sources: [must('RFC7636', '4.3'), must('RFC7636', '4.6')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
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
    title: 'a verifier that differs from the right one in case or in one character is refused',
    sources: [must('RFC7636', '4.6')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    variants: {
      'another case': { value: tampered('flow.code_verifier', 'case') },
      'last character': { value: tampered('flow.code_verifier', 'end') },
      'one character more': { value: joined(ref('flow.code_verifier'), 'a') },
    },
    when: [authorize({ as: 'flow' }), exchange('flow', { params: { code_verifier: variant('value') } })],
    then: refused('invalid_grant'),
  })

  contractTest('pkce.method-at-token-endpoint', {
    title: 'a method in the token request does not change the method of the challenge',
    sources: [must('RFC7636', '4.6'), must('RFC9700', '4.8.2')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    when: [
      authorize({ as: 'flow' }),
      exchange('flow', { params: { code_verifier: ref('flow.code_challenge'), code_challenge_method: 'plain' } }),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('pkce.verifier-of-64-bytes', {
    title: 'a verifier of 64 random bytes in base64url, as PHP and JavaScript clients make it, is accepted',
    sources: [must('RFC7636', '4.1')],
    severity: 'high',
    why: 'The usual recipes in PHP and JavaScript give 86 characters; their clients stop working.',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ verifier: verifier({ length: 86 }) })],
    then: granted(),
  })

  contractTest('pkce.verifier-with-line-break', {
    title: 'a verifier with a line break, as a common bash recipe makes it, is refused',
    sources: [must('RFC7636', '4.1')],
    severity: 'medium',
    why: '`openssl rand -base64 64` wraps its output after 64 characters; copied into a client, the line break ends up in the verifier.',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ verifier: verifier({ length: 86 }) })],
    variants: {
      'line feed': { value: joined(verifier({ length: 64 }), '\n', verifier({ length: 22 })) },
      'carriage return and line feed': { value: joined(verifier({ length: 64 }), '\r\n', verifier({ length: 22 })) },
    },
    when: [codeGrant({ verifier: variant('value') })],
    then: refused(['invalid_request', 'invalid_grant'], {
      note: 'the verifier is that of `openssl rand -base64 64`, which wraps its output after 64 characters; a client cures it with `openssl rand -base64 64 | tr -d "\\n"`',
    }),
  })
})
