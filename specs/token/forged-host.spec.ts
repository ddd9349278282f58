import {
  authorize,
  between,
  clientCredentials,
  contractTest,
  describe,
  equals,
  holds,
  must,
  oneOf,
  sameAs,
  should,
  variant,
  without,
} from 'simple-oauth-contract'

const forged = 'attacker.example'
const none = { host: null, forwardedHost: null, forwarded: null, port: null, prefix: null }
const forwarding = {
  'x-forwarded-host': variant('forwardedHost'),
  forwarded: variant('forwarded'),
  'x-forwarded-port': variant('port'),
  'x-forwarded-prefix': variant('prefix'),
} as const

describe('Forged hosts', () => {
  contractTest('forged-host.issuer', {
    title: 'A forged host in a token request does not become the issuer of the access token',
    sources: [must('RFC7519', '4.1.1'), should('ASVS', '4.1.3')],
    severity: 'high',
    requires: ['site.stress'],
    variants: {
      Host: { ...none, host: forged },
      'X-Forwarded-Host': { ...none, forwardedHost: forged },
      Forwarded: { ...none, forwarded: `for=192.0.2.1;host=${forged}` },
      'X-Forwarded-Port': { ...none, port: '8443' },
      'X-Forwarded-Prefix': { ...none, prefix: `//${forged}` },
    },
    when: [
      clientCredentials({ as: 'first' }),
      clientCredentials({ headers: { host: variant('host'), ...forwarding } }),
    ],
    then: [
      // A server may reject the request.
      holds({ status: between(200, 499) }),
      holds({ 'access_token.claims.iss': sameAs('first.access_token.claims.iss') }, { ifPresent: true }),
    ],
  })

  contractTest('forged-host.login', {
    title: 'A forged host in an authorization request does not decide where the user logs in',
    sources: [should('ASVS', '4.1.3')],
    severity: 'high',
    requires: ['site.stress'],
    control: authorize({ session: 'none', expect: holds({ page: equals('login') }) }),
    variants: {
      'X-Forwarded-Host': { ...none, forwardedHost: forged },
      Forwarded: { ...none, forwarded: `for=192.0.2.1;host=${forged}` },
      'X-Forwarded-Prefix': { ...none, prefix: `//${forged}` },
    },
    when: authorize({
      session: 'none',
      headers: forwarding,
    }),
    then: holds({ page: oneOf('login', 'error'), body: without('attacker\\.example', 'the forged host') }),
  })

  contractTest('forged-host.consent-form', {
    title: 'A forged host in an authorization request does not get into the consent page',
    sources: [should('ASVS', '4.1.3')],
    severity: 'high',
    requires: ['site.stress'],
    variants: {
      'X-Forwarded-Host': { ...none, forwardedHost: forged },
      Forwarded: { ...none, forwarded: `for=192.0.2.1;host=${forged}` },
      'X-Forwarded-Prefix': { ...none, prefix: `//${forged}` },
    },
    when: authorize({
      decision: 'stop',
      headers: forwarding,
    }),
    then: holds({ page: equals('consent'), body: without('attacker\\.example', 'the forged host') }),
  })
})
