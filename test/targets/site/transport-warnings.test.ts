import { expect, test } from 'vitest'
import { transportWarnings } from '../../../helpers/targets/site/transport-warnings.ts'
import { newPlace } from '../../support/command.ts'
import { front, ownAuthority } from '../../support/front.ts'
import { runningSite } from '../../support/mapped-site.ts'

const overHttp = (host: string): string =>
  `${host} is tested over http: anyone on the network can read the passwords, secrets and tokens of the run, and change the responses. Use https.`
const unchecked = (host: string): string =>
  `NODE_TLS_REJECT_UNAUTHORIZED=0 accepts any certificate: ${host} may be another server, which receives the passwords, secrets and tokens of the run. Unset it, and name the PEM file of your authority with --ca FILE.`

test.each([
  ['http://staging.example.org', 'staging.example.org'],
  ['http://10.0.0.5:8080/shop', '10.0.0.5:8080'],
  ['http://127.0.0.1.example.org', '127.0.0.1.example.org'],
  ['http://notlocalhost', 'notlocalhost'],
])('%s causes a warning', (baseUrl, host) => {
  expect(transportWarnings(baseUrl, false)).toEqual([overHttp(host)])
})

test.each([
  'http://localhost',
  'http://site.localhost:81',
  'http://127.9.0.1/de',
  'http://[::1]:8080',
  'https://a.example',
])('%s is not', (baseUrl) => {
  expect(transportWarnings(baseUrl, false)).toEqual([])
})

test('unchecked certificates matter where there are certificates', () => {
  expect(transportWarnings('https://a.example:8443', true)).toEqual([unchecked('a.example:8443')])
  expect(transportWarnings('http://127.0.0.1', true)).toEqual([])
})

const only = ['--only', 'access-token.keys-public']

test('a run warns of http before it sends a request, and in its report', async () => {
  const place = newPlace()
  const site = await runningSite()
  // This machine, at an address that is not a loopback one.
  const baseUrl = site.baseUrl.replace('127.0.0.1', '0.0.0.0')
  const { stdout } = await place.run(['--base-url', baseUrl, ...only])
  const warning = overHttp(new URL(baseUrl).host)
  expect(stdout.split('\n').slice(0, 2)).toEqual([`· warning: ${warning}`, `· probing ${baseUrl}`])
  expect(place.report()).toMatchObject({ target: { notes: [warning] } })
})

test('a run warns of certificates that nobody checks', async () => {
  const place = newPlace()
  const site = await runningSite()
  const { origin } = await front(site.baseUrl, { certificate: ownAuthority(place.folder).certificate })
  const { stdout } = await place.run(['--base-url', origin, ...only], { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })
  const warning = unchecked(new URL(origin).host)
  expect(stdout.split('\n').slice(0, 2)).toEqual([`· warning: ${warning}`, `· probing ${origin}`])
  expect(place.report()).toMatchObject({ target: { notes: [warning] } })
})

test('so does one that prints no more than its conclusion', async () => {
  const place = newPlace()
  const baseUrl = (await runningSite()).baseUrl.replace('127.0.0.1', '0.0.0.0')
  const { stdout } = await place.run(['--base-url', baseUrl, '--quiet', ...only])
  expect(stdout.split('\n')[0]).toBe(`· warning: ${overHttp(new URL(baseUrl).host)}`)
  expect(stdout).not.toContain('probing')
})

test('init warns before it sends a request', async () => {
  const place = newPlace()
  const baseUrl = (await runningSite()).baseUrl.replace('127.0.0.1', '0.0.0.0')
  const { stdout, code } = await place.run(['init', '--base-url', baseUrl])
  expect(stdout.split('\n')[0]).toBe(`warning: ${overHttp(new URL(baseUrl).host)}`)
  expect(code).toBe(0)
  const nobody = await place.run([
    'init',
    '--base-url',
    'http://10.255.255.1:9',
    '--request-timeout',
    '0.1',
    '--out',
    'b',
  ])
  expect(nobody.stdout.split('\n')[0]).toBe(`warning: ${overHttp('10.255.255.1:9')}`)
  expect(nobody.code).toBe(2)
  const { certificate } = ownAuthority(place.folder)
  const { origin } = await front((await runningSite()).baseUrl, { certificate })
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  const unsafe = await place.run(['init', '--base-url', origin, '--out', 'c'], { env })
  expect(unsafe.stdout.split('\n')[0]).toBe(`warning: ${unchecked(new URL(origin).host)}`)
})
