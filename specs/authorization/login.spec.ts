import {
  authorize,
  codeIssued,
  contractTest,
  describe,
  entity,
  equals,
  exactScopes,
  exchange,
  granted,
  holds,
  login,
  must,
  oneOf,
  scopes,
} from '../../helpers/contract/index.ts'

describe('login: who allows is who they say', () => {
  contractTest('login.wrong-password', {
    title: 'a wrong password logs nobody in',
    sources: [must('RFC6749', '3.1')],
    severity: 'critical',
    requires: ['site.stress'],
    given: { client: 'publicPkce', user: 'otherEditor' },
    control: [login()],
    when: [login({ password: 'not-the-password-of-anybody' })],
    then: holds({ 'login.accepted': equals(false) }),
  })

  contractTest('login.blocked-user', {
    title: 'a blocked user cannot log in',
    sources: [must('RFC6749', '3.1')],
    severity: 'high',
    requires: ['site.control'],
    given: { client: 'publicPkce', user: 'blocked' },
    when: [login(), entity({ op: 'user.block', user: 'blocked' }), login()],
    then: holds({ 'login.accepted': equals(false) }),
    afterwards: [entity({ op: 'user.unblock', user: 'blocked' }), login()],
  })

  contractTest('login.redirect-status', {
    title: 'the redirect after the login does not make the browser post the password again',
    sources: [must('RFC9700', '4.12')],
    severity: 'medium',
    requires: ['site.stress'],
    given: { client: 'publicPkce', user: 'otherEditor' },
    when: [login()],
    then: holds({ 'login.accepted': equals(true), status: oneOf(302, 303) }),
  })

  contractTest('login.parameters-kept', {
    title: 'the way over the login form loses and changes no parameter of the request',
    sources: [must('RFC6749', '4.1.1'), must('RFC7636', '4.4'), must('RFC6749', '3.3')],
    severity: 'high',
    why: 'A challenge, scope or redirect URI that gets lost at the login leaves the client with another grant than it asked for.',
    requires: ['authorization_code', 'pkce.s256'],
    given: { client: 'severalRedirects', user: 'editor' },
    when: [
      authorize({
        as: 'flow',
        session: 'fresh',
        params: {
          redirect_uri: 'https://client.example.test/second',
          scope: scopes('content'),
          state: 'a b&c=d#e?f/%20+;:@',
        },
        expect: codeIssued(),
      }),
      exchange('flow'),
    ],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })
})
