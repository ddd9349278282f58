import {
  absent,
  between,
  codeGrant,
  contractTest,
  describe,
  equals,
  holds,
  introspect,
  isA,
  must,
  ofSchema,
  ref,
  refresh,
  revoke,
  sameAs,
  should,
  tampered,
  variant,
  wait,
} from 'simple-oauth-contract'

/** Servers that accept no client authentication here accept an access token of the same user. */
const caller = ref('caller.access_token')
const inactive = holds({ 'json.active': equals(false) })

describe('Introspection endpoint', () => {
  contractTest('introspection.active', {
    title: 'A valid access token is active, and the response agrees with its claims',
    sources: [must('RFC7662', '2.2')],
    severity: 'high',
    client: 'confidential',
    when: [codeGrant({ as: 'caller' }), codeGrant({ as: 'first' }), introspect(ref('first.access_token'), { caller })],
    then: [
      holds({ 'json.active': equals(true) }),
      holds({ 'json.exp': isA('integer') }, { ifPresent: true }),
      holds({ 'json.scope': isA('string') }, { ifPresent: true }),
      holds({ 'json.jti': sameAs('first.access_token.claims.jti') }, { ifPresent: true }),
    ],
  })

  contractTest('introspection.authorization', {
    title: 'A caller who is not authorized to introspect tokens learns nothing about them',
    sources: [must('RFC7662', '2.1'), must('RFC7662', '2.3')],
    severity: 'high',
    client: 'confidential',
    variants: { 'no credentials': 'none', 'wrong credentials': 'wrong' },
    when: [
      codeGrant({ as: 'caller' }),
      codeGrant({ as: 'first' }),
      introspect(ref('first.access_token'), { caller, credentials: variant() }),
    ],
    then: holds({ status: between(400, 499), 'json.active': absent() }),
  })

  contractTest('introspection.unknown', {
    title: 'A string that is not a token of this server is not active',
    sources: [must('RFC7662', '2.2'), must('RFC7662', '4')],
    severity: 'high',
    client: 'confidential',
    control: [
      codeGrant({ as: 'caller' }),
      codeGrant({ as: 'first' }),
      introspect(ref('first.access_token'), { caller }),
    ],
    variants: {
      'arbitrary string': 'contract-no-such-token',
      'payload changed': tampered('first.access_token', 'subject'),
      'signature changed': tampered('first.access_token', 'signature'),
    },
    when: [codeGrant({ as: 'caller' }), codeGrant({ as: 'first' }), introspect(variant(), { caller })],
    then: inactive,
  })

  contractTest('introspection.inactive-silent', {
    title: 'The response for an inactive token contains nothing but `active`',
    sources: [should('RFC7662', '2.2')],
    severity: 'low',
    client: 'confidential',
    variants: { 'unknown token': 'contract-no-such-token', rotated: ref('first.refresh_token') },
    when: [
      codeGrant({ as: 'caller' }),
      codeGrant({ as: 'first' }),
      refresh('first'),
      introspect(variant(), { caller }),
    ],
    then: holds({
      json: ofSchema({
        title: 'active and nothing else',
        type: 'object',
        required: ['active'],
        properties: { active: true },
        additionalProperties: false,
      }),
    }),
  })

  contractTest('introspection.rotated', {
    title: 'A refresh token that was rotated is not active',
    sources: [must('RFC7662', '2.2'), must('RFC7662', '4')],
    severity: 'medium',
    client: 'confidential',
    control: [
      codeGrant({ as: 'caller' }),
      codeGrant({ as: 'first' }),
      introspect(ref('first.access_token'), { caller }),
    ],
    when: [
      codeGrant({ as: 'caller' }),
      codeGrant({ as: 'first' }),
      refresh('first'),
      introspect(ref('first.refresh_token'), { caller }),
    ],
    then: inactive,
  })

  contractTest('introspection.revoked', {
    title: 'An access token that was revoked is not active',
    sources: [must('RFC7662', '2.2'), must('RFC7662', '4')],
    severity: 'high',
    client: 'confidential',
    requires: ['revocation.access-token'],
    control: [
      codeGrant({ as: 'caller' }),
      codeGrant({ as: 'first' }),
      introspect(ref('first.access_token'), { caller }),
    ],
    when: [
      codeGrant({ as: 'caller' }),
      codeGrant({ as: 'first' }),
      revoke(ref('first.access_token')),
      introspect(ref('first.access_token'), { caller }),
    ],
    then: inactive,
  })

  contractTest('introspection.expired', {
    title: 'An access token that has expired is not active',
    sources: [must('RFC7662', '2.2'), must('RFC7662', '4')],
    severity: 'high',
    client: 'shortLived',
    control: [
      codeGrant({ as: 'first' }),
      codeGrant({ as: 'caller', client: 'confidential' }),
      introspect(ref('first.access_token'), { client: 'confidential', caller }),
    ],
    when: [
      codeGrant({ as: 'first' }),
      wait('access-token-expiry', 'first'),
      codeGrant({ as: 'caller', client: 'confidential' }),
      introspect(ref('first.access_token'), { client: 'confidential', caller }),
    ],
    then: inactive,
  })
})
