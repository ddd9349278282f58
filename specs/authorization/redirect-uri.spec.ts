import {
  authorize,
  codeIssued,
  contractTest,
  describe,
  exchange,
  granted,
  must,
  notGranted,
  ref,
  refusedWithPage,
  repeated,
  variant,
} from '../../helpers/contract/index.ts'

const evil = 'https://attacker.example/callback'

describe('authorization endpoint: the redirect URI', () => {
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
      'trailing slash': { uri: 'https://client.example.test/callback/' },
      'path in another case': { uri: 'https://client.example.test/Callback' },
      'host in another case': { uri: 'https://CLIENT.example.test/callback' },
      'scheme in another case': { uri: 'HTTPS://client.example.test/callback' },
      'default port': { uri: 'https://client.example.test:443/callback' },
      'encoded letter': { uri: 'https://client.example.test/%63allback' },
      'doubled slash': { uri: 'https://client.example.test//callback' },
      'dot segment': { uri: 'https://client.example.test/./callback' },
      'path cut': { uri: 'https://client.example.test/' },
      'path parameter': { uri: 'https://client.example.test/callback;next' },
      'encoded null': { uri: 'https://client.example.test/callback%00' },
      'empty query': { uri: 'https://client.example.test/callback?' },
      fragment: { uri: 'https://client.example.test/callback#next' },
      subdomain: { uri: 'https://www.client.example.test/callback' },
      'host as suffix': { uri: 'https://attackerclient.example.test/callback' },
      'user added': { uri: 'https://user@client.example.test/callback' },
      backslash: { uri: 'https://client.example.test\\@attacker.example/callback' },
      'encoded at sign': { uri: 'https://client.example.test%40attacker.example/callback' },
      'no scheme': { uri: '//client.example.test/callback' },
      'path alone': { uri: '/callback' },
      loopback: { uri: 'http://127.0.0.1/callback' },
      'custom scheme': { uri: 'com.attacker.app:/callback' },
      script: { uri: 'javascript:alert(document.domain)' },
      data: { uri: 'data:text/html,callback' },
      'two in one': { uri: 'https://client.example.test/callback https://attacker.example/' },
    },
    when: [authorize({ params: { redirect_uri: variant('uri') } })],
    then: refusedWithPage(),
  })

  contractTest('authorize.error-to-unregistered', {
    title: 'no other error of a request makes the server send anything to a redirect URI that is not registered',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC9700', '4.11.2')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      'unknown response type': { params: { redirect_uri: evil, response_type: 'contract-no-such-type' } },
      'no response type': { params: { redirect_uri: evil, response_type: null } },
      'unknown scope': { params: { redirect_uri: evil, scope: 'contract:no-such-scope' } },
      'no scope': { params: { redirect_uri: evil, scope: null } },
      'no challenge': { params: { redirect_uri: evil, code_challenge: null, code_challenge_method: null } },
      'unknown challenge method': { params: { redirect_uri: evil, code_challenge_method: 'S512' } },
      'no silent answer': { params: { redirect_uri: evil, prompt: 'none' } },
    },
    when: [authorize({ params: variant('params') })],
    then: refusedWithPage(),
  })

  contractTest('authorize.redirect-uri-repeated', {
    title: 'a request with two redirect URIs, one of them not registered, gets no code',
    sources: [must('RFC6749', '3.1'), must('RFC9700', '4.1.3')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      'unregistered first': { uris: repeated('https://attacker.example/callback', ref('this.redirect_uri')) },
      'unregistered last': { uris: repeated(ref('this.redirect_uri'), 'https://attacker.example/callback') },
    },
    when: [authorize({ params: { redirect_uri: variant('uris') } })],
    then: notGranted(),
  })

  contractTest('authorize.redirect-uri-omitted', {
    title: 'a client with one registered redirect URI may leave it out, in the token request too',
    sources: [must('RFC6749', '4.1.1'), must('RFC6749', '4.1.3')],
    severity: 'low',
    why: 'Clients that rely on the registered redirect URI stop working.',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ as: 'flow', params: { redirect_uri: null }, expect: codeIssued() }), exchange('flow')],
    then: granted(),
  })

  contractTest('authorize.redirect-uri-several', {
    title: 'a client with several redirect URIs has to say which, and each of them works',
    sources: [must('RFC6749', '3.1.2.3')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'severalRedirects', user: 'editor' },
    control: [authorize(), authorize({ params: { redirect_uri: 'https://client.example.test/second' } })],
    variants: {
      'none sent': { uri: null },
      'a third one': { uri: 'https://client.example.test/third' },
      'both in one': { uri: 'https://client.example.test/callback,https://client.example.test/second' },
    },
    when: [authorize({ params: { redirect_uri: variant('uri') } })],
    then: refusedWithPage(),
  })

  contractTest('authorize.loopback-port', {
    title: 'a native app on the loopback address chooses its port with each request',
    sources: [must('RFC8252', '7.3')],
    severity: 'medium',
    why: 'Native apps and command-line tools take whatever port is free; with a fixed one they cannot log in.',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'native', user: 'editor' },
    variants: {
      'as registered': { uri: 'http://127.0.0.1/callback' },
      'a high port': { uri: 'http://127.0.0.1:51004/callback' },
    },
    when: [authorize({ as: 'flow', params: { redirect_uri: variant('uri') }, expect: codeIssued() }), exchange('flow')],
    then: granted(),
  })

  contractTest('authorize.loopback-exact', {
    title: 'but for the port, a loopback redirect URI is compared exactly',
    sources: [must('RFC9700', '4.1.3'), must('RFC9700', '2.1')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'native', user: 'editor' },
    control: [authorize()],
    variants: {
      'another path': { uri: 'http://127.0.0.1:51004/other' },
      https: { uri: 'https://127.0.0.1:51004/callback' },
      localhost: { uri: 'http://localhost:51004/callback' },
      'another loopback address': { uri: 'http://127.0.0.2:51004/callback' },
      'IPv6 for IPv4': { uri: 'http://[::1]:51004/callback' },
      'address as a number': { uri: 'http://2130706433/callback' },
      'query added': { uri: 'http://127.0.0.1:51004/callback?next=1' },
      'user added': { uri: 'http://user@127.0.0.1:51004/callback' },
      'address as userinfo': { uri: 'http://127.0.0.1:51004@attacker.example/callback' },
      'address as prefix': { uri: 'http://127.0.0.1.attacker.example/callback' },
    },
    when: [authorize({ params: { redirect_uri: variant('uri') } })],
    then: refusedWithPage(),
  })

  contractTest('authorize.own-scheme', {
    title: 'a native app gets its code at a redirect URI of its own scheme, and at no other path of it',
    sources: [must('RFC8252', '7.1'), must('RFC9700', '4.1.3')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'native', user: 'editor' },
    when: [
      authorize({ as: 'own', params: { redirect_uri: 'com.example.app:/callback' }, expect: codeIssued() }),
      authorize({ params: { redirect_uri: 'com.example.app:/other' } }),
    ],
    then: refusedWithPage(),
  })
})
