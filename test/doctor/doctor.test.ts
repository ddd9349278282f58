import { expect, onTestFinished, test } from 'vitest'
import type { DoctorReport } from '../../helpers/doctor/report.ts'
import { newPlace, type Place } from '../support/command.ts'
import { conditions } from '../support/conditions.ts'
import { fakeDrush } from '../support/fake-drush.ts'
import { hostileServer, type Breaks } from '../support/hostile-proxy.ts'
import { mapping, runningSite, secretsOf, writeSite } from '../support/mapped-site.ts'

interface Doctored {
  readonly code: number | null
  readonly report: DoctorReport
  readonly text: string
}

/** `doctor` on the reference server behind a proxy, with two clients and one user mapped. */
async function examine(breaks: Breaks, more: (place: Place) => object = () => ({})): Promise<Doctored> {
  const site = await runningSite({ profile: 'ideal' })
  const server = await hostileServer(site.baseUrl, breaks)
  onTestFinished(() => server.close())
  const place = newPlace()
  const resource = site.endpoints.resource
  const mapped = mapping(site, ['publicPkce', 'machine'])
  writeSite(place, { baseUrl: server.origin, resource, ...mapped, ...more(place) })
  const env = secretsOf(site)
  const { code, stdout, stderr } = await place.run(['doctor', '--site', 'site.yaml', '--json'], { env })
  expect(stderr).toBe('')
  for (const secret of Object.values(env)) if (secret !== '') expect(stdout).not.toContain(secret)
  return { code, report: JSON.parse(stdout) as DoctorReport, text: stdout.replaceAll(server.origin, 'SITE') }
}

const healthy: Breaks = () => null

test('a healthy site has no problem, and every layer is listed', async () => {
  const { code, report } = await examine(healthy)
  expect(report.first).toBeNull()
  expect(code).toBe(0)
  expect(report.layers.filter(({ state }) => state === 'ok').map(({ layer }) => layer)).toEqual([
    ...['site', 'address', 'post', 'authorization', 'consumers', 'login', 'consent', 'resource', 'resource'],
  ])
  expect(report.layers.filter(({ state }) => state === 'not checked').map(({ layer }) => layer)).toEqual([
    ...['php', 'engine', 'code', 'drush', 'keys', 'scopes', 'role'],
  ])
})

test.each(Object.entries(conditions))('%s: doctor names it first', async (_, { breaks, id, layer, says }) => {
  const { code, report } = await examine(breaks())
  expect({ id: report.first?.id, layer: report.first?.layer }).toEqual({ id, layer })
  expect(`${report.first?.cause ?? ''} ${report.first?.remedy ?? ''}`).toContain(says)
  expect(code).toBe(1)
})

test('a key set that is redirected is a warning', async () => {
  const moved: Breaks = ({ what }) =>
    what === 'GET /oauth/jwks' ? { status: 301, headers: ['location', '/.well-known/jwks.json'], body: '' } : null
  const { code, report } = await examine(moved)
  expect(report.layers.find(({ layer }) => layer === 'keys')).toMatchObject({
    state: 'warning',
    id: 'key-set-redirected',
  })
  expect(code).toBe(0)
})

test('a login form elsewhere is found where the authorization endpoint sends visitors', async () => {
  const moved: Breaks = ({ what, healthy }) =>
    what === 'GET /user/login'
      ? { status: 404, headers: [], body: 'Not found' }
      : what === 'GET /oauth/authorize' && healthy.status === 302
        ? { status: 302, headers: ['location', '/user/signin?destination=/oauth/authorize'], body: '' }
        : null
  const { report } = await examine(moved)
  expect(report.first).toEqual({
    ...{ layer: 'login', id: 'login-elsewhere', remedy: 'Set login: /user/signin in the site file.' },
    cause: 'The login form is not at /user/login: the authorization endpoint sends visitors to /user/signin',
  })
})

const takenOver: Breaks = ({ what }) =>
  what === 'GET /user/login'
    ? { status: 302, headers: ['location', 'https://id.example.test/login?from=x'], body: '' }
    : null

test.each<[string, Breaks, string]>([
  ['with another password', healthy, 'Forgot your password? Check the name and the password'],
  [
    'at an identity provider',
    takenOver,
    'The login page of SITE leads to https://id.example.test, and the suite sends no password there',
  ],
])('a login %s is refused, and doctor says what to do', async (_, breaks, says) => {
  // Of the mapped secrets, one that is not the user's.
  const password = breaks === healthy ? '${SECRET_OF_machine}' : '${SECRET_OF_editor}'
  const { report, code, text } = await examine(breaks, () => ({
    users: { editor: { name: 'contract_editor', password } },
  }))
  expect(report.first).toMatchObject({
    ...{ layer: 'login', id: 'login-refused' },
    remedy: 'Correct users and login in the site file; cookie: and loginLink: work with every way to log in.',
  })
  expect(text).toContain(says)
  expect(code).toBe(1)
})

const internal = 'http://web.internal'

test.each<[string, Breaks, string]>([
  [
    'metadata',
    ({ what }) =>
      what === 'GET /.well-known/openid-configuration'
        ? { status: 200, headers: ['content-type', 'application/json'], body: JSON.stringify({ issuer: internal }) }
        : null,
    'address',
  ],
  [
    'access tokens',
    ({ what, healthy }) =>
      what === 'POST /oauth/token' && healthy.status === 200
        ? { ...healthy, body: withIssuer(healthy.body, internal) }
        : null,
    'address',
  ],
])('%s that name the host behind a proxy are a problem', async (_, breaks, layer) => {
  const { report, code, text } = await examine(breaks)
  expect(report.first).toMatchObject({ layer, id: 'issuer-differs' })
  expect(text).toContain(`The site is requested as SITE and calls itself ${internal}`)
  expect(code).toBe(1)
})

/** A token response whose access token has another issuer; its signature is no longer that of its claims. */
function withIssuer(body: string, issuer: string): string {
  const tokens = JSON.parse(body) as { access_token: string }
  const [header = '', claims = '', signature = ''] = tokens.access_token.split('.')
  const changed = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), iss: issuer }
  const access_token = [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.')
  return JSON.stringify({ ...tokens, access_token })
}

const keyFile = { path: '../keys/k', exists: true, readable: true, valid: true, mode: '600', belowDocroot: null }
const facts = {
  versions: { drupal: '10.5.5', simple_oauth: '6.0.9' },
  keys: { private: keyFile, public: keyFile },
  pair: true,
  consumers: [],
  scopes: [],
  users: [{ name: 'x', uid: '1', active: true, grantsCodes: true }],
}

test('what drush shows is examined, and a private key that can be downloaded is a problem', async () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n'
  const served: Breaks = ({ what }) =>
    what === 'GET /keys/private%20key' ? { status: 200, headers: [], body: pem } : null
  const below = {
    ...facts,
    keys: { ...facts.keys, private: { ...keyFile, belowDocroot: 'keys/private key', mode: '644' } },
  }
  const { report, text } = await examine(served, (place) => ({
    drush: fakeDrush(place.folder, { doctor: below }).command,
  }))
  const ids = report.layers.flatMap((one) => ('id' in one ? [`${one.state} ${one.id}`] : []))
  expect(ids).toEqual([
    ...['warning private-key-below-docroot', 'warning private-key-mode', 'problem private-key-downloadable'],
    'problem user-is-first',
  ])
  expect(text).toContain('Everybody can download the private key from SITE/keys/private%20key')
  expect(text).not.toContain('BEGIN')
})

test('a drush command that fails is the first problem', async () => {
  const { report, code } = await examine(healthy, () => ({ drush: 'no-such-drush-anywhere' }))
  expect(report.first).toMatchObject({ layer: 'drush', id: 'drush-missing' })
  expect(code).toBe(1)
})

test('the text says layer by layer what was found, and the first problem last', async () => {
  const site = await runningSite({ profile: 'ideal' })
  const server = await hostileServer(
    site.baseUrl,
    conditions['the Authorization header is stripped']?.breaks() ?? healthy,
  )
  onTestFinished(() => server.close())
  const { stdout, code } = await newPlace().run(['doctor', '--base-url', server.origin])
  await expect(stdout.replaceAll(server.origin, 'SITE')).toMatchFileSnapshot('../golden/doctor.txt')
  expect(code).toBe(1)
})

test('nothing to examine is an error, and an unreachable site is a finding', async () => {
  const nothing = await newPlace().run(['doctor'])
  expect(nothing.stderr).toBe(
    'Nothing to examine: name a site with --base-url URL or --site FILE, or a codebase with --codebase DIR.\n',
  )
  expect(nothing.code).toBe(2)
  const silent = await newPlace().run(['doctor', '--base-url', 'http://127.0.0.1:1'])
  expect(silent.stdout).toContain(
    'result  problem in web server and Drupal: The site at http://127.0.0.1:1 cannot be reached',
  )
  expect(silent.code).toBe(1)
})

test('a codebase is examined without installing anything', async () => {
  const place = newPlace()
  const { stdout, code } = await place.run(['doctor', '--codebase', place.folder, '--php', 'no-such-php'])
  expect(stdout).toMatch(/^problem {6}PHP and its extensions +PHP not found: "no-such-php"/mu)
  expect(stdout).toMatch(/^problem {6}Drupal codebase /mu)
  expect(code).toBe(1)
})

test('a run on a site notes the condition where a correct request is not granted', async () => {
  const site = await runningSite({ profile: 'ideal' })
  const server = await hostileServer(site.baseUrl, conditions['the scope is named by its ID']?.breaks() ?? healthy)
  onTestFinished(() => server.close())
  const place = newPlace()
  writeSite(place, { baseUrl: server.origin, resource: site.endpoints.resource, ...mapping(site, ['machine']) })
  const ran = await place.run(['--site', 'site.yaml', '--only', 'client-credentials.basic-alone'], {
    env: secretsOf(site),
  })
  expect(ran.stdout).toMatch(/^ {4}note {6}The site does not know the scope/mu)
})
