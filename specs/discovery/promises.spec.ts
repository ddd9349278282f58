import { contractTest, describe, equals, holds, may, metadata, must, oneOf, variant } from 'simple-oauth-contract'

const documents = {
  'authorization server': '/.well-known/oauth-authorization-server',
  'OpenID Connect': '/.well-known/openid-configuration',
} as const

describe('Discovery: what published metadata promises', () => {
  contractTest('discovery.issuer-identical', {
    title: '`issuer` is the URL that the metadata was requested at',
    sources: [must('RFC8414', '3.3'), must('OIDC-DISCOVERY', '4.3')],
    severity: 'medium',
    variants: documents,
    when: metadata(variant()),
    // A slash at its end is taken off before the well-known path is added, and https is what §2 wants, also of a site that is tested over http.
    then: holds(
      { 'json.issuer': oneOf('{baseUrl}', '{baseUrl}/', '{httpsBaseUrl}', '{httpsBaseUrl}/') },
      { ifPresent: true },
    ),
  })

  contractTest('discovery.own-origin', {
    title: 'Every address in the metadata is one of the site itself',
    // No standard forbids a server to have its endpoints on several hosts; a Drupal site has none elsewhere.
    sources: [may('RFC8414', '2')],
    severity: 'high',
    variants: documents,
    when: metadata(variant()),
    then: holds({ 'metadata.elsewhere': equals([]) }, { ifPresent: true }),
  })

  contractTest('discovery.addresses-answer', {
    title: 'Every address of the site that the metadata names is found',
    sources: [must('RFC8414', '2')],
    severity: 'medium',
    variants: documents,
    when: metadata(variant()),
    then: holds({ 'metadata.missing': equals([]) }, { ifPresent: true }),
  })

  contractTest('discovery.response-types', {
    title: 'Every response type in the metadata can be used',
    sources: [must('RFC8414', '2')],
    severity: 'medium',
    variants: documents,
    when: metadata(variant(), { try: 'response_types_supported' }),
    then: holds({ 'metadata.broken': equals([]) }, { ifPresent: true }),
  })

  contractTest('discovery.challenge-methods', {
    title: 'Every PKCE method in the metadata can be used',
    sources: [must('RFC8414', '2')],
    severity: 'medium',
    variants: documents,
    when: metadata(variant(), { try: 'code_challenge_methods_supported' }),
    then: holds({ 'metadata.broken': equals([]) }, { ifPresent: true }),
  })
})
