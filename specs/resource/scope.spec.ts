import {
  clientCredentials,
  codeGrant,
  contractTest,
  denied,
  describe,
  must,
  opened,
  ref,
  resource,
  scopes,
  should,
  site,
  variant,
} from '../../helpers/contract/index.ts'

describe('protected resource: what a scope gives', () => {
  contractTest('scope.user-has-more', {
    title: 'a token gives its client no more than its scopes, whatever the user may',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'critical',
    requires: ['authorization_code', 'resource.debug'],
    given: { client: 'publicPkce', user: 'editor' },
    control: [codeGrant({ as: 'flow' }), resource(ref('flow.access_token'))],
    variants: {
      'another scope': { scope: scopes('content') },
      'two other scopes': { scope: scopes('content', 'profiles') },
    },
    when: [codeGrant({ as: 'flow', authorize: { scope: variant('scope') } }), resource(ref('flow.access_token'))],
    then: denied('insufficient_scope'),
  })

  contractTest('scope.umbrella', {
    title: 'an umbrella scope opens what its children open',
    sources: [must('RFC6749', '7')],
    severity: 'medium',
    requires: ['authorization_code', 'client_credentials', 'resource.debug'],
    given: { client: 'publicPkce', user: 'editor' },
    variants: { umbrella: { scope: scopes('umbrella') }, 'the child alone': { scope: scopes('umbrellaDebug') } },
    when: [codeGrant({ as: 'flow', authorize: { scope: variant('scope') } }), resource(ref('flow.access_token'))],
    then: opened(),
  })

  contractTest('scope.child-alone', {
    title: 'one child of an umbrella scope does not open what its siblings open',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'high',
    requires: ['authorization_code', 'resource.debug'],
    given: { client: 'publicPkce', user: 'editor' },
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
    title: 'a machine client gets what an umbrella scope stands for',
    sources: [must('RFC6749', '7')],
    severity: 'medium',
    requires: ['client_credentials', 'resource.debug'],
    given: { client: 'machineUnlimited' },
    when: [
      clientCredentials({ as: 'flow', params: { scope: scopes('umbrella') } }),
      resource(ref('flow.access_token')),
    ],
    then: opened(),
  })

  contractTest('scope.role', {
    title: 'a scope of role granularity opens what the role opens to a user who has it',
    sources: [must('RFC6749', '7')],
    severity: 'medium',
    requires: ['authorization_code', 'resource.debug'],
    given: { client: 'publicPkce', user: 'editor' },
    when: [codeGrant({ as: 'flow', authorize: { scope: scopes('role') } }), resource(ref('flow.access_token'))],
    then: opened(),
  })

  contractTest('scope.role-of-others', {
    title: 'a scope of role granularity gives a user who lacks the role nothing of it',
    sources: [must('RFC6749', '7'), should('RFC9700', '2.3')],
    severity: 'high',
    requires: ['authorization_code', 'resource.debug', 'site.control'],
    given: { client: 'publicPkce', user: 'author' },
    control: [
      codeGrant({ as: 'flow', user: 'editor', authorize: { scope: scopes('role') } }),
      resource(ref('flow.access_token')),
    ],
    when: [
      site('caches.rebuild'),
      codeGrant({ as: 'flow', authorize: { scope: scopes('role') } }),
      resource(ref('flow.access_token')),
    ],
    afterwards: [site('caches.rebuild')],
    then: denied('insufficient_scope'),
  })
})
