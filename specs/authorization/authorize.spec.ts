import {
  absent,
  authorize,
  bindsClient,
  codeIssued,
  contractTest,
  describe,
  equals,
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
