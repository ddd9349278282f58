import { expect, test } from 'vitest'
import type { Declared } from '../../helpers/contract/case.ts'
import { expand } from '../../helpers/contract/expand.ts'
import { needsUser, requiredBy, usualClient, usualUser } from '../../helpers/contract/infer.ts'
import * as c from '../../helpers/contract/index.ts'
import type { ConsumerName } from '../../helpers/model/target.ts'
import type { Step } from '../../helpers/oauth/steps.ts'
import { specFiles, upgradeFiles } from '../../helpers/plan/collect.ts'
import { declarationsIn } from '../../helpers/plan/load-spec.ts'

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
  [[c.site('keys.replace'), c.wait('code-expiry', 'a')], ['site.control'], false],
]

test.each(needs)('%j needs %j', (steps, capabilities, user) => {
  expect(requiredBy(steps)).toEqual(capabilities)
  expect(needsUser(steps)).toBe(user)
})

const clients: readonly (readonly [readonly Step[], string])[] = [
  [[c.codeGrant()], 'publicPkce'],
  [[c.jwks()], 'publicPkce'],
  [[c.clientCredentials({ as: 'flow' }), c.resource(c.ref('flow.access_token'))], 'machine'],
  [[c.clientCredentials(), c.codeGrant()], 'publicPkce'],
  [[c.clientCredentials({ client: 'machineUnlimited' }), c.jwks()], 'publicPkce'],
  [[c.clientCredentials(), c.codeGrant({ client: 'confidential' })], 'machine'],
]

test.each(clients)('%j is done by %s', (steps, client) => {
  expect(usualClient(steps)).toBe(client)
})

const resourceOwners: readonly (readonly [ConsumerName, string])[] = [
  ['publicPkce', 'editor'],
  ['remembered', 'otherEditor'],
  ['otherRemembered', 'editor'],
  ['temporary', 'temporary'],
  ['temporaryConfidential', 'temporary'],
  ['temporaryMachine', 'editor'],
  ['consumer shop', 'editor'],
]

test.each(resourceOwners)('the user of %s is %s', (client, user) => {
  expect(usualUser(client)).toBe(user)
})

const statable = ['client', 'user', 'control'] as const

/** The members that a case states although they are inferred. `client: variant('client')` shows what a column of a table is for. */
const repeatedIn = (declared: Declared): string[] =>
  statable.filter((member) => {
    const { [member]: stated, ...definition } = declared.definition
    if (stated === undefined || (typeof stated === 'object' && '$' in stated)) return false
    try {
      return JSON.stringify(expand({ ...declared, definition })) === JSON.stringify(expand(declared))
    } catch {
      return false
    }
  })

test('no case of ours states a client, a user or a control that is inferred', async () => {
  const declared: Declared[] = []
  // One after the other: a declaration goes to the receiver that was set last.
  for (const file of [...specFiles(), ...upgradeFiles()]) declared.push(...(await declarationsIn(file, true)))
  expect(declared.length).toBeGreaterThan(400)
  expect(declared.flatMap((one) => repeatedIn(one).map((member) => `${one.id}: ${member}`))).toEqual([])
})
