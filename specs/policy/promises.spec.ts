import {
  absent,
  authorize,
  between,
  codeGrant,
  codeIssued,
  contractTest,
  describe,
  equals,
  exchange,
  granted,
  holds,
  jwks,
  must,
  notGranted,
  obtain,
  ofSchema,
  oneOf,
  ref,
  refused,
  resource,
  scopeNames,
  variant,
  waitSeconds,
} from '../../helpers/contract/index.ts'

/** The owner's own promise: it binds whatever the profile. */
const promise = must('x-site-file', 'policy')
const given = { client: variant('client'), user: variant('user') } as const

describe('what the owner of a site promises of a consumer', () => {
  contractTest('policy.pkce-required', {
    title: 'the consumer gets no code without a challenge, as promised',
    guarantee: 'pkce',
    sources: [promise, must('RFC7636', '4.4.1')],
    severity: 'critical',
    requires: ['authorization_code'],
    given,
    control: [authorize()],
    when: [authorize({ verifier: null })],
    then: notGranted(),
  })

  contractTest('policy.challenge-method-offered', {
    title: 'the consumer may use the challenge methods that are promised',
    guarantee: 'challenge method offered',
    sources: [promise, must('RFC7636', '4.2')],
    severity: 'medium',
    why: 'Clients that rely on the method stop working.',
    requires: ['authorization_code'],
    given,
    when: [
      authorize({
        as: 'flow',
        params: { code_challenge: variant('challenge'), code_challenge_method: variant('method') },
        expect: codeIssued(),
      }),
      exchange('flow'),
    ],
    then: granted(),
  })

  contractTest('policy.challenge-method-refused', {
    title: 'the consumer may use no other challenge method than those promised',
    guarantee: 'challenge method refused',
    sources: [promise, must('RFC7636', '4.4.1')],
    severity: 'high',
    requires: ['authorization_code'],
    given,
    control: [
      authorize({ params: { code_challenge: variant('goodChallenge'), code_challenge_method: variant('goodMethod') } }),
    ],
    when: [authorize({ params: { code_challenge: variant('challenge'), code_challenge_method: variant('method') } })],
    then: notGranted(),
  })

  contractTest('policy.access-token-lifetime', {
    title: 'an access token of the consumer is good for no longer than promised',
    guarantee: 'accessTokenLifetime',
    sources: [promise, must('RFC6749', '5.1')],
    severity: 'high',
    requires: ['resource.debug'],
    given,
    when: [obtain({ as: 'flow' })],
    then: holds({
      'access_token.lifetime': between(0, variant('most')),
      'json.expires_in': between(0, variant('most')),
    }),
    slow: {
      when: [
        resource(ref('flow.access_token')),
        waitSeconds(variant('most'), 'flow'),
        resource(ref('flow.access_token')),
      ],
      then: holds({ status: oneOf(401, 403) }),
    },
  })

  contractTest('policy.code-lifetime', {
    title: 'a code of the consumer is good for no longer than promised',
    guarantee: 'codeLifetime',
    sources: [promise, must('RFC6749', '4.1.2')],
    severity: 'high',
    requires: ['authorization_code'],
    given,
    control: [codeGrant()],
    when: [authorize({ as: 'flow' })],
    then: codeIssued(),
    slow: {
      when: [waitSeconds(variant('most'), 'flow'), exchange('flow')],
      then: refused(['invalid_grant', 'invalid_request']),
    },
  })

  contractTest('policy.grant-offered', {
    title: 'the consumer gets tokens by the grants that are promised',
    guarantee: 'grant offered',
    sources: [promise],
    severity: 'medium',
    why: 'Clients that rely on the grant stop working.',
    requires: ['jwks'],
    given,
    when: [obtain({ grant: variant('grant') })],
    then: granted(),
  })

  contractTest('policy.grant-refused', {
    title: 'the consumer gets nothing by any other grant than those promised',
    guarantee: 'grant refused',
    sources: [promise, must('RFC6749', '5.2')],
    severity: 'critical',
    requires: ['jwks'],
    given,
    control: [obtain()],
    when: [obtain({ grant: variant('grant') })],
    then: notGranted(),
  })

  contractTest('policy.no-refresh-token', {
    title: 'the consumer gets no refresh token, as promised',
    guarantee: 'no refresh token',
    sources: [promise],
    severity: 'high',
    requires: ['jwks'],
    given,
    when: [obtain()],
    then: [granted(), holds({ 'json.refresh_token': absent() })],
  })

  contractTest('policy.scopes-given', {
    title: 'the consumer gets exactly the scopes that are promised when it asks for them',
    guarantee: 'scopes given',
    sources: [promise, must('RFC6749', '3.3')],
    severity: 'medium',
    why: 'Clients that rely on a scope stop working.',
    requires: ['jwks'],
    given,
    when: [obtain({ scope: variant('scopes') })],
    then: [granted(), holds({ 'access_token.claims.scope': scopeNames(variant('scopes')) })],
  })

  contractTest('policy.scope-refused', {
    title: 'the consumer gets no scope of the site beyond those promised',
    guarantee: 'scope refused',
    sources: [promise, must('RFC6749', '3.3')],
    severity: 'critical',
    requires: ['jwks'],
    given,
    control: [obtain()],
    when: [obtain({ scope: variant('scope') })],
    then: notGranted(),
  })

  contractTest('policy.issuer', {
    title: 'access tokens of the consumer name the issuer that is promised',
    guarantee: 'issuer',
    sources: [promise, must('RFC7519', '4.1.1')],
    severity: 'medium',
    requires: ['jwks'],
    given,
    when: [obtain()],
    then: holds({ 'access_token.claims.iss': equals(variant('issuer')) }),
  })

  contractTest('policy.key-size', {
    title: 'the keys of the site are as large as promised',
    guarantee: 'keySize',
    sources: [promise, must('RFC7518', '3.3')],
    severity: 'high',
    requires: ['jwks'],
    given,
    when: [jwks()],
    then: holds({ 'keys.bits': between(variant('least'), 65_536) }),
  })

  contractTest('policy.claims-exactly', {
    title: 'access tokens of the consumer hold exactly the claims that are promised',
    guarantee: 'claims exactly',
    sources: [promise],
    severity: 'medium',
    requires: ['jwks'],
    given,
    when: [obtain()],
    then: holds({ 'access_token.claims': ofSchema(variant('schema')) }),
  })

  contractTest('policy.claims-never', {
    title: 'access tokens of the consumer hold none of the claims that must never be in them',
    guarantee: 'claims never',
    sources: [promise],
    severity: 'high',
    requires: ['jwks'],
    given,
    when: [obtain()],
    then: holds({ 'access_token.claims': ofSchema(variant('schema')) }),
  })
})
