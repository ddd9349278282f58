import {
  absent,
  authorize,
  bindsClient,
  codeIssued,
  contractTest,
  describe,
  equals,
  exchange,
  granted,
  holds,
  isA,
  joined,
  may,
  must,
  notGranted,
  ref,
  refusedByRedirect,
  refusedWithPage,
  repeated,
  scopes,
  should,
  variant,
} from '../../helpers/contract/index.ts'

const evil = 'https://attacker.example/callback'

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
      alone: { scope: 'contract:no-such-scope', state: 'af0ifjsldkj' },
      'beside a known one': { scope: joined(scopes('debug'), ' contract:no-such-scope'), state: 'af0ifjsldkj' },
      'comma for space': { scope: 'contract:debug,contract:content', state: 'af0ifjsldkj' },
      'state with reserved characters': { scope: 'contract:no-such-scope', state: 'a b&c=d#e?f/%20+;:@' },
      'state beyond ASCII': { scope: 'contract:no-such-scope', state: 'é漢😀"<>\\' },
    },
    when: [authorize({ params: { scope: variant('scope'), state: variant('state') } })],
    then: refusedByRedirect('invalid_scope'),
  })

  contractTest('authorize.scope-omitted', {
    title: 'a request without a scope, where the client has no default, is refused',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '4.1.2.1')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: { 'left out': { scope: null }, empty: { scope: '' } },
    when: [authorize({ params: { scope: variant('scope') } })],
    then: refusedByRedirect(['invalid_scope', 'invalid_request']),
  })

  contractTest('authorize.scope-not-for-grant', {
    title: 'a scope that is not enabled for the authorization code grant is refused',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC6749', '3.3')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      alone: { scope: scopes('machineOnly') },
      'beside one that is': { scope: scopes('debug', 'machineOnly') },
    },
    when: [authorize({ params: { scope: variant('scope') } })],
    then: refusedByRedirect('invalid_scope'),
  })

  contractTest('authorize.response-type', {
    title: 'a response_type that is missing or unknown is refused, and the client is told by redirect',
    sources: [must('RFC6749', '3.1.1'), must('RFC6749', '4.1.2.1')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      'left out': { type: null },
      empty: { type: '' },
      unknown: { type: 'contract-no-such-type' },
      'in capitals': { type: 'CODE' },
    },
    when: [authorize({ params: { response_type: variant('type') } })],
    then: refusedByRedirect(['unsupported_response_type', 'invalid_request']),
  })

  contractTest('authorize.client-unknown', {
    title: 'a request of an unknown client is refused with a page, and nothing is sent to any redirect URI',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC9700', '4.11.2')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      unknown: { client: 'contract-no-such-client' },
      'left out': { client: null },
      empty: { client: '' },
    },
    when: [authorize({ params: { client_id: variant('client') } })],
    then: refusedWithPage(),
  })

  contractTest('authorize.grant-not-enabled', {
    title: 'a client whose grants lack the authorization code gets none',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'machine', user: 'editor' },
    control: [authorize({ client: 'publicPkce' })],
    when: [authorize({ params: { scope: scopes('debug') } })],
    then: notGranted(),
  })

  contractTest('authorize.parameter-unknown', {
    title: 'parameters that the server does not know are ignored',
    sources: [must('RFC6749', '3.1')],
    severity: 'medium',
    why: 'Clients that send the parameters of an extension, or of a newer standard, stop working.',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ params: { contract_unknown: 'yes', 'contract.dotted': 'yes' } })],
    then: codeIssued(),
  })

  contractTest('authorize.parameter-empty', {
    title: 'a parameter without a value counts as left out',
    sources: [must('RFC6749', '3.1')],
    severity: 'low',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ params: { redirect_uri: '', state: '' } })],
    then: holds({ 'callback.code': isA('string'), 'callback.state': absent() }),
  })

  contractTest('authorize.parameter-repeated', {
    title: 'an authorization request that repeats a parameter is refused',
    sources: [must('RFC6749', '3.1'), must('RFC6749', '4.1.2.1')],
    severity: 'low',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      scope: { params: { scope: repeated(scopes('debug'), scopes('content')) } },
      code_challenge: {
        params: {
          code_challenge: repeated('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', ref('this.code_challenge')),
        },
      },
      response_type: { params: { response_type: repeated('code', 'code') } },
    },
    when: [authorize({ params: variant('params') })],
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('authorize.parameter-list', {
    title: 'a parameter sent as a PHP array gets no code and breaks nothing',
    sources: [must('RFC6749', '3.1'), must('RFC6749', '4.1.2.1')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [authorize()],
    variants: {
      client_id: { params: { client_id: null, 'client_id[]': ref('this.client_id') } },
      scope: { params: { scope: null, 'scope[]': scopes('debug') } },
      code_challenge: { params: { code_challenge: null, 'code_challenge[]': ref('this.code_challenge') } },
      response_type: { params: { response_type: null, 'response_type[]': 'code' } },
    },
    when: [authorize({ params: variant('params') })],
    then: notGranted(),
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

  contractTest('authorize.no-cors', {
    title: 'the authorization endpoint lets no script of another origin read its answer',
    sources: [must('RFC9700', '2.6')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ decision: 'look', headers: { origin: 'https://attacker.example' } })],
    then: holds({ page: equals('consent'), 'header.access-control-allow-origin': absent() }),
  })

  contractTest('authorize.issuer', {
    title: 'whether the answer of the authorization endpoint names its issuer',
    sources: [may('RFC9207', '2')],
    severity: 'info',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize()],
    observe: ['callback.iss'],
  })

  contractTest('authorize.by-post', {
    title: 'what comes of an authorization request by POST',
    sources: [may('RFC6749', '3.1')],
    severity: 'info',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ decision: 'look', method: 'POST' })],
    observe: ['status', 'page'],
  })

  contractTest('authorize.by-head', {
    title: 'what comes of an authorization request by HEAD',
    sources: [may('RFC6749', '3.1')],
    severity: 'info',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ decision: 'look', method: 'HEAD' })],
    observe: ['status', 'page'],
  })
})
