import {
  absent,
  clientCredentials,
  clientSecret,
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
    when: [clientCredentials({ params: { scope: scopes('content') } })],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
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
