import { expect, test } from 'vitest'
import { allChecks, runAgainst } from '../mutation/run-against.ts'

// OpenID Connect is mandatory only in its own profile, but an ID token is a JWT, which clients trust in every profile.
test.each([
  ['id-token-audience-wrong', 'openid.id-token', 'id_token.claims.aud'],
  ['id-token-with-other-key', 'openid.id-token-signature', 'id_token.signature'],
])('%s fails in the default profile', async (fault, contract, path) => {
  const checks = (await allChecks()).filter((check) => check.contract === contract)
  const results = await runAgainst({ profile: 'ideal', fault }, checks)
  expect(results.map(({ verdict }) => verdict)).toEqual(['fail'])
  expect(results[0]?.findings.filter(({ ok }) => !ok).map((finding) => finding.path)).toEqual([path])
})
