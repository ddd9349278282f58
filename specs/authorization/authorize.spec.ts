import {
  absent,
  authorize,
  bindsClient,
  clientOrigin,
  codeIssued,
  contractTest,
  describe,
  document,
  equals,
  holds,
  isA,
  joined,
  may,
  must,
  notGranted,
  oneOf,
  preflight,
  ref,
  refusedByRedirect,
  refusedWithPage,
  repeated,
  sameAs,
  scopes,
  should,
  tampered,
  variant,
} from 'simple-oauth-contract'

describe('Authorization endpoint: the authorization request', () => {
  contractTest('authorize.code-issued', {
    title: 'After login and consent, the client receives a code and its `state` unchanged',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '3.1')],
    severity: 'high',
    variants: {
      plain: 'af0ifjsldkj',
      'reserved characters': 'a b&c=d#e?f/%20+;:@',
      'non-ASCII characters': 'é漢😀"<>\\',
      '1500 characters': 'x'.repeat(1500),
      '2000 characters': 'x'.repeat(2000),
      'surrounding spaces': ' af0ifjsldkj ',
      // In PHP, this string counts as empty.
      zero: '0',
    },
    when: authorize({ session: 'fresh', params: { state: variant() } }),
    then: codeIssued(),
  })

  contractTest('authorize.anonymous', {
    title: 'No code is issued to a browser that is not logged in',
    sources: [must('RFC6749', '3.1'), must('RFC9700', '4.11.2')],
    severity: 'critical',
    when: authorize({ session: 'none' }),
    then: notGranted(),
  })

  contractTest('authorize.implicit', {
    title: 'Implicit and hybrid response types are rejected, and no token is issued',
    sources: [must('RFC6749', '3.1.1'), bindsClient(should('RFC9700', '2.1.2'))],
    severity: 'high',
    variants: ['token', 'id_token', 'code token'],
    when: authorize({ params: { response_type: variant() } }),
    then: refusedByRedirect('unsupported_response_type'),
  })

  contractTest('authorize.scope-unknown', {
    title: 'An unknown scope is rejected with `invalid_scope` at the redirect URI',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC6749', '3.3')],
    severity: 'medium',
    variants: {
      alone: { scope: 'contract:no-such-scope', state: 'af0ifjsldkj' },
      'with a known one': { scope: joined(scopes('debug'), ' contract:no-such-scope'), state: 'af0ifjsldkj' },
      'before a known one': { scope: joined('contract:no-such-scope ', scopes('debug')), state: 'af0ifjsldkj' },
      'comma instead of space': { scope: joined(scopes('debug'), ',', scopes('content')), state: 'af0ifjsldkj' },
      'state with reserved characters': { scope: 'contract:no-such-scope', state: 'a b&c=d#e?f/%20+;:@' },
      'state with non-ASCII characters': { scope: 'contract:no-such-scope', state: 'é漢😀"<>\\' },
    },
    when: authorize({ params: { scope: variant('scope'), state: variant('state') } }),
    then: refusedByRedirect('invalid_scope'),
  })

  contractTest('authorize.scope-omitted', {
    title: 'An authorization request without a scope is rejected if the client has no default scopes',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '4.1.2.1')],
    severity: 'medium',
    requires: ['consumer.scopes'],
    variants: { 'left out': null, empty: '' },
    when: authorize({ params: { scope: variant() } }),
    then: refusedByRedirect(['invalid_scope', 'invalid_request']),
  })

  contractTest('authorize.scope-spelling', {
    title: 'A scope in another case, or a `scope` of blanks alone, is rejected before the user is asked',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '4.1.2.1')],
    severity: 'low',
    requires: ['consumer.scopes'],
    control: authorize({ params: { scope: scopes('debug') } }),
    variants: { 'different case': tampered('this.scope', 'case'), 'only spaces': '  ' },
    // No decision is made: what the page shows has not been granted.
    when: authorize({ params: { scope: variant() }, decision: 'stop' }),
    then: refusedByRedirect(['invalid_scope', 'invalid_request']),
  })

  contractTest('authorize.scope-not-for-grant', {
    title: 'A scope that is not enabled for the authorization code grant is rejected',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC6749', '3.3')],
    severity: 'high',
    variants: {
      alone: scopes('machineOnly'),
      'with an enabled one': scopes('debug', 'machineOnly'),
      'before an enabled one': scopes('machineOnly', 'debug'),
    },
    when: authorize({ params: { scope: variant() } }),
    then: refusedByRedirect('invalid_scope'),
  })

  contractTest('authorize.response-type', {
    title: 'A missing or unknown `response_type` is rejected with an error at the redirect URI',
    sources: [must('RFC6749', '3.1.1'), must('RFC6749', '4.1.2.1')],
    severity: 'medium',
    variants: { 'left out': null, empty: '', unknown: 'contract-no-such-type', 'upper case': 'CODE' },
    when: authorize({ params: { response_type: variant() } }),
    then: refusedByRedirect(['unsupported_response_type', 'invalid_request']),
  })

  contractTest('authorize.client-unknown', {
    title: 'An unknown or missing `client_id` is rejected with an error page and no redirect',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC9700', '4.11.2')],
    severity: 'critical',
    variants: { unknown: 'contract-no-such-client', 'left out': null, empty: '' },
    when: authorize({ params: { client_id: variant() } }),
    then: refusedWithPage(),
  })

  contractTest('authorize.grant-not-enabled', {
    title: 'A client without the authorization code grant gets no code',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'high',
    client: 'machine',
    requires: ['consumer.grants'],
    control: authorize({ client: 'publicPkce' }),
    when: authorize({ params: { scope: scopes('debug') } }),
    then: notGranted(),
  })

  contractTest('authorize.parameter-unknown', {
    title: 'Unknown parameters of an authorization request are ignored',
    sources: [must('RFC6749', '3.1')],
    severity: 'medium',
    when: authorize({ params: { contract_unknown: 'yes', 'contract.dotted': 'yes' } }),
    then: codeIssued(),
  })

  contractTest('authorize.parameter-empty', {
    title: 'An empty parameter of an authorization request is treated as omitted',
    sources: [must('RFC6749', '3.1')],
    severity: 'low',
    when: authorize({ params: { redirect_uri: '', state: '' } }),
    then: holds({ 'callback.code': isA('string'), 'callback.state': absent() }),
  })

  contractTest('authorize.parameter-repeated', {
    title: 'An authorization request with a repeated parameter is rejected with `invalid_request`',
    sources: [must('RFC6749', '3.1'), must('RFC6749', '4.1.2.1')],
    severity: 'low',
    variants: {
      scope: { scope: repeated(scopes('debug'), scopes('content')) },
      code_challenge: {
        code_challenge: repeated('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', ref('this.code_challenge')),
      },
      response_type: { response_type: repeated('code', 'code') },
    },
    when: authorize({ params: variant() }),
    then: refusedByRedirect('invalid_request'),
  })

  contractTest('authorize.parameter-list', {
    title: 'An authorization parameter sent as a PHP array yields neither a code nor a server error (5xx)',
    sources: [must('RFC6749', '3.1'), must('RFC6749', '4.1.2.1')],
    severity: 'medium',
    variants: {
      client_id: { client_id: null, 'client_id[]': ref('this.client_id') },
      scope: { scope: null, 'scope[]': scopes('debug') },
      code_challenge: { code_challenge: null, 'code_challenge[]': ref('this.code_challenge') },
      response_type: { response_type: null, 'response_type[]': 'code' },
    },
    when: authorize({ params: variant() }),
    then: notGranted(),
  })

  contractTest('authorize.no-cors', {
    title: "The authorization endpoint sends no CORS header, to a foreign origin or the client's own",
    sources: [must('RFC9700', '2.6')],
    severity: 'high',
    when: [
      authorize({
        decision: 'stop',
        headers: { origin: 'null' },
        expect: holds({ page: equals('consent'), 'header.access-control-allow-origin': absent() }),
      }),
      authorize({
        decision: 'stop',
        headers: { origin: 'https://client.example.test.attacker.example' },
        expect: holds({ page: equals('consent'), 'header.access-control-allow-origin': absent() }),
      }),
      authorize({
        decision: 'stop',
        headers: { origin: clientOrigin() },
        expect: holds({ page: equals('consent'), 'header.access-control-allow-origin': absent() }),
      }),
      preflight('authorize', clientOrigin(), {
        expect: holds({ 'header.access-control-allow-origin': absent() }),
      }),
      authorize({ decision: 'stop', headers: { origin: 'https://attacker.example' } }),
    ],
    then: holds({ page: equals('consent'), 'header.access-control-allow-origin': absent() }),
  })

  contractTest('authorize.error-before-login', {
    title: 'An error is not sent to the client before the user has logged in',
    sources: [must('RFC9700', '4.11.2')],
    severity: 'medium',
    control: authorize({ session: 'none', expect: holds({ page: equals('login') }) }),
    variants: {
      'unknown scope': { scope: 'contract:no-such-scope' },
      'no challenge': { code_challenge: null, code_challenge_method: null },
      'unknown response type': { response_type: 'contract-no-such-type' },
    },
    when: authorize({ session: 'none', params: variant() }),
    // Where and how users log in is the site's choice; what counts is that the browser stays on the site.
    then: [notGranted(), holds({ page: oneOf('login', 'error', 'other') })],
  })

  contractTest('authorize.issuer-advertised', {
    title: 'A server that advertises `iss` in its responses sends its issuer in each of them',
    sources: [must('RFC9207', '2')],
    severity: 'medium',
    when: [
      document('/.well-known/oauth-authorization-server', {
        as: 'metadata',
        advertises: 'authorization_response_iss_parameter_supported',
      }),
      authorize({ decision: 'deny', expect: holds({ 'callback.iss': sameAs('metadata.issuer') }) }),
      authorize(),
    ],
    then: [codeIssued(), holds({ 'callback.iss': sameAs('metadata.issuer') })],
  })

  contractTest('authorize.issuer', {
    title: 'The `iss` parameter of the authorization response is recorded',
    sources: [may('RFC9207', '2')],
    severity: 'info',
    when: authorize(),
    observe: ['callback.iss'],
  })

  contractTest('authorize.by-post', {
    title: 'The response to an authorization request sent by POST is recorded',
    sources: [may('RFC6749', '3.1')],
    severity: 'info',
    when: authorize({ decision: 'stop', method: 'POST' }),
    observe: ['status', 'page'],
  })

  contractTest('authorize.by-head', {
    title: 'The response to an authorization request sent by HEAD is recorded',
    sources: [may('RFC6749', '3.1')],
    severity: 'info',
    when: authorize({ decision: 'stop', method: 'HEAD' }),
    observe: ['status', 'page'],
  })
})
