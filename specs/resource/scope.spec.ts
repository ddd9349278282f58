import {
  clientCredentials,
  codeGrant,
  contractTest,
  denied,
  describe,
  joined,
  must,
  opened,
  ref,
  resource,
  scopes,
  should,
  variant,
} from 'simple-oauth-contract'

describe('Protected resource: scopes and permissions', () => {
  contractTest('scope.user-has-more', {
    title: 'An access token grants nothing beyond its scopes, whatever the user is permitted to do',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'critical',
    control: [codeGrant({ as: 'flow' }), resource(ref('flow.access_token'))],
    variants: {
      'another scope': scopes('content'),
      'two other scopes': scopes('content', 'profiles'),
      'scopes of OpenID Connect': joined(scopes('content'), ' openid profile email'),
    },
    when: [codeGrant({ as: 'flow', authorize: { scope: variant() } }), resource(ref('flow.access_token'))],
    then: denied('insufficient_scope'),
  })

  contractTest('scope.umbrella', {
    title: 'An umbrella scope grants the permissions of its child scopes',
    sources: [must('RFC6749', '7')],
    severity: 'medium',
    variants: { umbrella: scopes('umbrella'), 'the child alone': scopes('umbrellaDebug') },
    when: [codeGrant({ as: 'flow', authorize: { scope: variant() } }), resource(ref('flow.access_token'))],
    then: opened(),
  })

  contractTest('scope.child-alone', {
    title: 'A child scope does not grant the permissions of its sibling scopes',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'high',
    control: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('umbrellaDebug') } }),
      resource(ref('flow.access_token')),
    ],
    when: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('umbrellaContent') } }),
      resource(ref('flow.access_token')),
    ],
    then: denied('insufficient_scope'),
  })

  contractTest('scope.machine-umbrella', {
    title: 'An umbrella scope grants its child permissions to a client credentials token as well',
    sources: [must('RFC6749', '7')],
    severity: 'medium',
    client: 'machineUnlimited',
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('umbrella') } }),
      resource(ref('flow.access_token')),
    ],
    then: opened(),
  })

  contractTest('scope.role', {
    title: "A role scope grants the role's permissions to a user who has the role",
    sources: [must('RFC6749', '7')],
    severity: 'medium',
    when: [codeGrant({ as: 'flow', authorize: { scope: scopes('role') } }), resource(ref('flow.access_token'))],
    then: opened(),
  })

  contractTest('scope.role-of-others', {
    title: 'A role scope grants nothing to a user who lacks the role',
    sources: [must('RFC6749', '7'), should('RFC9700', '2.3')],
    severity: 'high',
    user: 'author',
    control: [
      codeGrant({ as: 'flow', user: 'editor', authorize: { scope: scopes('role') } }),
      resource(ref('flow.access_token')),
    ],
    // With its own groups, it shares no cache entry with another user's token; isolation.* test that.
    when: [
      codeGrant({ as: 'flow', authorize: { scope: scopes('role', 'groupD', 'groupE') } }),
      resource(ref('flow.access_token')),
    ],
    then: denied('insufficient_scope'),
  })
})
