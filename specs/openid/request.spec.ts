import {
  authorize,
  clientOrigin,
  codeGrant,
  codeIssued,
  contractTest,
  describe,
  equals,
  holds,
  isA,
  joined,
  must,
  notGranted,
  oneOf,
  preflight,
  ref,
  refusedByRedirect,
  sameAs,
  scopes,
  should,
  variant,
} from 'simple-oauth-contract'

const scope = joined(scopes('debug'), ' openid')
const onLogin = holds({ page: equals('login') })

describe('OpenID Connect: the authentication request', () => {
  contractTest('openid.prompt-none-login', {
    title: 'With `prompt=none`, an anonymous browser gets an error at the client and no login form',
    sources: [must('OIDC', '3.1.2.1'), must('OIDC', '3.1.2.6')],
    severity: 'medium',
    control: authorize({ session: 'none', params: { scope }, expect: onLogin }),
    when: authorize({ session: 'none', params: { scope, prompt: 'none' } }),
    then: refusedByRedirect(['login_required', 'interaction_required']),
  })

  contractTest('openid.prompt-none-consent', {
    title: 'With `prompt=none`, a request that needs consent gets an error at the client and no form',
    sources: [must('OIDC', '3.1.2.1'), must('OIDC', '3.1.2.6')],
    severity: 'medium',
    control: authorize({ params: { scope } }),
    when: authorize({ params: { scope, prompt: 'none' }, decision: 'stop' }),
    then: refusedByRedirect(['consent_required', 'interaction_required']),
  })

  contractTest('openid.prompt-none', {
    title: 'With `prompt=none`, a user who is logged in and whose consent is not needed gets a code and no form',
    sources: [must('OIDC', '3.1.2.1'), must('OIDC', '15.1')],
    severity: 'medium',
    client: 'autoApproved',
    control: authorize({ params: { scope }, decision: 'stop' }),
    when: authorize({ params: { scope, prompt: 'none' }, decision: 'stop' }),
    then: codeIssued(),
  })

  contractTest('openid.prompt-login', {
    title: 'With `prompt=login`, a user who is logged in is asked to log in again',
    sources: [should('OIDC', '3.1.2.1'), must('OIDC', '15.1')],
    severity: 'medium',
    when: authorize({ params: { scope, prompt: 'login' }, decision: 'stop', loginAgain: 'stop' }),
    then: onLogin,
  })

  contractTest('openid.max-age', {
    title: 'With `max_age=0`, a user who is logged in is asked to log in again',
    sources: [must('OIDC', '3.1.2.1'), must('OIDC', '15.1')],
    severity: 'medium',
    when: authorize({ params: { scope, max_age: '0' }, decision: 'stop', loginAgain: 'stop' }),
    then: onLogin,
  })

  contractTest('openid.auth-time', {
    title: 'The `id_token` for a request with `max_age` contains `auth_time`, when the user logged in',
    sources: [must('OIDC', '2'), must('OIDC', '3.1.2.1')],
    severity: 'medium',
    when: codeGrant({ authorize: { scope, max_age: '86400' } }),
    then: holds({ 'id_token.claims.auth_time': isA('integer') }),
  })

  contractTest('openid.id-token-hint', {
    title: 'With an `id_token_hint` of another user, the request is not answered for the one who is logged in',
    sources: [should('OIDC', '3.1.2.1')],
    severity: 'medium',
    control: authorize({ params: { scope } }),
    when: [
      codeGrant({ as: 'other', user: 'otherEditor', authorize: { scope } }),
      authorize({
        params: { scope, id_token_hint: ref('other.id_token') },
        decision: 'stop',
        loginAgain: 'stop',
      }),
    ],
    // An error sent to the client is also correct; then there is no page.
    then: [notGranted(), holds({ page: equals('login') }, { ifPresent: 'page' })],
  })

  contractTest('openid.request-object', {
    title: 'A request object is honoured or rejected with an error at the client, but never ignored',
    sources: [must('OIDC', '6.1'), must('OIDC', '6.2')],
    severity: 'low',
    control: authorize({ params: { scope } }),
    variants: {
      // {"alg":"none"}.{}
      request: { request: 'eyJhbGciOiJub25lIn0.e30.', request_uri: null },
      request_uri: { request: null, request_uri: 'https://client.example.test/request.jwt' },
    },
    when: authorize({
      params: { scope, request: variant('request'), request_uri: variant('request_uri') },
      decision: 'stop',
    }),
    then: refusedByRedirect([
      'request_not_supported',
      'request_uri_not_supported',
      'invalid_request_object',
      'invalid_request_uri',
      'invalid_request',
    ]),
  })

  contractTest('openid.parameters-without-effect', {
    title: 'Optional OpenID Connect parameters that a server does not support do not make a request fail',
    sources: [must('OIDC', '15.1')],
    severity: 'medium',
    variants: {
      display: { display: 'popup', ui_locales: null, claims_locales: null, acr_values: null, login_hint: null },
      ui_locales: { display: null, ui_locales: 'xx fr-CA', claims_locales: null, acr_values: null, login_hint: null },
      claims_locales: { display: null, ui_locales: null, claims_locales: 'xx', acr_values: null, login_hint: null },
      acr_values: {
        display: null,
        ui_locales: null,
        claims_locales: null,
        acr_values: 'urn:example:loa:9',
        login_hint: null,
      },
      login_hint: {
        display: null,
        ui_locales: null,
        claims_locales: null,
        acr_values: null,
        login_hint: 'somebody@example.test',
      },
    },
    when: authorize({
      params: {
        scope,
        display: variant('display'),
        ui_locales: variant('ui_locales'),
        claims_locales: variant('claims_locales'),
        acr_values: variant('acr_values'),
        login_hint: variant('login_hint'),
      },
    }),
    then: codeIssued(),
  })

  contractTest('openid.issuer-agrees', {
    title: 'The `id_token` and the access token of one response name the same issuer',
    sources: [must('OIDC', '2'), must('RFC7519', '4.1.1')],
    severity: 'high',
    when: [codeGrant({ as: 'flow', authorize: { scope } }), codeGrant({ authorize: { scope } })],
    then: holds({ 'id_token.claims.iss': sameAs('flow.access_token.claims.iss') }),
  })

  contractTest('openid.userinfo-cors', {
    title: "UserInfo can be requested by scripts of the client's own origin",
    sources: [should('OIDC', '5.3')],
    severity: 'low',
    when: preflight('userinfo', clientOrigin()),
    then: holds({ 'cors.readers': oneOf('anyone', 'the origin', 'the origin, with cookies') }),
  })
})
