import {
  authorize,
  changeUser,
  codeIssued,
  contractTest,
  describe,
  equals,
  exactScopes,
  exchange,
  granted,
  holds,
  login,
  must,
  notGranted,
  oneOf,
  scopes,
  should,
  variant,
} from 'simple-oauth-contract'

describe('Login', () => {
  contractTest('login.wrong-password', {
    title: 'A login with a wrong password is rejected',
    sources: [must('RFC6749', '3.1')],
    severity: 'critical',
    user: 'otherEditor',
    when: login({ password: 'not-the-password-of-anybody' }),
    then: holds({ 'login.accepted': equals(false) }),
  })

  contractTest('login.wrong-password-in-flow', {
    title: 'A wrong password in the login of an authorization request yields no code, nor does going back to it',
    sources: [must('RFC6749', '3.1')],
    severity: 'critical',
    user: 'otherEditor',
    control: authorize({ session: 'fresh' }),
    when: authorize({ session: 'fresh', password: 'not-the-password-of-anybody' }),
    then: [notGranted(), holds({ page: equals('login') })],
  })

  contractTest('login.cookie', {
    title: 'The session cookie has `HttpOnly` and `SameSite`, and `Secure` on a site served by https',
    sources: [must('ASVS', '3.3.1'), should('ASVS', '3.3.2'), should('ASVS', '3.3.4'), must('RFC6749', '3.1')],
    severity: 'medium',
    user: 'otherEditor',
    when: login(),
    then: [
      holds({ 'cookie.http-only': equals(true) }, { source: should('ASVS', '3.3.4') }),
      holds({ 'cookie.same-site': oneOf('lax', 'strict') }, { source: should('ASVS', '3.3.2') }),
      holds({ 'cookie.secure': equals(true) }, { ifPresent: true, source: must('ASVS', '3.3.1') }),
    ],
  })

  contractTest('login.blocked-user', {
    title: 'A blocked user cannot log in',
    sources: [must('RFC6749', '3.1')],
    severity: 'high',
    user: 'blocked',
    when: [login(), changeUser('block'), login()],
    then: holds({ 'login.accepted': equals(false) }),
    afterwards: [changeUser('unblock'), login()],
  })

  contractTest('login.redirect-status', {
    title: 'The redirect after login uses status 301, 302 or 303, so browsers do not resend the password',
    sources: [must('RFC9700', '4.12')],
    severity: 'medium',
    user: 'otherEditor',
    when: login(),
    then: holds({ 'login.accepted': equals(true), status: oneOf(301, 302, 303) }),
  })

  contractTest('login.foreign-destination', {
    title: 'A `destination` of another site, which Drupal would redirect to, is ignored',
    sources: [must('RFC9700', '4.11.2'), must('RFC6749', '3.1')],
    severity: 'high',
    variants: {
      absolute: 'https://attacker.example/',
      'without a scheme': '//attacker.example/',
      'with backslashes': '\\\\attacker.example/',
      'with a path before it': '/\\attacker.example/',
    },
    when: authorize({ session: 'fresh', params: { destination: variant() } }),
    then: codeIssued(),
  })

  contractTest('login.parameters-kept', {
    title: 'The login keeps all parameters of the authorization request unchanged',
    sources: [must('RFC6749', '4.1.1'), must('RFC7636', '4.4'), must('RFC6749', '3.3')],
    severity: 'high',
    client: 'severalRedirects',
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
