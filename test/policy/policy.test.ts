import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'
import { newPlace } from '../support/command.ts'
import { runningSite } from '../support/mapped-site.ts'
import { breakingSite, keepingSite, type ExampleSite } from '../support/policy-sites.ts'

const file = join(packageRoot, 'test', 'policy', 'site.yaml')

/** The guarantees of site.yaml on a site, as the summary shows them. */
async function promises(site: ExampleSite, ...flags: string[]) {
  const place = newPlace({ verbose: true })
  const args = ['--site', file, '--base-url', site.baseUrl, '--group', 'policy', ...flags]
  const { code, stdout } = await place.run(args, { env: site.secrets })
  const [, summary = ''] = /^(policy .*\n(?: {2}.*\n)*)/mu.exec(stdout) ?? []
  return { code, stdout, summary: summary.replaceAll(site.baseUrl, 'URL') }
}

/** Only guarantees of one kind; refutations look alike. */
const only = (summary: string, ...words: string[]): string =>
  summary
    .split('\n')
    .filter((line) => line.startsWith('policy') || words.some((word) => line.startsWith(`  ${word} `)))
    .join('\n')

test('a site that keeps all: proven, and slow ones not refuted until --slow waits', { timeout: 120_000 }, async () => {
  const site = await keepingSite()
  const quick = await promises(site)
  expect(quick.summary).toMatchInlineSnapshot(`
    "policy      31 guarantees: 29 proven, 2 not refuted
      proven       contract_confidential_pkce   claims exactly   access_token.claims: valid
      proven       contract_confidential_pkce   claims never   access_token.claims: valid
      proven       contract_confidential_pkce   issuer   access_token.claims.iss: URL
      proven       contract_confidential_pkce   issuer of metadata   json.issuer: URL
      proven       contract_confidential_pkce   keySize   keys.bits: 2048 (number)
      proven       contract_confidential_pkce   pkce   authorize.issued: 303, redirected to the client with error, error_description, state
      proven       contract_confidential_pkce: S256   challenge method offered   token.issued: 200, issued access_token, refresh_token
      proven       contract_confidential_pkce: authorization_code   grant offered   token.issued: 200, issued access_token, refresh_token
      proven       contract_confidential_pkce: client_credentials   grant refused   token.not-offered: error "unauthorized_client"
      proven       contract_confidential_pkce: contract:content: GET /admin/reports   stays closed   resource.access: 403
      proven       contract_confidential_pkce: contract:content: GET /oauth/debug?_format=json   stays closed   resource.access: 403
      proven       contract_confidential_pkce: contract:debug: GET /oauth/debug?_format=json   opens   resource.access: 200
      proven       contract_confidential_pkce: https://another-origin.example   other origin refused   header.access-control-allow-origin: absent
      proven       contract_confidential_pkce: https://client.example.test   browser origin answered   header.access-control-allow-origin: https://client.example.test
      proven       contract_confidential_pkce: https://client.example.test.another-origin.example   other origin refused   header.access-control-allow-origin: absent
      proven       contract_confidential_pkce: https://client.example.test: contract:debug: GET /oauth/debug?_format=json   browser origin opens   header.access-control-allow-origin: https://client.example.test
      proven       contract_confidential_pkce: implicit   grant refused   authorize.not-offered: error "unsupported_response_type"
      proven       contract_confidential_pkce: method left out   challenge method refused   authorize.issued: 303, redirected to the client with error, error_description, state
      proven       contract_confidential_pkce: null   other origin refused   header.access-control-allow-origin: absent
      proven       contract_confidential_pkce: password   grant refused   token.not-offered: error "unsupported_grant_type"
      proven       contract_confidential_pkce: plain   challenge method refused   authorize.issued: 303, redirected to the client with error, error_description, state
      proven       contract_confidential_pkce: refresh_token   grant offered   token.issued: 200, issued access_token, refresh_token
      proven       contract_machine   no refresh token   json.refresh_token: absent
      proven       contract_machine   scopes given   access_token.claims.scope: contract:debug contract:content
      proven       contract_machine: authorization_code   grant refused   authorize.not-offered: error "unauthorized_client"
      proven       contract_machine: client_credentials   grant offered   token.issued: 200, issued access_token
      proven       contract_machine: contract:profiles   scope refused   token.issued: 400, error "invalid_scope"
      proven       contract_machine: implicit   grant refused   authorize.not-offered: error "unsupported_response_type"
      proven       contract_machine: password   grant refused   token.not-offered: error "unsupported_grant_type"
      not refuted  contract_short_lived   accessTokenLifetime   json.expires_in: 2 (number)
      not refuted  contract_short_lived   codeLifetime   authorize.state: redirected to the client, state exact
    "
  `)
  expect(quick.code, quick.stdout).toBe(0)
  const slow = await promises(site, '--slow')
  expect(slow.summary).toMatch(/^policy {6}31 guarantees: 31 proven\n/u)
  expect(only(slow.summary, 'proven')).toContain('contract_short_lived   codeLifetime   token.error')
  expect(slow.code).toBe(0)
})

test('a site that breaks eight: refuted, each with consumer, promise and answer', { timeout: 120_000 }, async () => {
  const site = await breakingSite()
  const quick = await promises(site)
  expect(only(quick.summary, 'refuted', 'not refuted')).toMatchInlineSnapshot(`
    "policy      31 guarantees: 7 refuted, 23 proven, 1 not refuted
      refuted      contract_confidential_pkce   keySize   keys.bits: 1024 (number)
      refuted      contract_confidential_pkce   pkce   authorize.issued: 303, redirected to the client with code, state
      refuted      contract_confidential_pkce: client_credentials   grant refused   token.issued: 200, issued access_token
      refuted      contract_confidential_pkce: contract:content: GET /oauth/debug?_format=json   stays closed   resource.access: 200
      refuted      contract_confidential_pkce: https://another-origin.example   other origin refused   header.access-control-allow-origin: https://another-origin.example
      refuted      contract_machine: contract:profiles   scope refused   token.issued: 200, issued access_token
      refuted      contract_short_lived   accessTokenLifetime   access_token.lifetime: 8 (number)
      not refuted  contract_short_lived   codeLifetime   authorize.state: redirected to the client, state exact"
  `)
  expect(quick.code).toBe(1)
  expect(quick.stdout).toContain('result      non-conformant: 7 checks failed')
  const slow = await promises(site, '--slow')
  expect(only(slow.summary, 'refuted', 'not refuted')).toMatchInlineSnapshot(`
    "policy      31 guarantees: 8 refuted, 23 proven
      refuted      contract_confidential_pkce   keySize   keys.bits: 1024 (number)
      refuted      contract_confidential_pkce   pkce   authorize.issued: 303, redirected to the client with code, state
      refuted      contract_confidential_pkce: client_credentials   grant refused   token.issued: 200, issued access_token
      refuted      contract_confidential_pkce: contract:content: GET /oauth/debug?_format=json   stays closed   resource.access: 200
      refuted      contract_confidential_pkce: https://another-origin.example   other origin refused   header.access-control-allow-origin: https://another-origin.example
      refuted      contract_machine: contract:profiles   scope refused   token.issued: 200, issued access_token
      refuted      contract_short_lived   accessTokenLifetime   access_token.lifetime: 8 (number)
      refuted      contract_short_lived   codeLifetime   token.issued: 200, issued access_token, refresh_token"
  `)
  expect(slow.code).toBe(1)
})

test('without a user who allows, promises of codes are skipped by name and never proven', async () => {
  const site = await keepingSite()
  const place = newPlace({ verbose: true })
  const promised = {
    consumer: 'contract_short_lived',
    redirectUri: 'https://client.example.test/callback',
    promises: { pkce: 'required', codeLifetime: 300 },
  }
  const run = (one: object, baseUrl = site.baseUrl) => {
    writeFileSync(place.at('site.yaml'), JSON.stringify({ policy: [one] }))
    return place.run(['--site', 'site.yaml', '--base-url', baseUrl, '--group', 'policy'])
  }
  // The other server only tells a logged-in user.
  expect((await run(promised, (await runningSite()).baseUrl)).stdout).toContain(
    'requires scopes in the request (invalid_request). Name some as requests.',
  )
  const { code, stdout } = await run({ ...promised, requests: ['contract:debug'] })
  expect(stdout).toContain('policy      2 guarantees: 2 skipped\n')
  expect(stdout).toContain('contract_short_lived   pkce   not mapped in the site file: user editor\n')
  expect(code).toBe(2)
  const unknown = await run({ ...promised, consumer: 'nobody', requests: ['contract:debug'] })
  expect(unknown.stdout).toMatch(/site\.yaml:1:\d+: the site has no consumer with the client ID "nobody"\. Correct it/u)
  expect(unknown.code).toBe(2)
})
