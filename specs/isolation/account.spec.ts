import {
  aboutUser,
  clientCredentials,
  codeGrant,
  contractTest,
  describe,
  joined,
  must,
  notOpened,
  ref,
  resource,
  scopes,
  variant,
} from 'simple-oauth-contract'

const rolePage = { at: 'rolePage' } as const
const userinfo = { at: 'userinfo' } as const

describe('Isolation: the account behind a token', () => {
  contractTest('isolation.roles-code', {
    title: 'A page that requires a role rejects the token of a user with the role if no scope gives it',
    sources: [must('RFC6749', '7')],
    severity: 'critical',
    user: 'otherEditor',
    control: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('content', 'groupA', 'groupE') } }),
      resource(ref('flow.access_token'), rolePage),
    ],
    when: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('content', 'groupE') } }),
      resource(ref('flow.access_token'), rolePage),
    ],
    then: notOpened(),
  })

  contractTest('isolation.roles-machine', {
    title: 'A page that requires a role rejects a client credentials token if no scope gives the role',
    sources: [must('RFC6749', '7')],
    severity: 'critical',
    client: 'machineUnlimited',
    control: [
      clientCredentials({ as: 'flow', params: { scope: scopes('content', 'groupA', 'groupB', 'groupE') } }),
      resource(ref('flow.access_token'), rolePage),
    ],
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('content', 'groupB', 'groupE') } }),
      resource(ref('flow.access_token'), rolePage),
    ],
    then: notOpened(),
  })

  contractTest('isolation.userinfo', {
    title: "UserInfo, wherever it answers, returns the claims of the token's user and of nobody else",
    sources: [must('OIDC', '5.3.2'), must('RFC6749', '7')],
    severity: 'critical',
    variants: {
      'with `openid`': joined(scopes('debug'), ' openid'),
      'without `openid`': scopes('debug'),
      'with every claim': joined(scopes('debug'), ' openid profile email'),
    },
    when: [
      codeGrant({ as: 'flow', authorize: { scope: variant() } }),
      codeGrant({ as: 'other', user: 'otherEditor', authorize: { scope: variant() } }),
      resource(ref('flow.access_token'), { ...userinfo, as: 'first', expect: aboutUser() }),
      resource(ref('other.access_token'), { ...userinfo, as: 'another', expect: aboutUser('otherEditor') }),
      resource(ref('flow.access_token'), userinfo),
    ],
    then: aboutUser(),
  })
})
