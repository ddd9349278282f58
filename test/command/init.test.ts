import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { clients } from '../../fixtures/roles.ts'
import { packageRoot } from '../../helpers/model/package.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import { readSite } from '../../helpers/targets/site/site-file.ts'
import { counts, newPlace } from '../support/command.ts'
import { fakeDrush } from '../support/fake-drush.ts'

/** The address of a running site. */
async function site(): Promise<string> {
  const target = referenceTarget({ profile: 'simple-oauth-6.0' })
  onTestFinished(() => {
    target.stop()
  })
  return (await target.start(() => undefined)).baseUrl
}

/** Any secret that a file names. */
const anySecret = new Proxy<Record<string, string>>({}, { get: (_, name) => `secret of ${String(name)}` })

test('init writes a site file that can be used as it is, and with every line of it in use', async () => {
  const place = newPlace()
  const baseUrl = await site()
  const { code, stdout } = await place.run(['init', '--base-url', `${baseUrl}/`])
  expect(stdout).toContain(`${baseUrl} is a Drupal site with Simple OAuth; its public keys are at /oauth/jwks`)
  expect(stdout).toContain('Created site.yaml. Complete it, put the secrets into the environment or .env, and run')
  expect(code).toBe(0)

  expect(readSite(place.at('site.yaml'), {}).content).toEqual({ baseUrl })
  const text = readFileSync(place.at('site.yaml'), 'utf8')
  writeFileSync(place.at('all.yaml'), text.replace(/^#(?! \S|$)/gmu, ''))
  const { content } = readSite(place.at('all.yaml'), anySecret)
  expect(Object.keys(content.clients ?? {})).toEqual(
    // The file does not ask for an account without limits.
    Object.keys(clients).filter((role) => !['machineSuperUser', 'machineAdministrator'].includes(role)),
  )
  expect(content).toMatchObject({ stress: true, drush: 'ddev drush', httpBasic: { user: 'staging' } })
  // An example of every member.
  const schema = JSON.parse(readFileSync(join(packageRoot, 'fixtures/schemas/site.schema.json'), 'utf8')) as {
    properties: object
  }
  expect(Object.keys(content).sort()).toEqual(Object.keys(schema.properties).sort())
  expect(text).not.toContain('undefined')
  expect(text).toContain('"Remember previous approval" off')
  const [, found = ''] = /^# yaml-language-server: \$schema=(.*)$/mu.exec(text) ?? []
  expect(JSON.parse(readFileSync(place.at(found), 'utf8'))).toEqual(schema)

  // Without a mapping, a run proves what needs none, and says what to map.
  const ran = await place.run(['--site', 'site.yaml', '--source', 'rfc7517'])
  expect(counts(ran).failed).toBe(0)
  expect(counts(ran).passed).toBeGreaterThan(0)
})

test('init overwrites nothing without --force', async () => {
  const place = newPlace()
  const baseUrl = await site()
  writeFileSync(place.at('mine.yaml'), 'mine')
  const refused = await place.run(['init', '--base-url', baseUrl, '--out', 'mine.yaml'])
  expect(refused.stderr).toBe('mine.yaml already exists. Name another file with --out, or overwrite it with --force.\n')
  expect(refused.code).toBe(2)
  expect(readFileSync(place.at('mine.yaml'), 'utf8')).toBe('mine')
  const { code } = await place.run(['init', '--base-url', baseUrl, '--out', 'mine.yaml', '--force'])
  expect(code).toBe(0)
  expect(readFileSync(place.at('mine.yaml'), 'utf8')).toContain(`baseUrl: "${baseUrl}"`)
})

test('if no site can be tested, init says what is there and writes nothing', async () => {
  const place = newPlace()
  const missing = await place.run(['init'])
  expect(missing.stderr).toContain('"init" requires the address of the site: --base-url URL.')
  const { stderr, code } = await place.run(['init', '--base-url', 'http://127.0.0.1:1'])
  expect(stderr).toContain('nothing listens at this address')
  expect(code).toBe(2)
  const elsewhere = await place.run(['list', '--out', 'site.yaml'])
  expect(elsewhere.stderr).toContain('"list" does not accept --out; "compare" and "init" do.')
  expect(existsSync(place.at('site.yaml'))).toBe(false)
})

test('init asks for httpBasic if the site requires it', async () => {
  const place = newPlace()
  const server = createServer((_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="staging"' }).end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { code, stdout } = await place.run(['init', '--base-url', baseUrl])
  expect(stdout).toContain('requires HTTP authentication: fill in httpBasic')
  expect(code).toBe(0)
  expect(readSite(place.at('site.yaml'), anySecret).content.httpBasic).toEqual({
    user: 'staging',
    password: 'secret of STAGING_PASSWORD',
  })
})

const consumerFact = (clientId: string, more: object) => ({
  ...{ id: '3', clientId, confidential: false, hasSecret: false, grants: [], redirects: 0, redirectUris: [] },
  ...{ pkce: false, lifetime: 300, scopes: [] },
  ...more,
})

test('init --drush proposes scopes and a policy from the consumers of the site, without secrets', async () => {
  const place = newPlace()
  const key = { path: '', exists: false, readable: false, valid: null, mode: '', belowDocroot: null }
  const grants = ['authorization_code', 'refresh_token', 'client_credentials']
  const scope = { umbrella: false, granularity: 'permission', known: true, grants }
  const drush = fakeDrush(place.at('.'), {
    doctor: {
      ...{ versions: { drupal: '10.5.5', simple_oauth: '6.0.9' }, keys: { private: key, public: key }, pair: null },
      ...{ users: [], modules: {}, grants: [] },
      scopes: [{ ...scope, id: 'shop_content', name: 'shop:content', opens: 'access content' }],
      consumers: [
        consumerFact('default_consumer', { grants }),
        consumerFact('my-app', {
          ...{ pkce: true, grants: ['authorization_code', 'refresh_token', 'firebase_otp'] },
          redirectUris: ['https://app.example.test/back', 'https://app.example.test/second'],
        }),
        consumerFact('2nd job', {
          ...{ confidential: true, hasSecret: true, grants: ['client_credentials'], scopes: ['shop:content'] },
        }),
        consumerFact('contract-job', { confidential: true, grants: ['client_credentials'], lifetime: 0 }),
        consumerFact('', {}),
        consumerFact('idle', { lifetime: 0 }),
      ],
    },
  })
  const { code, stdout } = await place.run(['init', '--drush', drush.command])
  expect(stdout).toContain('Proposed a policy for 3 consumers, as they are set now: keep what you guarantee.')
  expect(stdout).toContain('Secrets that the file names: CLIENT_2ND_JOB_SECRET.')
  expect(code).toBe(0)
  const text = readFileSync(place.at('site.yaml'), 'utf8')
  expect(text.slice(text.indexOf('\npolicy:'), text.indexOf('\n# Which standards')).trim()).toMatchInlineSnapshot(`
    "policy:
      - consumer: "my-app"
        # It also has grants that no contract tests: firebase_otp
        redirectUri: "https://app.example.test/back"
        requests: ["shop:content"]
        promises:
          pkce: required
          grants: [authorization_code, refresh_token]
          accessTokenLifetime: 300
      - consumer: "2nd job"
        client_secret: \${CLIENT_2ND_JOB_SECRET}
        requests: ["shop:content"]
        promises:
          grants: [client_credentials]
          scopes: ["shop:content"]
          accessTokenLifetime: 300
      - consumer: "contract-job"
        # It is confidential and has no secret: no token request of it succeeds.
        requests: ["shop:content"]
        promises:
          grants: [client_credentials]
      # The consumer with the ID "3" has no client ID.
      # The consumer "idle" has no setting that could be guaranteed."
  `)
  const { content } = readSite(place.at('site.yaml'), anySecret)
  expect(content).toMatchObject({
    versions: { drupal: '10.5.5', simple_oauth: '6.0.9' },
    scopes: { content: 'shop:content' },
    drush: drush.command,
  })
})
