import {
  anotherVerifier,
  authorize,
  codeGrant,
  contractTest,
  describe,
  exchange,
  granted,
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
      'line break': { value: verifier({ containing: '\n' }) },
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
    when: [codeGrant({ verifier: null, token: { code_verifier: anotherVerifier() } })],
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
})
