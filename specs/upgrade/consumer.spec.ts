import {
  absent,
  authorize,
  clientCredentials,
  codeGrant,
  codeIssued,
  configuredLifetime,
  contractTest,
  describe,
  exactScopes,
  granted,
  holds,
  must,
  notGranted,
  refresh,
  refused,
  refusedWithPage,
  scopes,
  variant,
  wait,
} from 'simple-oauth-contract'

/** What the owner of a site expects of an upgrade; no standard covers upgrades. */
const survives = must('x-upgrade', 'survival')
const elsewhere = 'https://client.example.test/not-registered'

describe('Upgrade: the settings of a consumer', () => {
  contractTest('upgrade.secret', {
    title: 'A client authenticates with its secret from before the upgrade',
    sources: [survives, must('RFC6749', '2.3.1')],
    severity: 'high',
    before: clientCredentials(),
    when: clientCredentials(),
    then: granted(),
  })

  contractTest('upgrade.secret-required', {
    title: 'A confidential client without its secret, or with a wrong one, is still rejected',
    sources: [must('RFC6749', '3.2.1'), must('RFC6749', '5.2')],
    severity: 'critical',
    variants: { wrong: 'not-the-secret-of-this-client', 'left out': null },
    before: clientCredentials({ params: { client_secret: variant() }, expect: notGranted() }),
    when: clientCredentials({ params: { client_secret: variant() } }),
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('upgrade.redirect-uri', {
    title: 'Every registered redirect URI is still accepted',
    sources: [survives, must('RFC6749', '3.1.2.3')],
    severity: 'high',
    client: 'severalRedirects',
    variants: ['https://client.example.test/callback', 'https://client.example.test/second'],
    before: authorize({ params: { redirect_uri: variant() } }),
    when: authorize({ params: { redirect_uri: variant() } }),
    then: codeIssued(),
  })

  contractTest('upgrade.redirect-uri-unregistered', {
    title: 'A redirect URI that is not registered is still rejected',
    sources: [must('RFC6749', '3.1.2.3'), must('RFC9700', '4.1.3')],
    severity: 'critical',
    client: 'severalRedirects',
    before: authorize({ params: { redirect_uri: elsewhere }, expect: notGranted() }),
    when: authorize({ params: { redirect_uri: elsewhere } }),
    then: refusedWithPage(),
  })

  contractTest('upgrade.grants', {
    title: 'The upgrade enables no grant that the consumer did not have',
    sources: [must('RFC6749', '5.2')],
    severity: 'critical',
    client: 'confidential',
    requires: ['authorization_code'],
    control: clientCredentials({ client: 'machine', params: { scope: scopes('content') } }),
    before: clientCredentials({ params: { scope: scopes('content') }, expect: notGranted() }),
    when: clientCredentials({ params: { scope: scopes('content') } }),
    then: notGranted(),
  })

  contractTest('upgrade.no-refresh-token', {
    title: 'A consumer without the refresh token grant still gets no refresh token',
    sources: [survives, must('RFC6749', '5.2')],
    severity: 'high',
    client: 'withoutRefresh',
    before: codeGrant({ expect: holds({ 'json.refresh_token': absent() }) }),
    when: codeGrant(),
    then: [granted(), holds({ 'json.refresh_token': absent() })],
  })

  contractTest('upgrade.scope-defaults', {
    title: 'A client credentials request without a scope still gets exactly the default scopes of the consumer',
    sources: [survives, must('RFC6749', '3.3')],
    severity: 'high',
    before: clientCredentials({ expect: holds({ 'access_token.claims.scope': exactScopes('debug', 'content') }) }),
    when: clientCredentials(),
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('upgrade.scope-limit', {
    title: 'A client credentials request for a scope outside those of the consumer is still rejected',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.2')],
    severity: 'critical',
    control: clientCredentials({ params: { scope: scopes('content') } }),
    before: clientCredentials({ params: { scope: scopes('profiles') }, expect: notGranted() }),
    when: clientCredentials({ params: { scope: scopes('profiles') } }),
    then: refused('invalid_scope'),
  })

  contractTest('upgrade.pkce', {
    title: 'A consumer with "Use PKCE?" still gets no code without a `code_challenge`',
    sources: [must('RFC7636', '4.4.1'), must('RFC9700', '2.1.1')],
    severity: 'critical',
    before: authorize({ verifier: null, expect: notGranted() }),
    when: authorize({ verifier: null }),
    then: notGranted(),
  })

  contractTest('upgrade.lifetime', {
    title: 'Access tokens keep the lifetime that is configured for the consumer',
    sources: [survives, must('RFC7519', '4.1.4')],
    severity: 'high',
    client: variant(),
    variants: ['publicPkce', 'shortLived'],
    before: codeGrant({ expect: holds({ 'access_token.lifetime': configuredLifetime() }) }),
    when: codeGrant(),
    then: holds({ 'access_token.lifetime': configuredLifetime(), 'json.expires_in': configuredLifetime() }),
  })

  contractTest('upgrade.refresh-lifetime', {
    title: 'Refresh tokens keep the lifetime that is configured for the consumer',
    sources: [must('RFC6749', '5.2')],
    severity: 'high',
    client: 'shortLived',
    before: codeGrant(),
    when: [codeGrant({ as: 'now' }), wait('refresh-token-expiry', 'now'), refresh('now')],
    then: refused('invalid_grant'),
  })
})
