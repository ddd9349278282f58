import { expect, test } from 'vitest'
import { checkName } from '../../helpers/model/result.ts'
import { allChecks, runAgainst } from '../mutation/run-against.ts'

// The flaws of its metadata and of its bearer token errors are public, and only warnings here; in the withheld groups the profile behaves
// as the standards require.
test('the profile simple-oauth-21 has the endpoints of the modules, and their metadata', async () => {
  const groups = ['device', 'discovery', 'introspection', 'registration', 'revocation']
  const checks = (await allChecks()).filter(({ group, slow, when }) => {
    const waits = slow !== undefined || when.some((step) => step.do === 'wait')
    return groups.includes(group) && !waits
  })
  const results = await runAgainst({ profile: 'simple-oauth-21' }, checks)
  expect(results.length).toBeGreaterThan(70)
  expect(
    results
      .filter(({ verdict }) => verdict !== 'pass' && verdict !== 'warn')
      .map((one) => `${one.verdict} ${checkName(one)}`)
      .sort(),
  ).toEqual([
    'fail discovery.issuer [/.well-known/oauth-authorization-server]',
    'fail discovery.issuer [/.well-known/openid-configuration]',
    'fail discovery.response-types [OpenID Connect]',
    'fail discovery.response-types [authorization server]',
  ])
})
