import {
  between,
  clientCredentials,
  codeGrant,
  contractTest,
  describe,
  holds,
  jsonapi,
  must,
  notOpened,
  opened,
  ref,
  resource,
  scopes,
  should,
} from 'simple-oauth-contract'

// No control: in each contract, the token that opens the resource serves as one. Another flow would fill caches, and the contracts depend
// on the order in which they are filled. No other check uses the groups in the scopes.
const none = [] as const
const sources = [must('RFC6749', '7'), should('RFC9700', '2.3')] as const
const byFirst = { scope: scopes('debug', 'groupA') }
const byLast = { scope: scopes('debug', 'groupB') }
const byMachine = { scope: scopes('debug', 'groupC') }
const beforeMachine = { scope: scopes('debug', 'groupD') }

describe('Isolation: permissions do not depend on whose token was used before', () => {
  contractTest('isolation.permitted-user-first', {
    title: 'After the token of a permitted user was used, a user without the permission is still denied',
    sources,
    severity: 'critical',
    user: 'author',
    control: none,
    when: [
      codeGrant({ as: 'permitted', user: 'otherEditor', authorize: byFirst }),
      resource(ref('permitted.access_token')),
      codeGrant({ as: 'other', authorize: byFirst }),
      resource(ref('other.access_token')),
    ],
    then: notOpened(),
  })

  contractTest('isolation.permitted-user-last', {
    title: 'After the token of a user without the permission was used, a permitted user is not denied',
    sources,
    severity: 'critical',
    user: 'author',
    control: none,
    when: [
      codeGrant({ as: 'other', authorize: byLast }),
      resource(ref('other.access_token'), { as: 'denied', expect: notOpened() }),
      codeGrant({ as: 'permitted', user: 'otherEditor', authorize: byLast }),
      resource(ref('permitted.access_token'), { as: 'opened', expect: opened() }),
      resource(ref('other.access_token')),
    ],
    then: notOpened(),
  })

  contractTest('isolation.machine-first', {
    title: 'After a client credentials token was used, a user without the permission is still denied',
    sources,
    severity: 'critical',
    user: 'author',
    control: none,
    when: [
      clientCredentials({ as: 'machine', client: 'machineUnlimited', params: byMachine }),
      resource(ref('machine.access_token')),
      codeGrant({ as: 'other', authorize: byMachine }),
      resource(ref('other.access_token')),
    ],
    then: notOpened(),
  })

  contractTest('isolation.machine-last', {
    title: 'After the token of a user without the permission was used, a client credentials token is not denied',
    sources,
    severity: 'critical',
    user: 'author',
    control: none,
    when: [
      codeGrant({ as: 'other', authorize: beforeMachine }),
      resource(ref('other.access_token'), { as: 'denied', expect: notOpened() }),
      clientCredentials({ as: 'machine', client: 'machineUnlimited', params: beforeMachine }),
      resource(ref('machine.access_token'), { as: 'opened', expect: opened() }),
      resource(ref('other.access_token')),
    ],
    then: notOpened(),
  })

  contractTest('isolation.wide-scope-first', {
    title: "After a token with a scope was used, the same user's token without that scope is still denied",
    sources,
    severity: 'critical',
    user: 'otherEditor',
    control: none,
    when: [
      codeGrant({ as: 'wide', authorize: { scope: scopes('debug', 'groupA', 'groupB') } }),
      resource(ref('wide.access_token')),
      codeGrant({ as: 'narrow', authorize: { scope: scopes('content', 'groupA', 'groupB') } }),
      resource(ref('narrow.access_token')),
    ],
    then: notOpened(),
  })

  contractTest('isolation.wide-scope-last', {
    title: "After a token without a scope was used, the same user's token with that scope is not denied",
    sources,
    severity: 'critical',
    user: 'otherEditor',
    control: none,
    when: [
      codeGrant({ as: 'narrow', authorize: { scope: scopes('content', 'groupC', 'groupD') } }),
      resource(ref('narrow.access_token'), { as: 'denied', expect: notOpened() }),
      codeGrant({ as: 'wide', authorize: { scope: scopes('debug', 'groupC', 'groupD') } }),
      resource(ref('wide.access_token'), { as: 'opened', expect: opened() }),
      resource(ref('narrow.access_token')),
    ],
    then: notOpened(),
  })

  contractTest('isolation.cached-content', {
    title: 'Content that was read with a token is not shown to a token without the scope for it',
    sources,
    severity: 'critical',
    client: 'machineUnlimited',
    control: none,
    when: [
      clientCredentials({
        as: 'all',
        params: { scope: scopes('content', 'contentCreate', 'contentDelete', 'groupA', 'groupC') },
      }),
      jsonapi('create', { as: 'page', token: ref('all.access_token'), expect: holds({ status: between(200, 299) }) }),
      jsonapi('read', { as: 'first', of: 'page', token: ref('all.access_token'), expect: opened() }),
      jsonapi('read', { as: 'again', of: 'page', token: ref('all.access_token'), expect: opened() }),
      clientCredentials({
        as: 'flow',
        params: { scope: scopes('contentCreate', 'contentDelete', 'groupA', 'groupC') },
      }),
      jsonapi('read', { of: 'page', token: ref('flow.access_token') }),
    ],
    then: notOpened(),
    afterwards: jsonapi('delete', { of: 'page', token: ref('all.access_token') }),
  })
})
