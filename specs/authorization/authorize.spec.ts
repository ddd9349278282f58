import {
  authorize,
  bindsClient,
  codeIssued,
  contractTest,
  describe,
  joined,
  must,
  notGranted,
  refusedByRedirect,
  refusedWithPage,
  scopes,
  should,
  variant,
} from '../../helpers/contract/index.ts'

describe('authorization endpoint: the request', () => {
  contractTest('authorize.code-issued', {
    title: 'a user who logs in on the way and allows is sent back with a code and the exact state',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '3.1')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    variants: {
      plain: { state: 'af0ifjsldkj' },
      reserved: { state: 'a b&c=d#e?f/%20+;:@' },
      unicode: { state: 'é漢😀"<>\\' },
      long: { state: 'x'.repeat(1500) },
    },
    when: [authorize({ session: 'fresh', params: { state: variant('state') } })],
    then: codeIssued(),
  })

  contractTest('authorize.anonymous', {
    title: 'nobody gets a code without logging in',
    sources: [must('RFC6749', '3.1'), must('RFC9700', '4.11.2')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    when: [authorize({ session: 'none' })],
    then: notGranted(),
  })

  contractTest('authorize.redirect-uri-unregistered', {
    title: 'a redirect URI that is not registered is refused with a page, and nothing is sent to it',
    sources: [must('RFC9700', '2.1'), must('RFC9700', '4.1.3'), must('RFC6749', '3.1.2.4')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      'another host': { uri: 'https://attacker.example/callback' },
      'sub-path': { uri: 'https://client.example.test/callback/more' },
      'text appended': { uri: 'https://client.example.test/callbackmore' },
      'path traversal': { uri: 'https://client.example.test/callback/../open' },
      'query added': { uri: 'https://client.example.test/callback?next=https://attacker.example/' },
      'host as prefix': { uri: 'https://client.example.test.attacker.example/callback' },
      'host as userinfo': { uri: 'https://client.example.test@attacker.example/callback' },
      'http for https': { uri: 'http://client.example.test/callback' },
      'another port': { uri: 'https://client.example.test:8443/callback' },
    },
    when: [authorize({ params: { redirect_uri: variant('uri') } })],
    then: refusedWithPage(),
  })

  contractTest('authorize.implicit', {
    title: 'the implicit grant is not offered: no token leaves the authorization endpoint',
    sources: [must('RFC6749', '3.1.1'), bindsClient(should('RFC9700', '2.1.2'))],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      token: { type: 'token' },
      id_token: { type: 'id_token' },
      'code token': { type: 'code token' },
    },
    when: [authorize({ params: { response_type: variant('type') } })],
    then: refusedByRedirect('unsupported_response_type'),
  })

  contractTest('authorize.scope-unknown', {
    title: 'an unknown scope is refused and the client is told by redirect',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC6749', '3.3')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      alone: { scope: 'contract:no-such-scope' },
      'beside a known one': { scope: joined(scopes('debug'), ' contract:no-such-scope') },
    },
    when: [authorize({ params: { scope: variant('scope') } })],
    then: refusedByRedirect('invalid_scope'),
  })
})
