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
} from 'simple-oauth-contract'

const evil = 'https://attacker.example/callback'

describe('Authorization endpoint: the redirect URI', () => {
  contractTest('authorize.redirect-uri-unregistered', {
    title: 'An unregistered redirect URI is rejected with an error page and no redirect',
    sources: [must('RFC9700', '2.1'), must('RFC9700', '4.1.3'), must('RFC6749', '3.1.2.4')],
    severity: 'critical',
    variants: {
      'another host': 'https://attacker.example/callback',
      'sub-path': 'https://client.example.test/callback/more',
      'text appended': 'https://client.example.test/callbackmore',
      'path traversal': 'https://client.example.test/callback/../open',
      'query added': 'https://client.example.test/callback?next=https://attacker.example/',
      'host as prefix': 'https://client.example.test.attacker.example/callback',
      'host as userinfo': 'https://client.example.test@attacker.example/callback',
      'http instead of https': 'http://client.example.test/callback',
      'another port': 'https://client.example.test:8443/callback',
      'trailing slash': 'https://client.example.test/callback/',
      'path in a different case': 'https://client.example.test/Callback',
      'host in a different case': 'https://CLIENT.example.test/callback',
      'scheme in a different case': 'HTTPS://client.example.test/callback',
      'default port': 'https://client.example.test:443/callback',
      'encoded letter': 'https://client.example.test/%63allback',
      'double slash': 'https://client.example.test//callback',
      'dot segment': 'https://client.example.test/./callback',
      'path removed': 'https://client.example.test/',
      'path parameter': 'https://client.example.test/callback;next',
      'encoded NUL': 'https://client.example.test/callback%00',
      'empty query': 'https://client.example.test/callback?',
      fragment: 'https://client.example.test/callback#next',
      subdomain: 'https://www.client.example.test/callback',
      'host as suffix': 'https://attackerclient.example.test/callback',
      'userinfo added': 'https://user@client.example.test/callback',
      backslash: 'https://client.example.test\\@attacker.example/callback',
      'encoded at sign': 'https://client.example.test%40attacker.example/callback',
      'no scheme': '//client.example.test/callback',
      'path only': '/callback',
      loopback: 'http://127.0.0.1/callback',
      'custom scheme': 'com.attacker.app:/callback',
      'javascript scheme': 'javascript:alert(document.domain)',
      'data scheme': 'data:text/html,callback',
      'two URIs in one value': 'https://client.example.test/callback https://attacker.example/',
    },
    when: authorize({ params: { redirect_uri: variant() } }),
    then: refusedWithPage(),
  })

  contractTest('authorize.redirect-uri-of-several', {
    title: 'Each redirect URI of a client with several is compared exactly',
    sources: [must('RFC9700', '2.1'), must('RFC9700', '4.1.3'), must('RFC6749', '3.1.2.4')],
    severity: 'critical',
    client: 'severalRedirects',
    variants: {
      'sub-path of the second': 'https://client.example.test/second/more',
      'text appended to the second': 'https://client.example.test/secondmore',
      'query added to the second': 'https://client.example.test/second?next=https://attacker.example/',
      'sub-path of the first': 'https://client.example.test/callback/more',
      'host of the second as prefix': 'https://client.example.test.attacker.example/second',
    },
    when: authorize({ params: { redirect_uri: variant() } }),
    then: refusedWithPage(),
  })

  contractTest('authorize.error-to-unregistered', {
    title: 'Errors in a request are never sent to an unregistered redirect URI',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC9700', '4.11.2')],
    severity: 'critical',
    variants: {
      'unknown response type': { redirect_uri: evil, response_type: 'contract-no-such-type' },
      'no response type': { redirect_uri: evil, response_type: null },
      'unknown scope': { redirect_uri: evil, scope: 'contract:no-such-scope' },
      'no scope': { redirect_uri: evil, scope: null },
      'no challenge': { redirect_uri: evil, code_challenge: null, code_challenge_method: null },
      'unknown challenge method': { redirect_uri: evil, code_challenge_method: 'S512' },
      'prompt=none': { redirect_uri: evil, prompt: 'none' },
      'request object': { redirect_uri: evil, request: 'eyJhbGciOiJub25lIn0.e30.' },
      'address of a request object': { redirect_uri: evil, request_uri: 'https://client.example.test/request' },
    },
    when: authorize({ params: variant() }),
    then: refusedWithPage(),
  })

  contractTest('authorize.redirect-uri-repeated', {
    title: 'A request with both a registered and an unregistered `redirect_uri` gets no code',
    sources: [must('RFC6749', '3.1'), must('RFC9700', '4.1.3')],
    severity: 'high',
    variants: {
      'unregistered first': repeated('https://attacker.example/callback', ref('this.redirect_uri')),
      'unregistered last': repeated(ref('this.redirect_uri'), 'https://attacker.example/callback'),
    },
    when: authorize({ params: { redirect_uri: variant() } }),
    then: notGranted(),
  })

  contractTest('authorize.redirect-uri-omitted', {
    title: 'A client with one registered redirect URI can complete the flow without sending it',
    sources: [must('RFC6749', '4.1.1'), must('RFC6749', '4.1.3')],
    severity: 'medium',
    when: [authorize({ as: 'flow', params: { redirect_uri: null }, expect: codeIssued() }), exchange('flow')],
    then: granted(),
  })

  contractTest('authorize.redirect-uri-several', {
    title: 'A client with several registered redirect URIs must send one of them',
    sources: [must('RFC6749', '3.1.2.3')],
    severity: 'medium',
    client: 'severalRedirects',
    control: [authorize(), authorize({ params: { redirect_uri: 'https://client.example.test/second' } })],
    variants: {
      omitted: null,
      unregistered: 'https://client.example.test/third',
      'both in one value': 'https://client.example.test/callback,https://client.example.test/second',
    },
    when: authorize({ params: { redirect_uri: variant() } }),
    then: refusedWithPage(),
  })

  contractTest('authorize.loopback-port', {
    title: 'A loopback redirect URI is accepted with any port',
    sources: [must('RFC8252', '7.3')],
    severity: 'medium',
    client: 'native',
    variants: { 'as registered': 'http://127.0.0.1/callback', 'ephemeral port': 'http://127.0.0.1:51004/callback' },
    when: [authorize({ as: 'flow', params: { redirect_uri: variant() }, expect: codeIssued() }), exchange('flow')],
    then: granted(),
  })

  contractTest('authorize.loopback-exact', {
    title: 'A loopback redirect URI is rejected if anything but the port differs',
    sources: [must('RFC9700', '4.1.3'), must('RFC9700', '2.1')],
    severity: 'high',
    client: 'native',
    variants: {
      'another path': 'http://127.0.0.1:51004/other',
      https: 'https://127.0.0.1:51004/callback',
      localhost: 'http://localhost:51004/callback',
      'another loopback address': 'http://127.0.0.2:51004/callback',
      'IPv6 instead of IPv4': 'http://[::1]:51004/callback',
      'decimal address': 'http://2130706433/callback',
      'query added': 'http://127.0.0.1:51004/callback?next=1',
      'userinfo added': 'http://user@127.0.0.1:51004/callback',
      'address as userinfo': 'http://127.0.0.1:51004@attacker.example/callback',
      'address as prefix': 'http://127.0.0.1.attacker.example/callback',
    },
    when: authorize({ params: { redirect_uri: variant() } }),
    then: refusedWithPage(),
  })

  contractTest('authorize.own-scheme', {
    title: 'A redirect URI with a private-use scheme is accepted only with its registered path',
    sources: [must('RFC8252', '7.1'), must('RFC9700', '4.1.3')],
    severity: 'medium',
    client: 'native',
    when: [
      authorize({ as: 'own', params: { redirect_uri: 'com.example.app:/callback' }, expect: codeIssued() }),
      authorize({ params: { redirect_uri: 'com.example.app:/other' } }),
    ],
    then: refusedWithPage(),
  })
})
