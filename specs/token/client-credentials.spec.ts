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
  joined,
  matching,
  must,
  refused,
  scopes,
  should,
  variant,
  without,
} from '../../helpers/contract/index.ts'

describe('token endpoint: client credentials', () => {
  contractTest('client-credentials.defaults', {
    title: 'a machine client that asks for no scope gets exactly the default scopes of its consumer',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '4.4.3')],
    severity: 'high',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials()],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('client-credentials.subset', {
    title: 'a machine client that asks for one of its scopes gets exactly that one',
    sources: [must('RFC6749', '3.3')],
    severity: 'high',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    variants: { 'named once': { scope: scopes('content') }, 'named twice': { scope: scopes('content', 'content') } },
    when: [clientCredentials({ params: { scope: variant('scope') } })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })

  contractTest('client-credentials.scope-required', {
    title: 'a machine client without default scopes gets no token when it asks for no scope',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machineUnlimited' },
    control: [clientCredentials({ params: { scope: scopes('content') } })],
    variants: { 'left out': { scope: null }, empty: { scope: '' }, 'a space': { scope: ' ' } },
    when: [clientCredentials({ params: { scope: variant('scope') } })],
    then: refused('invalid_scope'),
  })

  contractTest('client-credentials.lifetime', {
    title: 'the token of a machine client lives as long as its consumer says, and expires_in says so',
    sources: [must('RFC6749', '5.1'), must('RFC7519', '4.1.4')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials()],
    then: holds({ 'access_token.lifetime': configuredLifetime(), 'json.expires_in': configuredLifetime() }),
  })

  contractTest('client-credentials.subject', {
    title: 'a token that no user stands behind does not name one',
    sources: [should('RFC9700', '4.15'), should('RFC9068', '5')],
    severity: 'high',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials()],
    then: [granted(), holds({ 'access_token.claims': without('"sub":"?[0-9]+"?', 'the id of a user') })],
  })

  contractTest('client-credentials.no-user', {
    title: 'a machine client whose consumer has no user is refused, without an error of the server',
    sources: [must('RFC6749', '5.2')],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machineWithoutUser' },
    control: [clientCredentials({ client: 'machine' })],
    when: [clientCredentials()],
    then: refused(['unauthorized_client', 'invalid_client', 'invalid_grant']),
  })

  contractTest('client-credentials.no-id-token', {
    title: 'client credentials answer without an id_token, also when openid is asked for',
    sources: [should('OIDC', '2')],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machineUnlimited' },
    control: [clientCredentials({ params: { scope: scopes('content') } })],
    when: [clientCredentials({ params: { scope: joined(scopes('content'), ' openid') } })],
    then: holds({ status: between(200, 499), 'json.id_token': absent() }),
  })

  contractTest('client-credentials.scope-limit', {
    title: 'a machine client gets no scope beyond those of its consumer',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.2')],
    severity: 'critical',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials({ params: { scope: scopes('content') } })],
    variants: {
      'another scope': { scope: scopes('profiles') },
      'beside one of its own': { scope: scopes('content', 'profiles') },
      'unknown scope': { scope: joined(scopes('content'), ' contract:no-such-scope') },
    },
    when: [clientCredentials({ params: { scope: variant('scope') } })],
    then: refused('invalid_scope'),
  })

  contractTest('client-credentials.scope-of-another-grant', {
    title: 'a scope that is not enabled for client credentials is refused',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['client_credentials'],
    given: { client: 'machineUnlimited' },
    control: [clientCredentials({ params: { scope: scopes('content') } })],
    when: [clientCredentials({ params: { scope: scopes('codeOnly') } })],
    then: refused('invalid_scope'),
  })

  contractTest('client-credentials.public-client', {
    title: 'a public client gets no token by client credentials',
    sources: [must('RFC6749', '4.4.2')],
    severity: 'critical',
    requires: ['client_credentials'],
    given: { client: 'machinePublic' },
    control: [clientCredentials({ client: 'machine', params: { scope: scopes('content') } })],
    variants: { 'without a secret': { secret: null }, 'with any secret': { secret: 'any-secret-at-all' } },
    when: [clientCredentials({ params: { scope: scopes('content'), client_secret: variant('secret') } })],
    then: refused(['invalid_client', 'unauthorized_client']),
  })

  contractTest('client-credentials.wrong-secret', {
    title: 'a wrong client secret is refused',
    sources: [must('RFC6749', '3.2.1'), must('RFC6749', '5.2')],
    severity: 'critical',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: {
      'any text': { secret: 'not-the-secret-of-this-client' },
      'its beginning': { secret: clientSecret('machine', { cut: true }) },
      'a character more': { secret: joined(clientSecret('machine'), 'x') },
      'of another client': { secret: clientSecret('machineUnlimited') },
    },
    when: [
      clientCredentials({ client: 'machineUnlimited', params: { scope: scopes('content') } }),
      clientCredentials({ secret: variant('secret') }),
    ],
    then: refused('invalid_client'),
  })

  contractTest('client-credentials.no-refresh-token', {
    title: 'client credentials answer without a refresh token',
    sources: [should('RFC6749', '4.4.3')],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials()],
    then: [granted(), holds({ 'json.refresh_token': absent() })],
  })

  contractTest('client-credentials.missing-secret', {
    title: 'a confidential client without its secret is refused',
    sources: [must('RFC6749', '3.2.1'), must('RFC6749', '5.2')],
    severity: 'critical',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: { 'left out': { secret: null }, empty: { secret: '' } },
    when: [clientCredentials({ params: { client_secret: variant('secret') } })],
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('client-credentials.basic', {
    title: 'a client may authenticate with HTTP Basic, and a wrong secret is challenged in kind',
    sources: [must('RFC6749', '2.3.1'), must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials({ authentication: 'basic' })],
    when: [clientCredentials({ authentication: 'basic', secret: 'not-the-secret-of-this-client' })],
    then: [refused('invalid_client'), holds({ 'header.www-authenticate': matching('^Basic\\b', 'a Basic challenge') })],
  })

  contractTest('client-credentials.basic-alone', {
    title: 'a client that authenticates with HTTP Basic need not name itself in the body as well',
    sources: [must('RFC6749', '2.3.1')],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials({ authentication: 'basic', params: { client_id: null } })],
    then: granted(),
  })

  contractTest('client-credentials.basic-encoded', {
    title: 'id and secret in HTTP Basic are decoded as a form encodes them',
    sources: [must('RFC6749', '2.3.1')],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials({ authentication: 'basic' })],
    when: [clientCredentials({ authentication: 'basic-encoded', params: { client_id: null } })],
    then: granted(),
  })

  contractTest('client-credentials.basic-malformed', {
    title: 'credentials that cannot be read are refused, without an error of the server',
    sources: [must('RFC6749', '2.3.1'), must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials({ authentication: 'basic', params: { client_id: null } })],
    variants: {
      'no Base64': { header: 'Basic !!!' },
      'no colon': { header: 'Basic bm8tY29sb24taW4taXQ=' },
      'nothing but a colon': { header: 'Basic Og==' },
      'broken UTF-8': { header: 'Basic //79OvD/gA==' },
      empty: { header: 'Basic' },
      'another scheme': { header: 'Digest username="someone"' },
    },
    when: [
      clientCredentials({
        authentication: 'none',
        params: { client_id: null },
        headers: { authorization: variant('header') },
      }),
    ],
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('client-credentials.two-methods', {
    title: 'a request that authenticates in two ways is refused',
    sources: [bindsClient(must('RFC6749', '2.3'))],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials({ authentication: 'basic' })],
    variants: {
      'the secret twice': { authentication: 'both', params: {} },
      'another secret in the body': {
        authentication: 'basic',
        params: { client_secret: 'not-the-secret-of-this-client' },
      },
      'another client in the body': { authentication: 'basic', params: { client_id: 'contract-no-such-client' } },
    },
    when: [clientCredentials({ authentication: variant('authentication'), params: variant('params') })],
    then: refused(['invalid_request', 'invalid_client']),
  })

  contractTest('client-credentials.scope-told', {
    title: 'a token response names the scope when it is not the one that was asked for',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.1')],
    severity: 'low',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    when: [clientCredentials()],
    then: holds({ 'json.scope': exactScopes('debug', 'content') }),
  })
})
