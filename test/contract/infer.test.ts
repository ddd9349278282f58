import { expect, test } from 'vitest'
import { needsUser, requiredBy } from '../../helpers/contract/infer.ts'
import * as c from '../../helpers/contract/index.ts'
import type { Step } from '../../helpers/oauth/steps.ts'

const needs: readonly (readonly [readonly Step[], readonly string[], boolean])[] = [
  [[c.codeGrant()], ['authorization_code', 'pkce.s256'], true],
  [[c.authorize({ verifier: null })], ['authorization_code'], true],
  [[c.authorize({ params: { scope: 'debug openid' }, verifier: null })], ['authorization_code', 'oidc'], true],
  [[c.authorize({ decision: 'deny', verifier: null })], ['authorization_code', 'consent.deny'], true],
  [[c.clientCredentials({ params: { scope: 'openid' } })], ['client_credentials'], false],
  [[c.refresh('a')], ['refresh_token'], false],
  [[c.exchange('a', { params: { code: c.ref('a.refresh_token') } })], ['authorization_code', 'refresh_token'], false],
  [[c.resource(c.tampered('a.refresh_token', 'cut'))], ['refresh_token', 'resource.debug'], false],
  [[c.resource(null, { at: 'userinfo' })], ['oidc'], false],
  [[c.jwks(), c.document('/')], ['jwks'], false],
  [[c.revoke('abc')], ['revocation'], false],
  [[c.introspect('abc', { caller: 'abc' })], ['introspection'], false],
  [[c.deviceAuthorization(), c.poll('a')], ['device'], false],
  [[c.verifyUserCode('a')], ['device'], true],
  [[c.register()], ['registration', 'site.control'], false],
  [[c.manageRegistration('a')], ['registration.management'], false],
  [[c.metadata('/')], [], false],
  [[c.metadata('/', { try: 'response_types_supported' })], ['authorization_code', 'pkce.s256'], true],
  [[c.obtain()], [], true],
  [[c.obtain({ grant: 'refresh_token' })], ['authorization_code', 'refresh_token', 'pkce.s256'], true],
  [[c.obtain({ grant: 'password' })], [], true],
  [[c.race(c.refresh('a'), 2)], ['refresh_token', 'site.stress'], false],
  [[c.login()], ['site.stress'], true],
  [[c.site('keys.rotate'), c.wait('code-expiry', 'a')], ['site.control'], false],
]

test.each(needs)('%j needs %j', (steps, capabilities, user) => {
  expect(requiredBy(steps)).toEqual(capabilities)
  expect(needsUser(steps)).toBe(user)
})
