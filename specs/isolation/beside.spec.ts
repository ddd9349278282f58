import {
  between,
  clientCredentials,
  codeGrant,
  contractTest,
  describe,
  holds,
  must,
  notOpened,
  opened,
  ref,
  resource,
  scopes,
  should,
  tampered,
  variant,
  wait,
} from 'simple-oauth-contract'

const own = { ownAddress: true } as const
const page = { at: 'rolePage', ownAddress: true } as const
const pageServed = holds({ status: between(200, 299) })
// A control would fill the caches whose order each contract makes itself.
const none = [] as const

describe('Isolation: requests with and without a token', () => {
  contractTest('isolation.cached-with-token', {
    title: 'The answer to a request with a token is not reused for one without',
    sources: [must('RFC9111', '3.5'), must('RFC6749', '7')],
    severity: 'critical',
    client: 'machine',
    control: none,
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(ref('flow.access_token'), own),
      resource(ref('flow.access_token'), own),
      resource(null, own),
    ],
    then: notOpened(),
  })

  contractTest('isolation.cached-without-token', {
    title: 'The answer to a request without a token is not reused for one with a token',
    sources: [should('RFC6749', '5.1'), must('RFC6749', '7')],
    severity: 'medium',
    client: 'machine',
    control: none,
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('debug') } }),
      resource(null, { ...own, as: 'first', expect: notOpened() }),
      resource(null, { ...own, as: 'second', expect: notOpened() }),
      resource(ref('flow.access_token'), own),
    ],
    then: opened(),
  })

  contractTest('isolation.cached-page', {
    title: 'A page that a token opened is not reused for a request without one, nor the other way round',
    sources: [must('RFC9111', '3.5'), must('RFC6749', '7')],
    severity: 'critical',
    client: 'publicPkce',
    user: 'otherEditor',
    control: none,
    when: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('content', 'groupA', 'groupB', 'groupC', 'groupD') } }),
      resource(null, { ...page, as: 'closed', expect: notOpened() }),
      resource(ref('flow.access_token'), { ...page, as: 'served', expect: pageServed }),
      resource(null, page),
    ],
    then: notOpened(),
  })
})

describe('Isolation: a token beside the cookie of a browser session', () => {
  contractTest('isolation.cookie-beside-valid-token', {
    title: 'A token without the scope opens nothing, even beside the cookie of a user who may open it',
    sources: [should('RFC6750', '3.1')],
    severity: 'high',
    client: 'publicPkce',
    user: 'author',
    when: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('content') } }),
      resource(ref('flow.access_token'), { cookieOf: 'member' }),
    ],
    control: [codeGrant({ as: 'flow', user: 'editor' }), resource(ref('flow.access_token'))],
    then: notOpened(),
  })

  contractTest('isolation.cookie-beside-forged-token', {
    title: 'A forged token is rejected, even beside the cookie of a user who may open the resource',
    sources: [should('RFC6750', '3.1')],
    severity: 'medium',
    client: 'publicPkce',
    variants: {
      'signature changed': tampered('flow.access_token', 'signature'),
      'not a token': 'not-a-token',
    },
    when: [codeGrant({ as: 'flow' }), resource(ref('flow.access_token')), resource(variant(), { cookieOf: 'member' })],
    then: notOpened(),
  })

  contractTest('isolation.cookie-beside-expired-token', {
    title: 'An expired token is rejected, even beside the cookie of a user who may open the resource',
    sources: [should('RFC6750', '3.1')],
    severity: 'medium',
    client: 'shortLived',
    when: [
      codeGrant({ as: 'flow' }),
      resource(ref('flow.access_token')),
      wait('access-token-expiry', 'flow'),
      resource(ref('flow.access_token'), { cookieOf: 'member' }),
    ],
    then: notOpened(),
  })
})
