import {
  authorize,
  codeGrant,
  contractTest,
  describe,
  exchange,
  joined,
  must,
  ref,
  refused,
  tampered,
  variant,
} from 'simple-oauth-contract'

describe('Token endpoint: the redirect URI of an authorization code', () => {
  contractTest('code.redirect-uri-mismatch', {
    title: 'A code is rejected if `redirect_uri` differs from that of the authorization request',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'high',
    client: variant('client'),
    variants: {
      'another path': { client: 'publicPkce', uri: 'https://client.example.test/other' },
      'another registered URI': { client: 'severalRedirects', uri: 'https://client.example.test/second' },
      'another host': { client: 'publicPkce', uri: 'https://elsewhere.example.test/callback' },
      'trailing slash': { client: 'publicPkce', uri: joined(ref('flow.redirect_uri'), '/') },
      'query added': { client: 'publicPkce', uri: joined(ref('flow.redirect_uri'), '?next=1') },
      'one character missing': { client: 'publicPkce', uri: tampered('flow.redirect_uri', 'shorter') },
      'different case': { client: 'publicPkce', uri: tampered('flow.redirect_uri', 'case') },
    },
    when: [authorize({ as: 'flow' }), exchange('flow', { params: { redirect_uri: variant('uri') } })],
    then: refused('invalid_grant'),
  })

  contractTest('code.redirect-uri-mismatch-without-pkce', {
    title: 'A code requested without PKCE is rejected if `redirect_uri` differs from that of its request',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'high',
    client: 'confidential',
    control: [
      authorize({ as: 'flow', params: { code_challenge: null, code_challenge_method: null } }),
      exchange('flow', { params: { code_verifier: null } }),
    ],
    variants: {
      'another path': 'https://client.example.test/other',
      'another host': 'https://elsewhere.example.test/callback',
    },
    when: [
      authorize({ as: 'flow', params: { code_challenge: null, code_challenge_method: null } }),
      exchange('flow', { params: { code_verifier: null, redirect_uri: variant() } }),
    ],
    then: refused('invalid_grant'),
  })

  contractTest('code.redirect-uri-missing', {
    title: 'A code requested with `redirect_uri` is rejected without it',
    sources: [must('RFC6749', '4.1.3')],
    severity: 'high',
    variants: { 'left out': null, empty: '' },
    when: codeGrant({ token: { redirect_uri: variant() } }),
    then: refused(['invalid_request', 'invalid_grant']),
  })
})
