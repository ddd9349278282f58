import { execFileSync } from 'node:child_process'
import { createServer as createHttpsServer } from 'node:https'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { ClientRole } from '../../../fixtures/roles.ts'
import { Runner } from '../../../helpers/contract/runner.ts'
import { describeReason } from '../../../helpers/model/describe-reason.ts'
import { checkName, type CheckResult } from '../../../helpers/model/result.ts'
import { referenceTarget } from '../../../helpers/targets/reference-target.ts'
import { readSite } from '../../../helpers/targets/site/site-file.ts'
import { baseUrlOf } from '../../../helpers/targets/site/probe-site.ts'
import { siteTarget } from '../../../helpers/targets/site/site-target.ts'
import { TargetError, type Target, type TargetInfo } from '../../../helpers/model/target.ts'
import { allChecks } from '../../mutation/run-against.ts'
import { hostileServer, type Breaks, type HostileServer } from '../../support/hostile-proxy.ts'
import { httpServer, rawServer } from '../../support/http-server.ts'

let reference: Target
let own: TargetInfo
beforeAll(async () => {
  reference = referenceTarget({ profile: 'simple-oauth-6.0' })
  own = await reference.start(() => undefined)
})
afterAll(() => {
  reference.stop()
})

/** The reference server as a site, with some answers changed. */
async function siteWith(breaks: Breaks = () => null): Promise<HostileServer> {
  const server = await hostileServer(own.baseUrl, breaks)
  onTestFinished(() => server.close())
  return server
}

const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Members of a site file for a role of the reference server. */
const client = (role: ClientRole, changes: object = {}): object => {
  const { client_id, client_secret, redirectUris = [], grantTypes = [] } = own.clients[role] ?? {}
  return {
    client_id,
    ...(client_secret === undefined ? {} : { client_secret: `\${SECRET_OF_${role}}` }),
    ...(grantTypes.includes('authorization_code') ? { redirectUris } : {}),
    accessTokenLifetime: 300,
    ...changes,
  }
}
const user = (role: 'editor' | 'otherEditor'): object => ({
  name: own.users[role]?.name,
  password: `\${PASSWORD_OF_${role}}`,
})
const variables = (): Record<string, string> => ({
  ...Object.fromEntries(Object.values(own.clients).map((one) => [`SECRET_OF_${one.role}`, one.client_secret ?? ''])),
  ...Object.fromEntries(Object.values(own.users).map((one) => [`PASSWORD_OF_${one.role}`, one.password ?? ''])),
})

interface Given {
  readonly baseUrl: string
  /** Content of a site file; none without it. */
  readonly file?: object
  readonly environment?: Record<string, string>
  readonly ca?: string
}

function targetOf({ baseUrl, file, environment = {}, ca }: Given): Target {
  const path = join(folder, 'site.yaml')
  // JSON is YAML; spread over lines, so that places differ.
  if (file) writeFileSync(path, JSON.stringify(file, null, 2))
  const site = file ? readSite(path, { ...variables(), ...environment }) : null
  return siteTarget({ baseUrl, site, workers: 2, stress: false, requestTimeout: 5_000, ca: ca ?? null })
}

const start = (given: Given): Promise<TargetInfo> => targetOf(given).start(() => undefined)

/** Code and message of the refusal, which stand at the end of a run. */
async function refusal(given: Given): Promise<string> {
  try {
    await start(given)
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return `${error.code}: ${error.message.replaceAll(`${folder}/`, '')}`
  }
  throw new Error('the site was accepted')
}

const drupal = { 'x-generator': 'Drupal 10 (https://www.drupal.org)' }

describe('what cannot be tested as a site is refused with what to do next', () => {
  test('an invalid address', () => {
    for (const [given, message] of [
      ['staging.example.test', 'is not a valid URL'],
      ['ftp://staging.example.test', 'is not a valid URL'],
      ['https://user:secret@staging.example.test', 'belong in the site file as httpBasic'],
      ['https://staging.example.test/?q=1', 'contains a query'],
    ] as const)
      expect(() => baseUrlOf(given)).toThrow(message)
    expect(() => baseUrlOf('nonsense//user:secret@staging')).not.toThrow('secret')
    expect(baseUrlOf('https://staging.example.test/drupal/de/')).toBe('https://staging.example.test/drupal/de')
  })

  test('no address', async () => {
    await expect(
      siteTarget({ baseUrl: null, site: null, workers: 1, stress: false, requestTimeout: 1, ca: null }).start(
        () => undefined,
      ),
    ).rejects.toThrow('No site to test. Name it with --base-url URL, or as baseUrl in the site file.')
  })

  test('nothing listens', async () => {
    expect(await refusal({ baseUrl: 'http://127.0.0.1:1' })).toMatch(
      /^site-unreachable: The site at http:\/\/127\.0\.0\.1:1 cannot be reached: .*nothing listens at this address\. Start the server, or correct the base URL\./u,
    )
  })

  test('something other than a web server answers', async () => {
    const server = await rawServer((socket) => socket.end('-ERR unknown command\r\n'))
    onTestFinished(() => server.close())
    expect(await refusal({ baseUrl: server.origin })).toMatch(
      /^site-unreachable: .*not valid HTTP.*Check the port, and whether to use http or https\.$/u,
    )
  })

  test('something other than a Drupal answers', async () => {
    const server = await httpServer((_, response) =>
      response.writeHead(404, { server: 'nginx/1.25' }).end('<h1>no</h1>'),
    )
    onTestFinished(() => server.close())
    expect(await refusal({ baseUrl: server.origin })).toBe(
      `not-drupal: The server at ${server.origin} is not a Drupal site (Server: "nginx/1.25"): /oauth/token responds with 404, and no page shows a sign of Drupal. Correct the host, port and path of the base URL.`,
    )
  })

  test.each<[string, number, Record<string, string>, RegExp]>([
    [
      'a Drupal without the module',
      404,
      drupal,
      /^module-missing: .* Enable Simple OAuth there \(drush pm:install simple_oauth\)/u,
    ],
    [
      'maintenance mode',
      503,
      drupal,
      /^maintenance: .* maintenance mode or overload\. Take the site out of maintenance mode \(drush maint:set 0\)/u,
    ],
    ['a broken site', 500, drupal, /^site-broken: .* the site is broken\. Check its error log\.$/u],
    ['a firewall', 403, {}, /^forbidden: .* Allow requests from this machine\.$/u],
    ['too many requests', 429, {}, /^rate-limited: .* Wait, or raise the limit for this machine\.$/u],
    [
      'HTTP authentication',
      401,
      { 'www-authenticate': 'Basic realm="s"' },
      /^http-basic-needed: .* Add its user and password as httpBasic to the site file\.$/u,
    ],
  ])('%s', async (_, status, headers, message) => {
    const server = await httpServer((__, response) => response.writeHead(status, headers).end('<p>page</p>'))
    onTestFinished(() => server.close())
    expect(await refusal({ baseUrl: server.origin })).toMatch(message)
  })

  test('an untrusted certificate, until its authority is named', async () => {
    const at = (name: string): string => join(folder, name)
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-keyout',
        at('key.pem'),
        '-out',
        at('cert.pem'),
        ...subject,
      ],
      { stdio: 'ignore' },
    )
    const [key, cert] = [readFileSync(at('key.pem')), readFileSync(at('cert.pem'), 'utf8')]
    const server = createHttpsServer({ key, cert }, (_, response) => response.writeHead(404, drupal).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    expect(await refusal({ baseUrl: `https://127.0.0.1:${port}` })).toMatch(
      /^site-unreachable: .*certificate is not trusted\. Name the PEM file of its authority with --ca FILE, or as ca in the site file\./u,
    )
    expect(await refusal({ baseUrl: `https://127.0.0.1:${port}`, ca: cert })).toMatch(/^module-missing:/u)
    expect(await refusal({ baseUrl: `http://127.0.0.1:${port}` })).toMatch(
      /^site-unreachable: .* whether to use http or https\.$/u,
    )
  })

  test('a redirect to another host, which is named and never asked', async () => {
    const site = await siteWith(({ other, url }) => ({
      status: 301,
      headers: ['location', `${other}${url}`],
      body: '',
    }))
    expect(await refusal({ baseUrl: site.origin })).toMatch(
      /^redirected: .*\/oauth\/token redirects to http:\/\/127\.0\.0\.1:\d+\/oauth\/token, but requests go only to the site that you named\. Use http:\/\/127\.0\.0\.1:\d+ as the base URL if that is the site to test\.$/u,
    )
    expect(site.strayed()).toBe(0)
  })

  test('a base URL without the language prefix that the site redirects to', async () => {
    const site = await siteWith(({ origin, url }) => ({
      status: 302,
      headers: ['location', `${origin}/de${url}`],
      body: '',
    }))
    expect(await refusal({ baseUrl: site.origin })).toContain(`Use ${site.origin}/de as the base URL`)
  })
})

describe('a consumer that is not as mapped', () => {
  const refusedAs = async (clients: object, environment: Record<string, string> = {}): Promise<string> =>
    refusal({
      baseUrl: own.baseUrl,
      file: { scopes: own.scopes, clients },
      environment,
    })

  test('does not exist', async () => {
    expect(await refusedAs({ publicPkce: client('publicPkce', { client_id: 'nobody' }) })).toMatch(
      /^mapping-wrong: site\.yaml:\d+:\d+: the site has no consumer with the client ID "nobody"\. Correct it/u,
    )
  })

  test('each one is named', async () => {
    const message = await refusedAs({
      publicPkce: client('publicPkce', { client_id: 'nobody' }),
      machine: client('machine', { client_id: 'no-machine' }),
    })
    expect(message).toContain('client ID "nobody"')
    expect(message).toContain('client ID "no-machine"')
  })

  test('has another secret', async () => {
    for (const role of ['confidential', 'machine'] as const) {
      const message = await refusedAs({ [role]: client(role) }, { [`SECRET_OF_${role}`]: 'another-secret-1' })
      expect(message).toMatch(/^mapping-wrong: site\.yaml:\d+:\d+: the site rejects the secret of the consumer/u)
      expect(message).not.toContain('another-secret-1')
    }
  })

  test('is confidential where a public one is meant', async () => {
    const { client_id, redirectUris } = own.clients.confidential ?? {}
    expect(await refusedAs({ publicPkce: { client_id, redirectUris } })).toMatch(
      /the consumer "contract_confidential" requires a secret, but the role publicPkce is a public client\. Map it as confidential/u,
    )
  })

  test('has another redirect URI', async () => {
    expect(
      await refusedAs({ publicPkce: client('publicPkce', { redirectUris: ['https://elsewhere.example/back'] }) }),
    ).toMatch(
      /does not have the redirect URI "https:\/\/elsewhere\.example\/back"\. Write it exactly as it is registered\.$/u,
    )
  })

  test('is refused its scopes', async () => {
    expect(await refusedAs({ publicPkce: client('publicPkce', { requests: ['no:such'] }) })).toContain(
      'may not request the scopes no:such (invalid_scope). Map scopes that have the authorization code grant enabled',
    )
  })

  test('has no code grant', async () => {
    const { client_id, client_secret: _ } = own.clients.machine ?? {}
    expect(
      await refusedAs({
        confidential: {
          client_id,
          client_secret: '${SECRET_OF_machine}',
          redirectUris: own.clients.machine?.redirectUris,
        },
      }),
    ).toContain('does not have the authorization code grant')
  })

  // From outside, nobody can tell whether the site or the mapping is wrong: the contract decides, and a note reports the doubt.
  test('may leave PKCE out where it must not', async () => {
    const { client_id, redirectUris } = own.clients.publicOptionalPkce ?? {}
    const { notes } = await start({
      baseUrl: own.baseUrl,
      file: { scopes: own.scopes, clients: { publicPkce: { client_id, redirectUris } } },
    })
    expect(notes).toEqual([
      'the consumer "contract_public_optional_pkce", mapped as publicPkce, must use PKCE in its role, but the site accepts requests without it. Check that "Use PKCE?" is switched on.',
    ])
  })

  test('must use PKCE where it may, and has no secret where it should', async () => {
    const { client_id, redirectUris } = own.clients.publicPkce ?? {}
    const { notes } = await start({
      baseUrl: own.baseUrl,
      file: { scopes: own.scopes, clients: { publicOptionalPkce: { client_id, redirectUris } } },
    })
    expect(notes?.join()).toContain('must use PKCE on this site, but PKCE is optional for its role')
  })
})

describe('what a site is like', () => {
  test('as mapped: no notes, and all capabilities but those its owner did not give', async () => {
    const info = await start({
      baseUrl: `${own.baseUrl}/`,
      file: {
        scopes: own.scopes,
        clients: Object.fromEntries(
          Object.values(own.clients)
            .filter(({ role }) => role !== 'machinePublic')
            .map(({ role }) => [role, client(role as ClientRole)]),
        ),
        versions: { simple_oauth: '6.0.9' },
      },
    })
    expect(info.notes).toBeUndefined()
    expect(info).toMatchObject({ baseUrl: own.baseUrl, stated: true, mapped: true, demonstration: false })
    expect(info.capabilities).toContain('jwks')
    expect(info.capabilities).toContain('resource.debug')
    expect(info.capabilities).not.toContain('site.control')
    expect(info.capabilities).not.toContain('site.stress')
    const stressed = await start({ baseUrl: own.baseUrl, file: { stress: true } })
    expect(stressed.capabilities).toContain('site.stress')
    expect(stressed.capabilities).not.toContain('site.control')
  })

  test('what is not there is no capability', async () => {
    const site = await siteWith(({ what }) =>
      /jwks|debug/u.test(what) ? { status: 404, headers: [], body: '' } : null,
    )
    const { capabilities } = await start({ baseUrl: site.origin })
    expect(capabilities).not.toContain('jwks')
    expect(capabilities).not.toContain('resource.debug')
  })

  test('is asked by GET alone while nothing is mapped, and never changed', async () => {
    const site = await siteWith()
    const target = targetOf({ baseUrl: site.origin })
    await target.start(() => undefined)
    expect(site.requests.length).toBeGreaterThan(2)
    expect(site.requests.filter(({ what }) => !what.startsWith('GET '))).toEqual([])
    await expect(target.changeSite({ op: 'caches.rebuild' })).rejects.toThrow(
      'only users and consumers of the suite are changed',
    )
  })

  test('HTTP authentication in front goes with every request but those with an Authorization of their own', async () => {
    const password = 'front-door-1'
    const due = `Basic ${Buffer.from(`staging:${password}`).toString('base64')}`
    const server = await httpServer((request, response) => {
      const open = request.headers.authorization === due
      response.writeHead(open ? 405 : 401, open ? drupal : { 'www-authenticate': 'Basic realm="staging"' }).end()
    })
    onTestFinished(() => server.close())
    const file = { httpBasic: { user: 'staging', password: '${FRONT}' } }
    const info = await start({ baseUrl: server.origin, file, environment: { FRONT: password } })
    expect(info).toMatchObject({ takesAuthorization: true, httpBasic: { user: 'staging', password } })
    const message = await refusal({ baseUrl: server.origin, file, environment: { FRONT: 'wrong-one-1' } })
    expect(message).toMatch(/^http-basic-refused: .* Correct them in the site file or the environment\.$/u)
    expect(message).not.toContain('wrong-one-1')
  })
})

describe('a run on a site', () => {
  /** Verdicts of some contracts in one session, and how often the login form was sent. */
  async function run(
    site: HostileServer,
    names: readonly string[],
    given: { users?: object; clients?: object; stress?: boolean; environment?: Record<string, string> } = {},
  ): Promise<{ words: Record<string, string>; logins: number; results: CheckResult[] }> {
    const { environment = {}, ...content } = given
    const file = {
      scopes: own.scopes,
      clients: { publicPkce: client('publicPkce') },
      users: { editor: user('editor') },
      ...content,
    }
    const info = await start({ baseUrl: site.origin, file, environment })
    const session = new Runner({
      ...{ target: info, profile: 'default' as const, knownIssues: [], requestTimeout: 5_000, checkTimeout: 20_000 },
      changeSite: () => Promise.reject(new Error('no control here')),
      errorLog: () => Promise.resolve([]),
    })
    const chosen = (await allChecks()).filter((check) => names.includes(check.contract))
    expect(new Set(chosen.map(({ contract }) => contract))).toEqual(new Set(names))
    const results: CheckResult[] = []
    await session.run(chosen, (result) => results.push(result))
    await session.close()
    const inWords = ({ verdict, blocker, reason }: CheckResult): string =>
      [verdict, blocker?.cause ?? (reason && describeReason(reason))].filter(Boolean).join(' ')
    return {
      words: Object.fromEntries(results.map((result) => [checkName(result), inWords(result)])),
      logins: site.requests.filter(({ what }) => what === 'POST /user/login').length,
      results,
    }
  }

  const flows = ['code.replay', 'authorize.anonymous', 'access-token.subject', 'consent.denied']
  const texts = (results: readonly CheckResult[]): string => results.map(({ blocker }) => blocker?.message).join('\n')

  test('logs in once a user, and finds out who that is', async () => {
    const { words, logins } = await run(await siteWith(), flows)
    expect(words).toMatchObject({
      'access-token.subject': 'pass',
      'authorize.anonymous': 'pass',
    })
    expect(logins).toBe(1)
  })

  test('does not try a refused password again, not even where more logins are allowed', async () => {
    const { words, logins, results } = await run(await siteWith(), [...flows, 'authorize.code-issued'], {
      stress: true,
      environment: { PASSWORD_OF_editor: 'wrong-password-1' },
    })
    expect(new Set(Object.values(words))).toEqual(new Set(['blocked login-failed']))
    expect(texts(results)).toContain('The login of "contract_editor" failed: the site showed the login form again')
    expect(JSON.stringify(results)).not.toContain('wrong-password-1')
    expect(logins).toBe(1)
  })

  // The default of a new consumer: no approval is asked for once it was given.
  test('skips what is about the consent form where the mapped consumer does not ask, and names it', async () => {
    const { client_id, redirectUris } = own.clients.autoApproved ?? {}
    const clients = { publicPkce: { client_id, redirectUris } }
    const { words } = await run(await siteWith(), ['consent.denied', 'consent.form-token', 'consent.framing'], {
      clients,
    })
    expect(new Set(Object.values(words))).toEqual(
      new Set([
        'skipped needs publicPkce with "Remember previous approval" and "Automatic authorization" switched off; if they are, say "remembers: false" in the site file',
      ]),
    )
    const asked = await run(await siteWith(), ['consent.denied', 'consent.form-token'])
    expect(new Set(Object.values(asked.words))).toEqual(new Set(['pass']))
    // Its owner states that it asks.
    const promised = await run(await siteWith(), ['consent.denied', 'consent.form-token', 'consent.framing'], {
      clients: { publicPkce: { ...clients.publicPkce, remembers: false } },
    })
    expect(Object.entries(promised.words).find(([name]) => name.startsWith('consent.denied'))?.[1]).toBe('fail')
    expect(
      promised.results.flatMap(({ findings }) => findings.filter(({ granted }) => granted)).length,
    ).toBeGreaterThan(1)
    expect(Object.values(promised.words).filter((word) => /pass|skipped/u.test(word))).toEqual([])
    const kept = await run(await siteWith(), ['consent.denied'], {
      clients: { publicPkce: { ...clients.publicPkce, remembers: true } },
    })
    expect(Object.values(kept.words).join()).toContain('skipped needs publicPkce')
    // A role that must not get consent is judged as usual.
    const automatic = await run(await siteWith(), ['consent.automatic'], {
      clients: { autoApproved: clients.publicPkce },
    })
    expect(automatic.words).toEqual({ 'consent.automatic': 'pass' })
  })

  test('logs in more often only where its owner allows it', async () => {
    const again = await run(await siteWith(), ['authorize.code-issued'])
    expect(new Set(Object.values(again.words))).toEqual(new Set(['skipped needs site.stress']))
    expect(again.logins).toBe(0)
    const allowed = await run(await siteWith(), ['authorize.code-issued'], { stress: true })
    // Simple OAuth trims spaces around a state.
    const { 'authorize.code-issued [surrounding spaces]': trimmed, ...others } = allowed.words
    expect(trimmed).toBe('fail')
    expect(new Set(Object.values(others))).toEqual(new Set(['pass']))
    expect(allowed.logins).toBeGreaterThan(1)
  })

  test('stops at flood control', async () => {
    const site = await siteWith(({ what }) =>
      what === 'POST /user/login' ? { status: 403, headers: [], body: '' } : null,
    )
    const { words, logins, results } = await run(site, flows)
    expect(new Set(Object.values(words))).toEqual(new Set(['blocked login-blocked']))
    expect(texts(results)).toContain('too many failed logins, or no access from this address. Wait, or clear the site')
    expect(logins).toBe(1)
  })

  test('distinguishes a second factor from a wrong password', async () => {
    const site = await siteWith(({ what, origin, healthy }) =>
      what === 'POST /user/login' && healthy.status === 303
        ? {
            status: 303,
            headers: ['location', `${origin}/tfa/2/abcdef`, 'set-cookie', 'SESSpending=abcdefgh; path=/'],
            body: '',
          }
        : null,
    )
    const { words, logins, results } = await run(site, flows)
    expect(new Set(Object.values(words))).toEqual(new Set(['blocked login-second-factor']))
    expect(texts(results)).toContain(
      "/tfa/2/abcdef instead of a session: probably a second factor, a captcha or terms to accept. Use a browser's session cookie or a loginLink instead.",
    )
    expect(logins).toBe(1)
  })

  test('sends no password to another host, and says what to give instead', async () => {
    const site = await siteWith(({ what, other }) =>
      what === 'GET /user/login' ? { status: 302, headers: ['location', `${other}/sso`], body: '' } : null,
    )
    const { words, results } = await run(site, flows)
    expect(new Set(Object.values(words))).toEqual(new Set(['blocked login-form-foreign']))
    expect(texts(results)).toContain("or use a browser's session cookie")
    expect(site.strayed()).toBe(0)
  })

  test('requests no other origin, wherever an answer leads', async () => {
    const site = await siteWith(({ what, other, url }) =>
      what === 'GET /oauth/authorize' ? { status: 302, headers: ['location', `${other}${url}`], body: '' } : null,
    )
    const { results } = await run(site, flows)
    expect(results.every(({ verdict }) => verdict !== 'pass')).toBe(true)
    expect(site.strayed()).toBe(0)
    expect(
      results.flatMap(({ exchanges }) => exchanges).every(({ request }) => request.url.startsWith(site.origin)),
    ).toBe(true)
  })

  test('takes the session of a browser instead of a password', async () => {
    const site = await siteWith()
    const cookie = await sessionOf(own.baseUrl)
    const given = { users: { editor: { cookie: '${COOKIE}' } } }
    const { words, logins } = await run(site, [...flows, 'authorize.code-issued'], {
      ...given,
      stress: true,
      environment: { COOKIE: cookie },
    })
    expect(words).toMatchObject({
      'access-token.subject': 'pass',
      'authorize.code-issued [plain]': 'skipped no password in the site file: user editor',
    })
    expect(logins).toBe(0)
    const stale = await run(site, flows, { ...given, environment: { COOKIE: 'SESSabc=stale-session-1' } })
    expect(new Set(Object.values(stale.words))).toEqual(new Set(['blocked session-invalid']))
    expect(texts(stale.results)).toContain('is not valid: the site asks for a login.')
    expect(JSON.stringify(stale.results)).not.toContain('stale-session-1')
  })

  /** A session as a browser has it, NAME=VALUE. */
  async function sessionOf(origin: string): Promise<string> {
    const { name = '', password = '' } = own.users.editor ?? {}
    const body = new URLSearchParams({ name, pass: password, form_id: 'user_login_form', op: 'Log in' })
    const answer = await fetch(`${origin}/user/login`, { method: 'POST', body, redirect: 'manual' })
    return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  }
})
