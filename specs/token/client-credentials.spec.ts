import {
  absent,
  between,
  bindsClient,
  clientCredentials,
  clientSecret,
  configuredLifetime,
  contractTest,
  describe,
  exactScopes,
  granted,
  holds,
  isA,
  joined,
  matching,
  must,
  refused,
  scopes,
  should,
  variant,
  without,
} from 'simple-oauth-contract'

describe('Token endpoint: the client credentials grant', () => {
  contractTest('client-credentials.defaults', {
    title: "A client credentials request without a scope gets exactly the consumer's default scopes",
    sources: [must('RFC6749', '3.3'), must('RFC6749', '4.4.3')],
    severity: 'high',
    when: clientCredentials(),
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('client-credentials.subset', {
    title: "A client credentials request for one of the consumer's scopes gets exactly that scope",
    sources: [must('RFC6749', '3.3')],
    severity: 'high',
    requires: ['consumer.scopes'],
    variants: { 'requested once': scopes('content'), 'requested twice': scopes('content', 'content') },
    when: clientCredentials({ params: { scope: variant() } }),
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })

  contractTest('client-credentials.scope-required', {
    title: 'A client credentials request without a scope is rejected if the consumer has no default scopes',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'machineUnlimited',
    requires: ['consumer.scopes'],
    control: clientCredentials({ params: { scope: scopes('content') } }),
    variants: { 'left out': null, empty: '', 'a space': ' ' },
    when: clientCredentials({ params: { scope: variant() } }),
    then: refused('invalid_scope'),
  })

  contractTest('client-credentials.lifetime', {
    title: "A client credentials token has the consumer's configured lifetime, and `expires_in` matches",
    sources: [must('RFC6749', '5.1'), should('RFC6749', '5.1')],
    severity: 'medium',
    when: clientCredentials(),
    then: [
      holds({ 'access_token.lifetime': configuredLifetime() }, { ifPresent: true, source: must('RFC6749', '5.1') }),
      holds({ 'json.expires_in': configuredLifetime() }, { ifPresent: true, source: must('RFC6749', '5.1') }),
      holds({ 'json.expires_in': isA('integer') }, { source: should('RFC6749', '5.1') }),
    ],
  })

  contractTest('client-credentials.subject', {
    title: 'A client credentials token carries no user ID in `sub`',
    sources: [should('RFC9700', '4.15'), should('RFC9068', '5')],
    severity: 'high',
    when: clientCredentials(),
    then: [granted(), holds({ 'access_token.claims': without('"sub":"?[0-9]+"?', 'the id of a user') })],
  })

  contractTest('client-credentials.no-user', {
    title: 'A client credentials consumer without a user is rejected without a server error (5xx)',
    sources: [must('RFC6749', '5.2')],
    severity: 'low',
    client: 'machineWithoutUser',
    control: clientCredentials({ client: 'machine' }),
    when: clientCredentials(),
    then: refused(['unauthorized_client', 'invalid_client', 'invalid_grant']),
  })

  contractTest('client-credentials.no-id-token', {
    title: 'The client credentials grant returns no `id_token`, even if `openid` is requested',
    sources: [should('OIDC', '2')],
    severity: 'low',
    client: 'machineUnlimited',
    control: clientCredentials({ params: { scope: scopes('content') } }),
    when: clientCredentials({ params: { scope: joined(scopes('content'), ' openid') } }),
    then: holds({ status: between(200, 499), 'json.id_token': absent() }),
  })

  contractTest('client-credentials.scope-limit', {
    title: "A client credentials request for a scope outside the consumer's scopes is rejected",
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.2')],
    severity: 'critical',
    requires: ['consumer.scopes'],
    control: clientCredentials({ params: { scope: scopes('content') } }),
    variants: {
      'another scope': scopes('profiles'),
      'with an allowed one': scopes('content', 'profiles'),
      'before an allowed one': scopes('profiles', 'content'),
      'unknown scope': joined(scopes('content'), ' contract:no-such-scope'),
    },
    when: clientCredentials({ params: { scope: variant() } }),
    then: refused('invalid_scope'),
  })

  contractTest('client-credentials.scope-of-another-grant', {
    title: 'A scope that is not enabled for client credentials is rejected with `invalid_scope`',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    client: 'machineUnlimited',
    control: clientCredentials({ params: { scope: scopes('content') } }),
    when: clientCredentials({ params: { scope: scopes('codeOnly') } }),
    then: refused('invalid_scope'),
  })

  contractTest('client-credentials.public-client', {
    title: 'A public client gets no token with the client credentials grant',
    sources: [must('RFC6749', '4.4.2')],
    severity: 'critical',
    client: 'machinePublic',
    control: clientCredentials({ client: 'machine', params: { scope: scopes('content') } }),
    variants: { 'without a secret': null, 'with a made-up secret': 'any-secret-at-all' },
    when: clientCredentials({ params: { scope: scopes('content'), client_secret: variant() } }),
    then: refused(['invalid_client', 'unauthorized_client']),
  })

  contractTest('client-credentials.wrong-secret', {
    title: 'A wrong client secret is rejected with `invalid_client`',
    sources: [must('RFC6749', '3.2.1'), must('RFC6749', '5.2')],
    severity: 'critical',
    variants: {
      'arbitrary string': 'not-the-secret-of-this-client',
      'only its beginning': clientSecret('machine', { cut: true }),
      'one extra character': joined(clientSecret('machine'), 'x'),
      "another client's secret": clientSecret('machineUnlimited'),
    },
    when: [
      clientCredentials({ client: 'machineUnlimited', params: { scope: scopes('content') } }),
      clientCredentials({ secret: variant() }),
    ],
    then: refused('invalid_client'),
  })

  contractTest('client-credentials.no-stored-secret', {
    title: 'A confidential client for which no secret is stored gets no token, whatever secret it sends',
    sources: [must('RFC6749', '3.2.1'), must('RFC6749', '2.3.1')],
    severity: 'critical',
    client: 'machineWithoutSecret',
    control: clientCredentials({ client: 'machine', params: { scope: scopes('content') } }),
    variants: {
      'left out': { params: {}, authentication: 'none' },
      empty: { params: { client_secret: '' }, authentication: 'none' },
      'arbitrary string': { params: { client_secret: 'any-secret-at-all' }, authentication: 'none' },
      'empty, with Basic': { params: {}, authentication: 'basic' },
    },
    when: clientCredentials({ params: variant('params'), authentication: variant('authentication') }),
    then: refused(['invalid_client', 'invalid_request', 'unauthorized_client']),
  })

  contractTest('client-credentials.special-secret', {
    title: 'A secret with a space, `+`, `%`, `:`, `&`, `=` and a non-ASCII letter authenticates its client',
    sources: [must('RFC6749', '2.3.1'), must('RFC6749', 'appendix B')],
    severity: 'medium',
    client: 'machineSpecialSecret',
    variants: { 'in the body': 'body', 'with Basic': 'basic' },
    when: clientCredentials({ authentication: variant() }),
    then: granted(),
  })

  contractTest('client-credentials.special-secret-cut', {
    title: 'A secret is compared in full, also after a space, `%` or `:`',
    sources: [must('RFC6749', '3.2.1'), must('RFC6749', '5.2')],
    severity: 'critical',
    client: 'machineSpecialSecret',
    when: clientCredentials({ secret: clientSecret('machineSpecialSecret', { cut: true }) }),
    then: refused('invalid_client'),
  })

  contractTest('client-credentials.no-refresh-token', {
    title: 'The client credentials grant returns no refresh token',
    sources: [should('RFC6749', '4.4.3')],
    severity: 'low',
    when: clientCredentials(),
    then: [granted(), holds({ 'json.refresh_token': absent() })],
  })

  contractTest('client-credentials.missing-secret', {
    title: 'A confidential client that sends no secret is rejected',
    sources: [must('RFC6749', '3.2.1'), must('RFC6749', '5.2')],
    severity: 'critical',
    variants: { 'left out': null, empty: '' },
    when: clientCredentials({ params: { client_secret: variant() } }),
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('client-credentials.basic', {
    title: 'HTTP Basic is accepted, and a wrong secret gets a 401 with a Basic challenge',
    sources: [must('RFC6749', '2.3.1'), must('RFC6749', '5.2')],
    severity: 'medium',
    control: clientCredentials({ authentication: 'basic' }),
    when: clientCredentials({ authentication: 'basic', secret: 'not-the-secret-of-this-client' }),
    then: [refused('invalid_client'), holds({ 'header.www-authenticate': matching('^Basic\\b', 'a Basic challenge') })],
  })

  contractTest('client-credentials.basic-scheme-case', {
    title: 'The `Basic` scheme is also accepted in lower case',
    sources: [must('RFC9110', '11.1')],
    severity: 'low',
    when: clientCredentials({ authentication: 'basic-lower-case', params: { client_id: null } }),
    then: granted(),
  })

  contractTest('client-credentials.basic-alone', {
    title: 'A client that authenticates with HTTP Basic can omit `client_id` from the body',
    sources: [must('RFC6749', '2.3.1')],
    severity: 'low',
    when: clientCredentials({ authentication: 'basic', params: { client_id: null } }),
    then: granted(),
  })

  contractTest('client-credentials.basic-encoded', {
    title: 'Form-encoded client IDs and secrets are decoded in HTTP Basic',
    sources: [must('RFC6749', '2.3.1')],
    severity: 'low',
    control: clientCredentials({ authentication: 'basic' }),
    when: clientCredentials({ authentication: 'basic-encoded', params: { client_id: null } }),
    then: granted(),
  })

  contractTest('client-credentials.basic-malformed', {
    title: 'An unusable `Authorization` header is rejected without a server error (5xx)',
    sources: [must('RFC6749', '2.3.1'), must('RFC6749', '5.2')],
    severity: 'medium',
    control: clientCredentials({ authentication: 'basic', params: { client_id: null } }),
    variants: {
      'not Base64': 'Basic !!!',
      'no colon': 'Basic bm8tY29sb24taW4taXQ=',
      'only a colon': 'Basic Og==',
      'invalid UTF-8': 'Basic //79OvD/gA==',
      empty: 'Basic',
      'another scheme': 'Digest username="someone"',
    },
    when: clientCredentials({
      authentication: 'none',
      params: { client_id: null },
      headers: { authorization: variant() },
    }),
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('client-credentials.two-methods', {
    title: 'A token request that authenticates the client in two ways is rejected',
    sources: [bindsClient(must('RFC6749', '2.3'))],
    severity: 'low',
    control: clientCredentials({ authentication: 'basic' }),
    variants: {
      'the same secret in the body': { authentication: 'both', params: {} },
      'another secret in the body': {
        authentication: 'basic',
        params: { client_secret: 'not-the-secret-of-this-client' },
      },
      'another client in the body': { authentication: 'basic', params: { client_id: 'contract-no-such-client' } },
    },
    when: clientCredentials({ authentication: variant('authentication'), params: variant('params') }),
    then: refused(['invalid_request', 'invalid_client']),
  })

  contractTest('client-credentials.scope-returned', {
    title: 'The token response contains `scope` if it differs from the requested scope',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.1')],
    severity: 'low',
    when: clientCredentials(),
    then: holds({ 'json.scope': exactScopes('debug', 'content') }),
  })
})
