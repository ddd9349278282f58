import {
  anotherVerifier,
  authorize,
  clientCredentials,
  codeGrant,
  contractTest,
  describe,
  exactScopes,
  exchange,
  granted,
  holds,
  jwks,
  must,
  notOpened,
  obtain,
  opened,
  ref,
  refresh,
  refused,
  resource,
  sameAs,
  scopes,
  should,
  signedBy,
  variant,
  wait,
} from 'simple-oauth-contract'

/** What the owner of a site expects of an upgrade; no standard covers upgrades. */
const survives = must('x-upgrade', 'survival')

describe('Upgrade: tokens and codes', () => {
  contractTest('upgrade.access-token', {
    title: 'An access token from before the upgrade is still accepted',
    sources: [survives, should('RFC6749', '5.1')],
    severity: 'high',
    client: variant('client'),
    variants: {
      'of a user': { client: 'publicPkce', grant: 'authorization_code' },
      'of a machine': { client: 'machine', grant: 'client_credentials' },
    },
    before: [obtain({ as: 'kept', grant: variant('grant') }), resource(ref('kept.access_token'))],
    when: resource(ref('kept.access_token')),
    then: opened(),
  })

  contractTest('upgrade.refresh-token', {
    title: 'Refresh tokens of three generations from before the upgrade are still accepted',
    sources: [survives, must('RFC6749', '6')],
    severity: 'high',
    before: [
      codeGrant({ as: 'first' }),
      codeGrant({ as: 'parent' }),
      refresh('parent', { as: 'second' }),
      codeGrant({ as: 'grandparent' }),
      refresh('grandparent', { as: 'intermediate' }),
      refresh('intermediate', { as: 'third' }),
    ],
    when: [
      refresh('first', { as: 'of the first generation', expect: granted() }),
      refresh('second', { as: 'of the second generation', expect: granted() }),
      refresh('third'),
    ],
    then: granted(),
  })

  contractTest('upgrade.refresh-scope', {
    title: 'A refresh token from before the upgrade still gives exactly the scopes that the user granted',
    sources: [survives, must('RFC6749', '6')],
    severity: 'high',
    before: codeGrant({ as: 'kept', authorize: { scope: scopes('content') } }),
    when: refresh('kept'),
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })

  contractTest('upgrade.refresh-token-used', {
    title: 'A refresh token that was rotated before the upgrade is still rejected',
    sources: [must('RFC9700', '4.14.2'), must('RFC6749', '5.2')],
    severity: 'critical',
    before: [codeGrant({ as: 'first' }), refresh('first', { as: 'second' })],
    when: refresh('first'),
    then: refused('invalid_grant'),
  })

  contractTest('upgrade.access-token-revoked', {
    title: 'An access token that was revoked before the upgrade is still rejected',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'critical',
    // The rotation of a refresh token revokes the access token that was issued with it.
    before: [codeGrant({ as: 'kept' }), refresh('kept'), resource(ref('kept.access_token'), { expect: notOpened() })],
    when: resource(ref('kept.access_token')),
    then: notOpened(),
  })

  contractTest('upgrade.access-token-expired', {
    title: 'An access token that had expired before the upgrade is still rejected',
    sources: [must('RFC6749', '7'), must('RFC7519', '4.1.4')],
    severity: 'critical',
    client: 'shortLived',
    before: [codeGrant({ as: 'kept' }), resource(ref('kept.access_token')), wait('access-token-expiry', 'kept')],
    when: resource(ref('kept.access_token')),
    then: notOpened(),
  })

  contractTest('upgrade.refresh-token-expired', {
    title: 'A refresh token that had expired before the upgrade is still rejected',
    sources: [must('RFC6749', '5.2')],
    severity: 'critical',
    client: 'shortLived',
    before: [codeGrant({ as: 'kept' }), wait('refresh-token-expiry', 'kept')],
    when: refresh('kept'),
    then: refused('invalid_grant'),
  })

  contractTest('upgrade.code', {
    title: 'A code from before the upgrade can be redeemed after it',
    sources: [survives, must('RFC6749', '4.1.3')],
    severity: 'medium',
    before: authorize({ as: 'kept' }),
    when: exchange('kept'),
    then: granted(),
  })

  contractTest('upgrade.code-verifier', {
    title: 'A code from before the upgrade is rejected with a `code_verifier` that does not match its challenge',
    sources: [must('RFC7636', '4.6'), must('RFC9700', '2.1.1')],
    severity: 'critical',
    before: authorize({ as: 'kept' }),
    when: exchange('kept', { params: { code_verifier: anotherVerifier() } }),
    then: refused('invalid_grant'),
  })

  contractTest('upgrade.code-used', {
    title: 'A code that was redeemed before the upgrade is still rejected',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '10.5')],
    severity: 'critical',
    before: codeGrant({ as: 'kept' }),
    when: exchange('kept'),
    then: refused('invalid_grant'),
  })

  contractTest('upgrade.code-expired', {
    title: 'A code that had expired before the upgrade is still rejected',
    sources: [must('RFC6749', '4.1.2')],
    severity: 'critical',
    client: 'shortLived',
    before: [authorize({ as: 'kept' }), wait('code-expiry', 'kept')],
    when: exchange('kept'),
    then: refused('invalid_grant'),
  })

  contractTest('upgrade.keys', {
    title: 'The upgrade keeps the keys that the key set publishes, by their thumbprints',
    sources: [survives, should('RFC7517', '4.5')],
    severity: 'high',
    before: jwks({ as: 'keys' }),
    when: jwks(),
    then: holds({ 'keys.thumbprints': sameAs('keys.keys.thumbprints') }),
  })

  contractTest('upgrade.signature', {
    title: 'Access tokens issued after the upgrade are signed with a key that was published before it',
    sources: [survives, must('RFC7515', '5.2')],
    severity: 'high',
    before: jwks({ as: 'keys' }),
    when: clientCredentials(),
    then: signedBy('keys'),
  })

  contractTest('upgrade.issuer', {
    title: 'The upgrade keeps `iss` of access tokens',
    sources: [survives, must('RFC7519', '4.1.1')],
    severity: 'high',
    before: clientCredentials({ as: 'kept' }),
    when: clientCredentials(),
    then: holds({ 'access_token.claims.iss': sameAs('kept.access_token.claims.iss') }),
  })

  contractTest('upgrade.subject', {
    title: 'The upgrade keeps the `sub` by which clients know a user',
    sources: [survives, must('RFC7519', '4.1.2')],
    severity: 'critical',
    before: codeGrant({ as: 'kept' }),
    when: codeGrant(),
    then: holds({ 'access_token.claims.sub': sameAs('kept.access_token.claims.sub') }),
  })
})
