import {
  between,
  codeGrant,
  contractTest,
  describe,
  holds,
  must,
  notOpened,
  ref,
  resource,
  scopes,
  should,
  tampered,
  variant,
  wait,
} from 'simple-oauth-contract'

const page = { at: 'rolePage', ownAddress: true } as const
// Unlike the resource, Drupal opens the page for cookies, too.
const withCookie = { at: 'rolePage', cookieOf: 'otherEditor' } as const
const pageServed = holds({ status: between(200, 299) })
// A control would fill caches, and each contract depends on the order in which they are filled.
const none = [] as const

describe('Isolation: requests with and without a token', () => {
  contractTest('isolation.cached-with-token', {
    title: 'The answer to a request with a token is not reused for one without',
    sources: [must('RFC9111', '3.5'), must('RFC6749', '7')],
    severity: 'critical',
    user: 'otherEditor',
    control: none,
    when: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('content', 'groupA', 'groupB', 'groupC', 'groupD') } }),
      resource(ref('flow.access_token'), { ...page, as: 'served', expect: pageServed }),
      resource(null, page),
    ],
    then: notOpened(),
  })

  contractTest('isolation.cached-without-token', {
    title: 'The answer to a request without a token is not reused for one with a token',
    sources: [should('RFC6749', '5.1'), must('RFC6749', '7')],
    severity: 'medium',
    user: 'otherEditor',
    when: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('content', 'groupA', 'groupB', 'groupD', 'groupE') } }),
      resource(null, { ...page, as: 'closed', expect: notOpened() }),
      resource(ref('flow.access_token'), page),
    ],
    then: pageServed,
  })
})

describe('Isolation: a token together with the cookie of a browser session', () => {
  contractTest('isolation.cookie-with-valid-token', {
    title: 'A token without the scope opens nothing, even with the cookie of a user who may open it',
    sources: [should('RFC6750', '3.1')],
    severity: 'high',
    user: 'author',
    when: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('content') } }),
      resource(ref('flow.access_token'), withCookie),
    ],
    control: [codeGrant({ as: 'flow', user: 'editor' }), resource(ref('flow.access_token'))],
    then: notOpened(),
  })

  contractTest('isolation.cookie-with-forged-token', {
    title: 'A forged token is rejected, even with the cookie of a user who may open the resource',
    sources: [should('RFC6750', '3.1')],
    severity: 'medium',
    variants: {
      'signature changed': tampered('flow.access_token', 'signature'),
      'not a token': 'not-a-token',
    },
    control: [codeGrant({ as: 'flow' }), resource(ref('flow.access_token'))],
    when: [codeGrant({ as: 'flow' }), resource(ref('flow.access_token')), resource(variant(), withCookie)],
    then: notOpened(),
  })

  contractTest('isolation.cookie-with-expired-token', {
    title: 'An expired token is rejected, even with the cookie of a user who may open the resource',
    sources: [should('RFC6750', '3.1')],
    severity: 'medium',
    client: 'shortLived',
    control: [codeGrant({ as: 'flow' }), resource(ref('flow.access_token'))],
    when: [
      codeGrant({ as: 'flow' }),
      resource(ref('flow.access_token')),
      wait('access-token-expiry', 'flow'),
      // It runs among others: its address keeps the answer from them, should a server cache it.
      resource(ref('flow.access_token'), { ...withCookie, ownAddress: true }),
    ],
    then: notOpened(),
  })
})
