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
} from '../../helpers/contract/index.ts'

describe('protected resource: tokens that the server did not issue', () => {
  contractTest('bearer.forged', {
    title: 'a token that the server did not sign opens nothing',
    sources: [must('RFC7515', '5.2'), must('RFC8725', '3.1'), must('RFC8725', '3.2'), should('RFC6750', '3.1')],
    severity: 'critical',
    requires: ['authorization_code', 'resource.debug', 'jwks'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'flow' }), resource(ref('flow.access_token'))],
    variants: {
      'payload changed': { token: tampered('flow.access_token', 'payload') },
      'header changed': { token: tampered('flow.access_token', 'header') },
      'signature changed': { token: tampered('flow.access_token', 'signature') },
      'signature left out': { token: tampered('flow.access_token', 'unsigned') },
      'algorithm none': { token: signedWith('none', { of: 'flow.access_token' }) },
      'algorithm None': { token: signedWith('none', { of: 'flow.access_token', header: { alg: 'None' } }) },
      'algorithm NONE': { token: signedWith('none', { of: 'flow.access_token', header: { alg: 'NONE' } }) },
      'algorithm nOnE': { token: signedWith('none', { of: 'flow.access_token', header: { alg: 'nOnE' } }) },
      'key at an address in the token': {
        token: signedWith('other-key', {
          of: 'flow.access_token',
          header: { jku: 'https://attacker.example/keys', x5u: 'https://attacker.example/key.pem' },
        }),
      },
      'key by a path in the token': {
        token: signedWith('other-key', { of: 'flow.access_token', header: { kid: '../../../../dev/null' } }),
      },
      'key in the token': { token: signedWith('embedded-key', { of: 'flow.access_token' }) },
      'another key': { token: signedWith('other-key', { of: 'flow.access_token' }) },
      'public key as HMAC secret': {
        token: signedWith('public-key-as-secret', { of: 'flow.access_token', keys: 'keys' }),
      },
    },
    when: [codeGrant({ as: 'flow' }), jwks({ as: 'keys' }), resource(variant('token'))],
    then: denied('invalid_token'),
  })

  contractTest('bearer.key-retired', {
    title: 'a token signed with a key that was taken out of use opens nothing',
    sources: [must('RFC8725', '3.1'), must('RFC7515', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'resource.debug', 'site.control'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [
      codeGrant({ as: 'flow' }),
      resource(ref('flow.access_token')),
      site('keys.rotate'),
      resource(ref('flow.access_token')),
    ],
    afterwards: [site('keys.restore'), resource(ref('flow.access_token'))],
    then: denied('invalid_token'),
  })

  contractTest('bearer.forged-beside-good', {
    title: 'a good token in the query does not make up for a forged one in the header',
    sources: [must('RFC7515', '5.2'), should('RFC6750', '3.1')],
    severity: 'critical',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machine' },
    control: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token')),
    ],
    variants: {
      'signature changed': { token: tampered('flow.access_token', 'signature') },
      'no token': { token: 'abc' },
    },
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(variant('token'), { inQuery: ref('flow.access_token') }),
    ],
    then: denied('invalid_request'),
  })

  contractTest('bearer.malformed', {
    title: 'what is no token opens nothing and breaks nothing',
    sources: [must('RFC6750', '3'), should('RFC6750', '3.1')],
    severity: 'high',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machine' },
    control: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token')),
    ],
    variants: {
      empty: { token: '' },
      'a word': { token: 'abc' },
      'three words with dots': { token: 'abc.def.ghi' },
      'empty parts': { token: '..' },
      'a part too many': { token: joined(ref('flow.access_token'), '.abc') },
      'cut in half': { token: tampered('flow.access_token', 'cut') },
    },
    when: [clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }), resource(variant('token'))],
    then: denied('invalid_token'),
  })

  contractTest('bearer.other-tokens', {
    title: 'a code and a refresh token open nothing',
    sources: [must('RFC6749', '1.5'), must('RFC6750', '3'), should('RFC6750', '3.1')],
    severity: 'high',
    requires: ['authorization_code', 'resource.debug'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'flow' }), resource(ref('flow.access_token'))],
    variants: { 'refresh token': { token: ref('flow.refresh_token') }, code: { token: ref('flow.code') } },
    when: [codeGrant({ as: 'flow' }), resource(variant('token'))],
    then: denied('invalid_token'),
  })
})
