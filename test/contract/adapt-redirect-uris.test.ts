import { describe, expect, test } from 'vitest'
import type { Check } from '../../helpers/contract/case.ts'
import { adaptRedirectUris } from '../../helpers/contract/adapt-redirect-uris.ts'
import type { ClientInfo, TargetInfo } from '../../helpers/model/target.ts'
import type { ClientRole } from '../../fixtures/roles.ts'
import { allChecks } from '../mutation/run-against.ts'

const checks = await allChecks()

/** The redirect URIs of a contract's variants, on a site whose consumer has these. */
function asked(contract: string, role: ClientRole, redirectUris: readonly string[]): Record<string, unknown> {
  const client = { role, redirectUris } as unknown as ClientInfo
  const target = { clients: { [role]: client } } as unknown as TargetInfo
  const of = (check: Check): unknown => {
    const [step] = adaptRedirectUris(check, target).when
    return step?.do === 'authorize' && step.params && 'redirect_uri' in step.params
      ? step.params['redirect_uri']
      : undefined
  }
  return Object.fromEntries(
    checks.filter((check) => check.contract === contract).map((check) => [check.variant ?? '', of(check)]),
  )
}

describe("shapes of a redirect URI on a site's own consumer", () => {
  test('differ from the one it has, each in its one way', () => {
    expect(
      asked('authorize.redirect-uri-unregistered', 'publicPkce', ['https://app.site.test/oauth/back']),
    ).toMatchObject({
      'another host': 'https://attacker.example/callback',
      'sub-path': 'https://app.site.test/oauth/back/more',
      'text appended': 'https://app.site.test/oauth/backmore',
      'host as prefix': 'https://app.site.test.attacker.example/oauth/back',
      'host as userinfo': 'https://app.site.test@attacker.example/oauth/back',
      'http instead of https': 'http://app.site.test/oauth/back',
      'another port': 'https://app.site.test:8443/oauth/back',
      'path in a different case': 'https://app.site.test/Oauth/back',
      'host in a different case': 'https://APP.site.test/oauth/back',
      'scheme in a different case': 'HTTPS://app.site.test/oauth/back',
      'encoded letter': 'https://app.site.test/%6fauth/back',
      'double slash': 'https://app.site.test//oauth/back',
      'path removed': 'https://app.site.test/',
      subdomain: 'https://www.app.site.test/oauth/back',
      'host as suffix': 'https://attackerapp.site.test/oauth/back',
      backslash: 'https://app.site.test\\@attacker.example/oauth/back',
      'no scheme': '//app.site.test/oauth/back',
      'path only': '/oauth/back',
      loopback: 'http://127.0.0.1/callback',
    })
  })

  test.each([
    'http://localhost:3000/cb',
    'https://app.site.test/',
    'https://app.site.test',
    'https://A.site.test:8443/Callback',
  ])('never become the registered one: %s', (registered) => {
    const shapes = Object.values(asked('authorize.redirect-uri-unregistered', 'publicPkce', [registered]))
    expect(shapes.length).toBeGreaterThan(30)
    expect(shapes).not.toContain(registered)
    // RFC 6749 §3.1.2.3: URIs that only a URL parser considers equal need not be refused more often, but must not be accepted either.
    expect(shapes.filter((shape) => String(shape).includes('client.example.test')).length).toBeLessThan(6)
  })

  test('of several and of a native app', () => {
    const both = ['https://app.site.test/a', 'https://app.site.test/b']
    expect(asked('authorize.redirect-uri-several', 'severalRedirects', both)).toEqual({
      omitted: null,
      unregistered: 'https://app.site.test/third',
      'both in one value': both.join(','),
    })
    const native = ['http://127.0.0.1/back', 'test.site.app:/done']
    expect(asked('authorize.own-scheme', 'native', native)).toEqual({ '': 'test.site.app:/done' })
    expect(asked('authorize.loopback-port', 'native', native)).toEqual({
      'as registered': 'http://127.0.0.1/back',
      'ephemeral port': 'http://127.0.0.1:51004/back',
    })
  })
})
