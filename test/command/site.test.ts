import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { counts, expectRefusal, newPlace, type Place } from '../support/command.ts'
import { front, ownAuthority } from '../support/front.ts'
import { hostileServer, type Breaks } from '../support/hostile-proxy.ts'
import { mapping, runningSite, secretsOf, writeSite } from '../support/mapped-site.ts'

/** A code flow, one with a secret, and contracts without a client; with forms, redirects and refusals. */
const some = [
  'code.replay',
  'consent.denied',
  'client-credentials.wrong-secret',
  'access-token.keys-public',
  'bearer.forged',
]
const only = ['--only', some.join()]
const versions = { simple_oauth: '6.0.9', league: '9.2.0' }
/** Skipped: no site fetches the key set that the run serves on loopback. */
const unreachable = /^bearer\.forged \[(?:key set|certificate) URL in the token\]$/u
const words = (place: Place): Set<string> =>
  new Set(
    Object.entries(place.verdicts())
      .filter(([name]) => !unreachable.test(name))
      .map(([, verdict]) => verdict),
  )

describe('a site behind something', () => {
  test(
    'with a certificate by an authority of its own: by --ca, and by the site file that init writes with it',
    { timeout: 180_000 },
    async () => {
      const place = newPlace({ verbose: true })
      const site = await runningSite()
      const { ca, certificate } = ownAuthority(place.folder)
      const { origin } = await front(site.baseUrl, { certificate })
      const content = { baseUrl: origin, versions, ...mapping(site, ['publicPkce', 'machine', 'machineUnlimited']) }
      const env = secretsOf(site)
      writeSite(place, content)
      const refused = await place.run(['--site', 'site.yaml', ...only], { env })
      expect(refused.stdout).toContain('RUN FAILED site-unreachable')
      expect(refused.stdout).toContain('Name the PEM file of its authority with --ca FILE, or as ca in the site file.')
      expect(refused.code).toBe(2)

      const byFlag = await place.run(['--site', 'site.yaml', '--ca', ca, ...only], { env })
      expect(words(place), byFlag.stdout).toEqual(new Set(['pass', 'known']))
      writeSite(place, { ...content, ca })
      await place.run(['--site', 'site.yaml', '--only', 'consent.denied'], { env })
      expect(words(place)).toEqual(new Set(['pass']))

      const begun = await place.run(['init', '--base-url', origin, '--ca', ca, '--out', 'tmp/begun.yaml'])
      expect(begun.code, begun.stderr).toBe(0)
      expect(readFileSync(place.at('tmp', 'begun.yaml'), 'utf8')).toContain('\nca: "../authority.pem"\n')
      const ran = await place.run(['--site', 'tmp/begun.yaml', '--only', 'access-token.keys-public'])
      expect(place.verdicts()).toEqual({ 'access-token.keys-public': 'pass' })
      expect(ran.code).toBe(0)
    },
  )

  test.each(['/shop', '/de', '/shop/de'])('below %s, nothing outside of it is requested', async (path) => {
    const place = newPlace({ verbose: true })
    const site = await runningSite()
    const { origin, requests } = await front(site.baseUrl, { path })
    writeSite(place, {
      baseUrl: `${origin}${path}/`,
      versions,
      ...mapping(site, ['publicPkce', 'machine', 'machineUnlimited']),
    })
    const ended = await place.run(['--site', 'site.yaml', ...only], { env: secretsOf(site) })
    expect(words(place), ended.stdout).toEqual(new Set(['pass', 'known']))
    expect(requests.length).toBeGreaterThan(20)
    expect(requests.filter((line) => !line.includes(` ${path}/`))).toEqual([])
    const outside = await place.run(['--base-url', origin, ...only])
    expect(outside.stdout).toContain('RUN FAILED not-drupal')
  })

  test('HTTP authentication: what needs the Authorization header itself is skipped by name, the rest runs', async () => {
    const place = newPlace({ verbose: true })
    const site = await runningSite()
    const password = 'front-door-1-of-staging'
    const { origin } = await front(site.baseUrl, { basic: { user: 'staging', password } })
    const content = {
      ...mapping(site, ['publicPkce', 'machine', 'machineUnlimited']),
      httpBasic: { user: 'staging', password: '${FRONT}' },
    }
    writeSite(place, { baseUrl: origin, versions, ...content })
    const ended = await place.run(['--site', 'site.yaml', '--verbose', ...only], {
      env: { ...secretsOf(site), FRONT: password },
    })
    expect(place.verdicts()).toMatchObject({ 'code.replay': expect.not.stringMatching('skipped') as string })
    expect(ended.stdout).toMatch(
      /SKIPPED bearer\.forged.* HTTP Basic in front of the site takes the Authorization header/u,
    )
    expect(counts(ended).failed).toBe(0)
    for (const file of readdirSync(place.at('results', 'latest'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.includes('.'),
    ))
      for (const secret of [password, Buffer.from(`staging:${password}`).toString('base64')])
        expect(readFileSync(join(place.at('results', 'latest'), file), 'utf8'), file).not.toContain(secret)
  })
})

describe('a consumer that gets a code without a scope', () => {
  const verdicts = async (breaks: Breaks): Promise<{ verdicts: Record<string, string>; stdout: string }> => {
    const place = newPlace({ verbose: true })
    const site = await runningSite({ fault: 'scope-omitted-grants-all' })
    const server = await hostileServer(site.baseUrl, breaks)
    onTestFinished(() => server.close())
    writeSite(place, { baseUrl: server.origin, versions, ...mapping(site, ['publicPkce']) })
    const { stdout } = await place.run(['--site', 'site.yaml', '--verbose', '--only', 'authorize.scope-omitted'], {
      env: secretsOf(site),
    })
    return { verdicts: place.verdicts(), stdout }
  }
  const both = (verdict: string): object => ({
    'authorize.scope-omitted [left out]': verdict,
    'authorize.scope-omitted [empty]': verdict,
  })

  test('has default scopes, if its token has any', async () => {
    const ended = await verdicts(() => null)
    expect(ended.verdicts).toEqual(both('skipped'))
    expect(ended.stdout).toContain(
      'needs publicPkce without default scopes: a request without a scope gets those of the consumer',
    )
  })

  test('else the request was to be rejected', async () => {
    const emptied = (token: string): string => {
      const [header, payload = '', signature] = token.split('.')
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
      const changed = Buffer.from(JSON.stringify({ ...claims, scope: [] })).toString('base64url')
      return [header, changed, signature].join('.')
    }
    const ended = await verdicts(({ what, healthy }) => {
      if (what !== 'POST /oauth/token' || healthy.status !== 200) return null
      const { scope: _, ...answer } = JSON.parse(healthy.body) as { access_token: string; scope?: string }
      return { body: JSON.stringify({ ...answer, access_token: emptied(answer.access_token) }) }
    })
    expect(ended.verdicts).toEqual(both('fail'))
  })
})

describe('a login at an identity provider', () => {
  const anonymous = 'consent.automatic-anonymous'
  const verdictWith = async (identityProvider: string): Promise<string | undefined> => {
    const place = newPlace({ verbose: true })
    const site = await runningSite()
    const { origin, requests } = await front(site.baseUrl, { identityProvider })
    writeSite(place, { baseUrl: origin, versions, ...mapping(site, ['autoApproved']) })
    await place.run(['--site', 'site.yaml', '--only', anonymous], { env: secretsOf(site) })
    expect(requests.some((line) => line.startsWith('GET /oauth/authorize'))).toBe(true)
    return place.verdicts()[anonymous]
  }

  test('gives no code without a login', async () => {
    expect(await verdictWith('https://login.example.org/saml?RelayState=x')).toBe('pass')
  })

  test('a code is one, wherever it is sent', async () => {
    const [callback = ''] = (await runningSite()).clients.autoApproved?.redirectUris ?? []
    expect(await verdictWith(`${callback}?code=def50200${'a'.repeat(64)}&state=x`)).toBe('fail')
  })
})

describe('a key set behind a redirect', () => {
  const onlyKeys = ['--only', 'access-token.keys-public,access-token.key-size,access-token.signature,bearer.forged']

  test('on the same origin it is followed once and reported', async () => {
    const place = newPlace({ verbose: true })
    const site = await runningSite()
    const moved = { '/oauth/jwks': '/.well-known/jwks.json' }
    const { origin, requests } = await front(site.baseUrl, { moved })
    writeSite(place, { baseUrl: origin, versions, ...mapping(site, ['publicPkce']) })
    const ended = await place.run(['--site', 'site.yaml', ...onlyKeys], { env: secretsOf(site) })
    expect(ended.stdout).toContain(
      `note /oauth/jwks redirects to ${origin}/.well-known/jwks.json, where the key set is requested. Clients that follow no redirect get no keys.\n`,
    )
    expect(words(place), ended.stdout).toEqual(new Set(['pass', 'known']))
    expect(place.verdicts()['access-token.signature']).toBe('pass')
    expect(requests).toContain('GET /.well-known/jwks.json')
  })

  test.each([
    ['another origin', 'https://keys.example.org/jwks.json'],
    ['a second redirect', '/elsewhere'],
  ])('not to %s', async (_, target) => {
    const place = newPlace({ verbose: true })
    const site = await runningSite()
    const moved = { '/oauth/jwks': target, '/elsewhere': '/.well-known/jwks.json' }
    const { origin, requests } = await front(site.baseUrl, { moved })
    const ended = await place.run(['--base-url', origin, '--only', 'access-token.keys-public'])
    expect(ended.stdout).not.toContain('where the key set is requested')
    expect(place.verdicts()).toEqual({ 'access-token.keys-public': 'skipped' })
    expect(requests).not.toContain('GET /.well-known/jwks.json')
  })
})

describe('what the site file says of the run', () => {
  const critical = 'pkce.verifier-mismatch'
  test('a critical contract whose roles are not mapped is listed with what to map, or with its reason', async () => {
    const place = newPlace({ verbose: true })
    const { baseUrl } = await runningSite()
    const args = ['--site', 'site.yaml', '--verbose', '--only', `access-token.keys-public,${critical}`]
    writeSite(place, { baseUrl })
    const gap = await place.run(args)
    expect(gap.stdout).toContain(`SKIPPED ${critical}   not mapped in the site file: client publicPkce, user editor\n`)
    expect(gap.stdout).toMatch(
      /^to prove more, map in the site file:\n {2}client publicPkce +\d+ checks?\n {2}user editor/mu,
    )
    // An unmapped role is listed, and is not a gap.
    expect(gap.stdout).toContain('result      conformant')
    expect(gap.code).toBe(0)

    const reason = 'No public client has access to this site.'
    writeSite(place, { baseUrl, notApplicable: { [critical]: reason } })
    const reasoned = await place.run(args)
    expect(reasoned.stdout).toContain(`not applicable  ${critical}: ${reason}`)
    expect(reasoned.stdout).toContain('result      conformant')
    expect(reasoned.code).toBe(0)
  })

  test('a reason makes a run complete without a critical contract; former IDs are understood', async () => {
    const place = newPlace({ verbose: true })
    const site = await runningSite()
    // It needs the permission for stress, which the site file does not give.
    const critical = 'login.wrong-password'
    const args = ['--site', 'site.yaml', '--verbose', '--only', `code.token-as-code,${critical}`]
    const run = async (more: object) => {
      writeSite(place, { baseUrl: site.baseUrl, ...mapping(site, ['publicPkce']), ...more })
      return place.run(args, { env: secretsOf(site) })
    }
    const gap = await run({})
    expect(gap.stdout).toContain(`critical contracts not tested: ${critical}`)
    expect(gap.code).toBe(1)
    const notApplicable = { [critical]: 'Failed logins are not allowed here.', 'code.token-given': 'Not needed.' }
    const reasoned = await run({ notApplicable })
    expect(reasoned.stdout).toContain(`not applicable  ${critical}: Failed logins are not allowed here.\n`)
    expect(reasoned.stdout).toContain('not applicable  code.token-as-code: Not needed. (it ran nevertheless')
    expect(reasoned.code).toBe(0)
  })

  test('a reason does not hide what runs and fails', async () => {
    const place = newPlace({ verbose: true })
    const site = await runningSite()
    const failing = 'rfc9068.type'
    const notApplicable = { [failing]: 'We do not want to hear of it.' }
    writeSite(place, {
      baseUrl: site.baseUrl,
      ...mapping(site, ['publicPkce']),
      profile: 'rfc9068',
      notApplicable,
    })
    const ended = await place.run(['--site', 'site.yaml', '--only', failing], { env: secretsOf(site) })
    expect(place.verdicts()).toEqual({ [failing]: 'fail' })
    expect(ended.stdout).toContain('(it ran nevertheless: remove the entry)')
    expect(ended.code).toBe(1)
    // The profile comes from the file unless another one is requested.
    await place.run(['--site', 'site.yaml', '--only', failing, '--profile', 'default'], { env: secretsOf(site) })
    expect(place.verdicts()).toEqual({ [failing]: 'warn' })
  })

  test('versions that are stated decide which differences are known', async () => {
    const place = newPlace({ verbose: true })
    const site = await runningSite()
    const known = 'code.redirect-uri-mismatch'
    const run = async (versions?: object) => {
      writeSite(place, { baseUrl: site.baseUrl, ...mapping(site, ['publicPkce']), ...(versions ? { versions } : {}) })
      const { stdout } = await place.run(['--site', 'site.yaml', '--only', known], { env: secretsOf(site) })
      return { stdout, verdict: place.verdicts()[`${known} [another path]`] }
    }
    const stated = await run(versions)
    expect(stated.verdict).toBe('known')
    expect(stated.stdout).toContain('(declared in the site file, not detected)')
    expect((await run()).verdict).toBe('fail')
  })

  test('a reason for a contract that does not exist is refused with its place', async () => {
    const place = newPlace({ verbose: true })
    const { baseUrl } = await runningSite()
    writeSite(place, { baseUrl, notApplicable: { 'pkce.verifier-mismatsch': 'No public client here.' } })
    const ended = await place.run(['--site', 'site.yaml'])
    expect(ended.stdout).toMatch(
      /site\.yaml:4:5: there is no contract "pkce\.verifier-mismatsch".*pkce\.verifier-mismatch/u,
    )
    expect(ended.code).toBe(2)
  })

  test('a malformed file or a missing secret: nothing is requested from the site', async () => {
    const place = newPlace({ verbose: true })
    writeFileSync(place.at('site.yaml'), 'baseUrl: http://127.0.0.1:9\nclient: {}\n')
    expectRefusal(place, await place.run(['--site', 'site.yaml']), 'site.yaml:2:1: "client" is not a valid member here')
    const machine = 'clients: { machine: { client_id: m, client_secret: "${SHOP_SECRET}" } }'
    writeFileSync(place.at('site.yaml'), `baseUrl: http://127.0.0.1:9\n${machine}\n`)
    expectRefusal(place, await place.run(['--site', 'site.yaml']), 'not set in the environment: SHOP_SECRET')
    // It is taken from .env, and the site is requested.
    writeFileSync(place.at('.env'), 'SHOP_SECRET=of-the-shop\n')
    expect((await place.run(['--site', 'site.yaml'])).stdout).toContain('RUN FAILED site-unreachable')
  })
})
