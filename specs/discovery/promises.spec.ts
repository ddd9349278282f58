import { contractTest, describe, equals, holds, may, metadata, must, variant } from 'simple-oauth-contract'

const documents = {
  'authorization server': '/.well-known/oauth-authorization-server',
  'OpenID Connect': '/.well-known/openid-configuration',
} as const

describe('Discovery: what published metadata promises', () => {
  contractTest('discovery.own-origin', {
    title: 'Every address in the metadata is one of the site itself',
    // No standard forbids endpoints on several hosts, but a Drupal site has none elsewhere.
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
