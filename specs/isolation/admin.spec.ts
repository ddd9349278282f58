import {
  clientCredentials,
  codeGrant,
  contractTest,
  describe,
  must,
  notOpened,
  ref,
  resource,
  scopes,
  variant,
} from 'simple-oauth-contract'

const sources = [must('RFC6749', '7')] as const

describe('Isolation: a scope limits any account', () => {
  contractTest('isolation.admin-code', {
    title: 'The token of an administrator grants nothing beyond its scopes',
    sources,
    severity: 'critical',
    user: variant('user'),
    variants: {
      'user 1': {
        user: 'superUser',
        wide: scopes('debug', 'groupA', 'groupB', 'groupC'),
        narrow: scopes('content', 'groupA', 'groupC'),
      },
      'a role with every permission': {
        user: 'administrator',
        wide: scopes('debug', 'groupA', 'groupB', 'groupD'),
        narrow: scopes('content', 'groupA', 'groupD'),
      },
    },
    control: [codeGrant({ as: 'flow', authorize: { scope: variant('wide') } }), resource(ref('flow.access_token'))],
    when: [codeGrant({ as: 'flow', authorize: { scope: variant('narrow') } }), resource(ref('flow.access_token'))],
    then: notOpened(),
  })

  contractTest('isolation.admin-machine', {
    title: 'A client credentials token that acts as an administrator grants nothing beyond its scopes',
    sources,
    severity: 'critical',
    client: variant('client'),
    variants: {
      'user 1': {
        client: 'machineSuperUser',
        wide: scopes('debug', 'groupB', 'groupC', 'groupD'),
        narrow: scopes('content', 'groupB', 'groupC'),
      },
      'a role with every permission': {
        client: 'machineAdministrator',
        wide: scopes('debug', 'groupA', 'groupC', 'groupD'),
        narrow: scopes('content', 'groupB', 'groupD'),
      },
    },
    control: [
      clientCredentials({ as: 'flow', params: { scope: variant('wide') } }),
      resource(ref('flow.access_token')),
    ],
    when: [clientCredentials({ as: 'flow', params: { scope: variant('narrow') } }), resource(ref('flow.access_token'))],
    then: notOpened(),
  })
})
