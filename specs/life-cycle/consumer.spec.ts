import {
  authorize,
  between,
  changeConsumer,
  clientCredentials,
  codeGrant,
  codeIssued,
  contractTest,
  describe,
  exactScopes,
  exchange,
  granted,
  holds,
  must,
  notGranted,
  notOpened,
  ref,
  refresh,
  refused,
  refusedWithPage,
  resource,
  scopes,
  should,
  variant,
} from 'simple-oauth-contract'

const first = 'https://client.example.test/callback'
const second = 'https://client.example.test/second'
// token.grant-not-enabled is about the error code.
const notAllowed = [
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_grant',
  'invalid_client',
  'invalid_request',
] as const
const notBroken = holds({ status: between(200, 499) })

describe('Life cycle: a deleted consumer', () => {
  contractTest('life-cycle.consumer-deleted-access-token', {
    title: 'An access token is rejected once its consumer is deleted, without a server error',
    sources: [should('RFC6750', '3.1')],
    severity: 'high',
    client: 'temporary',
    when: [
      codeGrant({ as: 'flow' }),
      resource(ref('flow.access_token')),
      changeConsumer('delete'),
      resource(ref('flow.access_token')),
    ],
    then: notOpened(),
  })

  contractTest('life-cycle.consumer-deleted-refresh-token', {
    title: 'A refresh token is rejected once its consumer is deleted',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'high',
    client: variant('client'),
    variants: { public: { client: 'temporary' }, confidential: { client: 'temporaryConfidential' } },
    when: [codeGrant({ as: 'flow' }), changeConsumer('delete'), refresh('flow')],
    then: refused(['invalid_client', 'invalid_grant']),
  })

  contractTest('life-cycle.consumer-deleted-code', {
    title: 'A code is rejected once its consumer is deleted',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'high',
    client: 'temporary',
    when: [authorize({ as: 'flow' }), changeConsumer('delete'), exchange('flow')],
    then: refused(['invalid_client', 'invalid_grant']),
  })

  contractTest('life-cycle.consumer-deleted-authorize', {
    title: 'An authorization request of a deleted consumer is rejected with a page, even one that was approved',
    sources: [must('RFC6749', '4.1.2.1'), must('RFC6749', '3.1.2.4')],
    severity: 'critical',
    client: 'temporaryRemembered',
    when: [authorize(), authorize({ decision: 'stop' }), changeConsumer('delete'), authorize({ decision: 'stop' })],
    then: refusedWithPage(),
  })

  contractTest('life-cycle.consumer-deleted-credentials', {
    title: 'The credentials of a deleted consumer get no token',
    sources: [must('RFC6749', '3.2.1'), must('RFC6749', '5.2')],
    severity: 'critical',
    client: 'temporaryMachine',
    when: [clientCredentials(), changeConsumer('delete'), clientCredentials()],
    then: refused('invalid_client'),
  })
})

describe('Life cycle: a new secret', () => {
  contractTest('life-cycle.consumer-saved-credentials', {
    title: 'A client whose consumer was saved without a change still authenticates with its secret',
    sources: [must('RFC6749', '2.3.1')],
    severity: 'high',
    client: 'temporaryMachine',
    when: [clientCredentials(), changeConsumer('save'), clientCredentials()],
    then: granted(),
  })

  contractTest('life-cycle.secret-credentials', {
    title: 'Once the secret of a consumer is replaced, the new one is accepted and the old one is rejected',
    sources: [must('RFC6749', '3.2.1'), must('RFC6749', '5.2')],
    severity: 'critical',
    client: 'temporaryMachine',
    control: clientCredentials(),
    when: [
      // What a server remembers of a secret that it verified does not outlive the secret.
      clientCredentials(),
      changeConsumer('secret', { as: 'now' }),
      clientCredentials({ secret: ref('now.client_secret'), expect: granted() }),
      clientCredentials(),
    ],
    then: refused('invalid_client'),
  })

  contractTest('life-cycle.secret-refresh', {
    title: 'A refresh with the old secret is rejected once the secret of the consumer is replaced',
    sources: [must('RFC6749', '6'), must('RFC6749', '5.2')],
    severity: 'critical',
    client: 'temporaryConfidential',
    when: [codeGrant({ as: 'flow' }), changeConsumer('secret'), refresh('flow')],
    then: refused('invalid_client'),
  })

  contractTest('life-cycle.secret-code', {
    title: 'A code cannot be redeemed with the old secret once the secret of the consumer is replaced',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'critical',
    client: 'temporaryConfidential',
    when: [authorize({ as: 'flow' }), changeConsumer('secret'), exchange('flow')],
    then: refused('invalid_client'),
  })
})

describe('Life cycle: settings that are taken away from a consumer, or switched on', () => {
  contractTest('life-cycle.redirect-uri-removed', {
    title: 'A redirect URI is rejected once it is removed from the consumer',
    sources: [must('RFC6749', '3.1.2.3'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    client: 'temporaryRemembered',
    control: authorize({ params: { redirect_uri: second } }),
    when: [changeConsumer({ redirectUris: [first] }), authorize({ params: { redirect_uri: second } })],
    then: refusedWithPage(),
  })

  contractTest('life-cycle.redirect-uri-removed-approved', {
    title: 'A redirect URI is rejected once it is removed, even where the user approved the client before',
    sources: [must('RFC6749', '3.1.2.3'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    client: 'temporaryRemembered',
    when: [
      authorize({ params: { redirect_uri: second } }),
      authorize({ params: { redirect_uri: second }, decision: 'stop', expect: codeIssued() }),
      changeConsumer({ redirectUris: [first] }),
      authorize({ params: { redirect_uri: second }, decision: 'stop' }),
    ],
    then: refusedWithPage(),
  })

  contractTest('life-cycle.grant-removed-refresh', {
    title: 'A refresh token is rejected once the consumer loses the refresh token grant',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    client: 'temporary',
    when: [codeGrant({ as: 'flow' }), changeConsumer({ grantTypes: ['authorization_code'] }), refresh('flow')],
    then: refused(notAllowed),
  })

  contractTest('life-cycle.grant-removed-code', {
    title: 'A code is rejected once the consumer loses the authorization code grant',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    client: 'temporary',
    when: [authorize({ as: 'flow' }), changeConsumer({ grantTypes: ['refresh_token'] }), exchange('flow')],
    then: refused(notAllowed),
  })

  contractTest('life-cycle.grant-removed-authorize', {
    title: 'An approved client gets no code once it loses the authorization code grant',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'high',
    client: 'temporaryRemembered',
    when: [
      authorize(),
      authorize({ decision: 'stop' }),
      changeConsumer({ grantTypes: ['refresh_token'] }),
      authorize({ decision: 'stop' }),
    ],
    then: notGranted(),
  })

  contractTest('life-cycle.grant-removed-credentials', {
    title: 'A client gets no token with client credentials once it loses that grant',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    client: 'temporaryMachine',
    when: [clientCredentials(), changeConsumer({ grantTypes: ['authorization_code'] }), clientCredentials()],
    then: refused(notAllowed),
  })

  contractTest('life-cycle.scope-removed', {
    title: 'A client credentials request for a scope is rejected once the consumer loses the scope',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.2')],
    severity: 'high',
    client: 'temporaryMachine',
    control: clientCredentials({ params: { scope: scopes('debug') } }),
    when: [changeConsumer({ scopes: ['content'] }), clientCredentials({ params: { scope: scopes('debug') } })],
    then: refused('invalid_scope'),
  })

  contractTest('life-cycle.scope-removed-from-defaults', {
    title: 'A client credentials request without a scope gets the default scopes that the consumer has now',
    sources: [must('RFC6749', '3.3')],
    severity: 'high',
    client: 'temporaryMachine',
    when: [changeConsumer({ scopes: ['content'] }), clientCredentials()],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })

  contractTest('life-cycle.pkce-switched-on', {
    title: 'A client gets no code without a challenge once "Use PKCE?" is switched on',
    sources: [must('RFC7636', '4.4.1'), must('RFC9700', '2.1.1')],
    severity: 'critical',
    client: 'temporaryOptionalPkce',
    when: [changeConsumer({ pkce: true }), authorize({ verifier: null })],
    then: notGranted(),
  })
})

describe('Life cycle: a refresh gives what was granted', () => {
  contractTest('life-cycle.refresh-as-granted', {
    title: 'A refresh returns the scopes that were granted, not the default scopes of the consumer',
    sources: [must('RFC6749', '6'), must('RFC9700', '4.14.2')],
    severity: 'critical',
    client: 'temporaryDefaults',
    when: [codeGrant({ as: 'flow', authorize: { scope: scopes('content') } }), refresh('flow')],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })

  contractTest('life-cycle.refresh-as-granted-after-change', {
    title: 'A refresh returns the scopes that were granted, not new default scopes of the consumer',
    sources: [must('RFC6749', '6'), must('RFC9700', '4.14.2')],
    severity: 'critical',
    client: 'temporaryDefaults',
    variants: {
      other: { change: { scopes: ['debug'] } },
      more: { change: { scopes: ['debug', 'content', 'profiles'] } },
    },
    when: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('content') } }),
      changeConsumer(variant('change')),
      refresh('flow'),
    ],
    then: holds({ 'access_token.claims.scope': exactScopes('content') }, { ifPresent: 'access_token.claims.scope' }),
  })
})

// With the old secret, a refresh or redemption would not get as far as the token or code.
const changes = {
  saved: { client: 'temporary', change: 'save' },
  unpublished: { client: 'temporary', change: 'unpublish' },
  'redirect URI removed': { client: 'temporaryRemembered', change: { redirectUris: [second] } },
  'grant removed': { client: 'temporary', change: { grantTypes: ['refresh_token'] } },
  'scope removed': { client: 'temporaryDefaults', change: { scopes: ['content'] } },
  'PKCE switched on': { client: 'temporaryOptionalPkce', change: { pkce: true } },
} as const

describe('Life cycle: changes of a consumer that may or may not end access', () => {
  contractTest('life-cycle.consumer-changed-access-token', {
    title: 'A request with an access token causes no server error after a change of its consumer',
    sources: [should('RFC6750', '3.1')],
    severity: 'medium',
    client: variant('client'),
    variants: { ...changes, 'secret replaced': { client: 'temporaryConfidential', change: 'secret' } },
    when: [codeGrant({ as: 'flow' }), changeConsumer(variant('change')), resource(ref('flow.access_token'))],
    then: notBroken,
  })

  contractTest('life-cycle.consumer-changed-refresh-token', {
    title: 'A refresh causes no server error after a change of the consumer',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    client: variant('client'),
    variants: changes,
    when: [codeGrant({ as: 'flow' }), changeConsumer(variant('change')), refresh('flow')],
    then: notBroken,
  })

  contractTest('life-cycle.consumer-changed-code', {
    title: 'The redemption of a code causes no server error after a change of the consumer',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    client: variant('client'),
    variants: changes,
    when: [authorize({ as: 'flow' }), changeConsumer(variant('change')), exchange('flow')],
    then: notBroken,
  })

  contractTest('life-cycle.consumer-changed-approval', {
    title: 'An authorization request causes no server error after a change of a consumer that was approved',
    sources: [must('RFC6749', '4.1.2.1')],
    severity: 'medium',
    client: 'temporaryRemembered',
    variants: {
      saved: { change: 'save' },
      unpublished: { change: 'unpublish' },
      'grant removed': { change: { grantTypes: ['authorization_code'] } },
      'scope added': { change: { scopes: ['content'] } },
    },
    when: [authorize(), changeConsumer(variant('change')), authorize({ decision: 'stop' })],
    then: notBroken,
  })
})
