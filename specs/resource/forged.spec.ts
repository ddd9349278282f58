import {
  clientCredentials,
  codeGrant,
  contractTest,
  denied,
  describe,
  joined,
  jwks,
  must,
  ref,
  resource,
  scopes,
  should,
  signedWith,
  site,
  tampered,
  variant,
} from 'simple-oauth-contract'

/** A token with the scope that the resource requires. */
const opening = clientCredentials({ as: 'flow', params: { scope: scopes('debug') } })
const token = ref('flow.access_token')

describe('Protected resource: forged and malformed tokens', () => {
  contractTest('bearer.forged', {
    title: 'An access token that the server did not sign is rejected',
    sources: [must('RFC7515', '5.2'), must('RFC8725', '3.1'), must('RFC8725', '3.2'), should('RFC6750', '3.1')],
    severity: 'critical',
    variants: {
      'expiry changed': tampered('flow.access_token', 'expiry'),
      'scope changed': tampered('flow.access_token', 'scope'),
      'subject changed': tampered('flow.access_token', 'subject'),
      'header changed': tampered('flow.access_token', 'header'),
      'signature changed': tampered('flow.access_token', 'signature'),
      'signature left out': tampered('flow.access_token', 'unsigned'),
      'algorithm none': signedWith('none', { of: 'flow.access_token' }),
      'algorithm None': signedWith('none', { of: 'flow.access_token', header: { alg: 'None' } }),
      'algorithm NONE': signedWith('none', { of: 'flow.access_token', header: { alg: 'NONE' } }),
      'algorithm nOnE': signedWith('none', { of: 'flow.access_token', header: { alg: 'nOnE' } }),
      'key set URL in the token': signedWith('key-at-jku', { of: 'flow.access_token' }),
      'certificate URL in the token': signedWith('key-at-x5u', { of: 'flow.access_token' }),
      'file path as key ID': signedWith('empty-secret', {
        of: 'flow.access_token',
        header: { kid: '../../../../../../../../dev/null' },
      }),
      'key in the token': signedWith('embedded-key', { of: 'flow.access_token' }),
      'another key': signedWith('other-key', { of: 'flow.access_token' }),
      'empty HMAC secret': signedWith('empty-secret', { of: 'flow.access_token' }),
      'public key as HMAC secret': signedWith('public-key-as-secret', { of: 'flow.access_token', keys: 'keys' }),
    },
    when: [codeGrant({ as: 'flow' }), jwks({ as: 'keys' }), resource(variant())],
    then: denied('invalid_token'),
  })

  contractTest('bearer.key-retired', {
    title: 'An access token signed with a replaced key is rejected',
    sources: [must('RFC8725', '3.1'), must('RFC7515', '5.2')],
    severity: 'high',
    when: [codeGrant({ as: 'flow' }), resource(token), site('keys.replace'), resource(token)],
    then: denied('invalid_token'),
    afterwards: [site('keys.restore'), resource(token)],
  })

  contractTest('bearer.forged-with-valid', {
    title: 'A forged token in the header is rejected even with a valid token in the query',
    sources: [must('RFC7515', '5.2'), should('RFC6750', '3.1')],
    severity: 'critical',
    variants: { 'signature changed': tampered('flow.access_token', 'signature'), 'arbitrary string': 'abc' },
    when: [opening, resource(variant(), { inQuery: token })],
    // A server that reads no token from the query sees a single one, which is invalid.
    then: denied(['invalid_request', 'invalid_token']),
  })

  contractTest('bearer.malformed', {
    title: 'Malformed tokens are rejected without a server error (5xx)',
    sources: [must('RFC6750', '3'), should('RFC6750', '3.1')],
    severity: 'high',
    variants: {
      empty: '',
      'one word': 'abc',
      'three words joined by dots': 'abc.def.ghi',
      'empty parts': '..',
      'one extra part': joined(token, '.abc'),
      'cut in half': tampered('flow.access_token', 'cut'),
    },
    when: [opening, resource(variant())],
    then: denied('invalid_token'),
  })

  contractTest('bearer.other-tokens', {
    title: 'Authorization codes and refresh tokens are rejected as access tokens',
    sources: [must('RFC6749', '1.5'), must('RFC6750', '3'), should('RFC6750', '3.1')],
    severity: 'high',
    variants: { 'refresh token': ref('flow.refresh_token'), code: ref('flow.code') },
    when: [codeGrant({ as: 'flow' }), resource(variant())],
    then: denied('invalid_token'),
  })
})
