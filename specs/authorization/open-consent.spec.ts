import {
  authorize,
  codeIssued,
  contractTest,
  decide,
  describe,
  equals,
  exactScopes,
  exchange,
  granted,
  holds,
  isA,
  logOut,
  must,
  notGranted,
  ref,
  refused,
  scopes,
  should,
  variant,
  verifier,
} from 'simple-oauth-contract'

const onPage = holds({ page: equals('consent') })

describe('Authorization endpoint: what happens while the consent page is open', () => {
  contractTest('consent.challenge-of-its-request', {
    title: 'A code has the challenge of the request that was approved, whatever was requested meanwhile',
    sources: [must('RFC7636', '4.4'), must('RFC9700', '4.8.2')],
    severity: 'critical',
    client: 'confidential',
    control: [
      authorize({ as: 'first', session: 'fresh', decision: 'stop', expect: onPage }),
      decide('first', { as: 'decision' }),
      exchange('decision'),
    ],
    variants: {
      changed: { first: verifier(), second: verifier(), sent: ref('second.code_verifier') },
      dropped: { first: verifier(), second: null, sent: null },
      added: { first: null, second: verifier(), sent: ref('second.code_verifier') },
    },
    when: [
      authorize({ as: 'first', session: 'fresh', verifier: variant('first'), decision: 'stop', expect: onPage }),
      authorize({ as: 'second', browserOf: 'first', verifier: variant('second'), decision: 'stop', expect: onPage }),
      decide('first', { as: 'decision', expect: holds({ 'callback.code': isA('string') }) }),
      exchange('decision', { params: { code_verifier: variant('sent') } }),
    ],
    then: refused(['invalid_grant', 'invalid_request']),
  })

  contractTest('consent.two-open', {
    title: 'Of two consent pages in one session, each approves its own client, scope and `state`',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '3.3')],
    severity: 'critical',
    when: [
      authorize({
        as: 'first',
        session: 'fresh',
        params: { scope: scopes('content') },
        decision: 'stop',
        expect: onPage,
      }),
      authorize({
        as: 'second',
        browserOf: 'first',
        client: 'otherPublicPkce',
        params: { scope: scopes('debug') },
        decision: 'stop',
        expect: onPage,
      }),
      decide('first', { as: 'decision', expect: codeIssued() }),
      exchange('decision'),
    ],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('content') })],
  })

  contractTest('consent.after-logout', {
    title: 'A consent page that is confirmed after the user logged out yields no code',
    sources: [must('RFC6749', '3.1'), must('ASVS', '7.4.1')],
    severity: 'high',
    user: 'otherEditor',
    control: [authorize({ as: 'flow', session: 'fresh', decision: 'stop', expect: onPage }), decide('flow')],
    when: [
      authorize({ as: 'flow', session: 'fresh', decision: 'stop', expect: onPage }),
      logOut('flow'),
      // The cookies as copied earlier; the browser itself no longer has them.
      decide('flow', { cookies: 'then' }),
    ],
    then: notGranted(),
  })

  contractTest('consent.default-scopes-shown', {
    title: 'The consent page lists the default scopes that a request without `scope` is granted',
    sources: [should('RFC6749', '10.2')],
    severity: 'medium',
    client: 'withDefaultScopes',
    when: authorize({ params: { scope: null }, decision: 'stop' }),
    then: holds({ page: equals('consent'), 'consent.scopes': equals(2) }),
  })
})
