import {
  authorize,
  codeGrant,
  contractTest,
  denied,
  describe,
  equals,
  exchange,
  holds,
  matching,
  must,
  race,
  ref,
  refused,
  resource,
  should,
  tampered,
  variant,
  wait,
} from '../../helpers/contract/index.ts'

describe('token endpoint: the authorization code', () => {
  contractTest('code.replay', {
    title: 'a code that was used is refused',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '10.5')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    when: [codeGrant({ as: 'first' }), exchange('first')],
    then: refused('invalid_grant'),
  })

  contractTest('code.other-client', {
    title: 'a code is refused to every client but the one it was issued to',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'critical',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ client: 'otherPublicPkce' })],
    when: [authorize({ as: 'flow' }), exchange('flow', { client: 'otherPublicPkce' })],
    then: refused('invalid_grant'),
  })

  contractTest('code.replay-revokes', {
    title: 'the tokens of a code that is used again are revoked',
    sources: [should('RFC6749', '4.1.2')],
    severity: 'medium',
    requires: ['authorization_code', 'pkce.s256', 'resource.debug'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'first' }), resource(ref('first.access_token'))],
    when: [
      codeGrant({ as: 'first' }),
      exchange('first', { as: 'replay', expect: refused('invalid_grant') }),
      resource(ref('first.access_token')),
    ],
    then: denied('invalid_token'),
  })

  contractTest('code.redirect-uri-mismatch', {
    title: 'a code is refused with another redirect URI than that of its authorization request',
    sources: [must('RFC6749', '4.1.3'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    when: [codeGrant({ token: { redirect_uri: 'https://client.example.test/other' } })],
    then: refused('invalid_grant'),
  })

  contractTest('code.redirect-uri-missing', {
    title: 'a code is refused without the redirect URI that its authorization request named',
    sources: [must('RFC6749', '4.1.3')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    variants: { 'left out': { uri: null }, empty: { uri: '' } },
    when: [codeGrant({ token: { redirect_uri: variant('uri') } })],
    then: refused(['invalid_request', 'invalid_grant']),
  })

  contractTest('code.expired', {
    title: 'a code that has expired is refused',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'shortLived', user: 'editor' },
    control: [codeGrant()],
    when: [authorize({ as: 'flow' }), wait('code-expiry', 'flow'), exchange('flow')],
    then: refused('invalid_grant'),
  })

  contractTest('code.tampered', {
    title: 'a code that was changed is refused, without an error of the server',
    sources: [must('RFC6749', '10.10'), must('RFC6749', '5.2')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant()],
    variants: {
      'one character': { code: tampered('flow.code', 'middle') },
      'cut in half': { code: tampered('flow.code', 'cut') },
      garbage: { code: 'abc' },
      'a refresh token': { code: ref('other.refresh_token') },
    },
    when: [
      codeGrant({ as: 'other' }),
      authorize({ as: 'flow' }),
      exchange('flow', { params: { code: variant('code') } }),
    ],
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('code.unguessable', {
    title: 'a code is long enough to hold 128 bits',
    sources: [must('RFC6749', '10.10')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize()],
    then: holds({ 'callback.code': matching('^[\\x20-\\x7e]{22,}$', 'at least 22 characters') }),
  })

  contractTest('code.race', {
    title: 'of several exchanges of one code at the same time exactly one succeeds',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '10.5')],
    severity: 'high',
    requires: ['authorization_code', 'pkce.s256', 'site.stress'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [authorize({ as: 'flow' }), race(exchange('flow'), 4)],
    then: holds({ 'race.successes': equals(1), 'race.broken': equals(0) }),
  })
})
