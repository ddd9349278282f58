import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { logIn } from '../../helpers/drupal/login.ts'
import { findLoginForm } from '../../helpers/drupal/login-form.ts'
import { createHttpClient } from '../../helpers/http/client.ts'
import { Cookies } from '../../helpers/http/cookies.ts'
import { httpServer } from '../support/http-server.ts'
import { loginPage } from '../support/drupal-pages.ts'

const credentials = { name: 'editor', password: 'pä&ss wörd' }
const session = 'SESS0123456789abcdef0123456789abcdef'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

type Handler = (request: IncomingMessage, response: ServerResponse, body: URLSearchParams) => void

/** A site, and the requests it got. */
async function site(handler: Handler) {
  const requests: string[] = []
  const server = await httpServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      requests.push(`${request.method} ${request.url}`)
      handler(request, response, new URLSearchParams(body))
    })
  })
  const http = createHttpClient({ origin: server.origin, timeout: 5_000, bodyLimit: 100_000, connections: 1 })
  open.push(http, server)
  const cookies = new Cookies()
  return {
    requests,
    cookies,
    logIn: (path = '/user/login') => logIn(http, cookies, server.origin + path, credentials),
    origin: server.origin,
  }
}

/** Answers as Drupal does. */
const drupal =
  (language: 'en' | 'de'): Handler =>
  (request, response, body) => {
    const anonymous = request.headers.cookie?.includes('anonymous%2C1')
    if (request.method === 'GET')
      return void response
        .writeHead(200, { 'set-cookie': `${session}=anonymous%2C1; path=/; HttpOnly` })
        .end(loginPage(language, request.url?.replaceAll('&', '&amp;')))
    const right =
      anonymous &&
      body.get('form_id') === 'user_login_form' &&
      body.get('form_build_id')?.startsWith('form-') &&
      body.get('op') === (language === 'en' ? 'Log in' : 'Anmelden') &&
      body.get('name') === credentials.name &&
      body.get('pass') === credentials.password
    if (!right) return void response.end(loginPage(language))
    const destination = new URL(request.url ?? '', 'http://h').searchParams.get('destination')
    response
      .writeHead(303, {
        location: destination ?? '/user/2?check_logged_in=1',
        'set-cookie': `${session}=logged%2Cin; path=/; HttpOnly`,
      })
      .end()
  }

describe('logging in', () => {
  test.each(['en', 'de'] as const)('works on a page in %s', async (language) => {
    const { cookies, logIn, origin, requests } = await site(drupal(language))
    const outcome = await logIn()
    expect(outcome).toMatchObject({ ok: true, location: `${origin}/user/2?check_logged_in=1`, failure: null })
    expect(outcome.exchanges).toHaveLength(2)
    expect(requests).toEqual(['GET /user/login', 'POST /user/login'])
    expect(cookies.headerFor(origin)).toBe(`${session}=logged%2Cin`)
  })

  test('is not misled by an earlier button', async () => {
    const { logIn } = await site((request, response, body) =>
      request.method === 'GET'
        ? response.end(
            loginPage('en').replace('<input autocomplete="off"', '<input type="submit" name="op" value="SSO">$&'),
          )
        : response.writeHead(303, { location: '/', 'set-cookie': `s=for-${body.getAll('op').join()}` }).end(),
    )
    const { exchanges } = await logIn()
    expect(exchanges.at(-1)?.response.headers).toContainEqual(['set-cookie', 's=for-Log in'])
  })

  test('keeps the destination', async () => {
    const { logIn, origin } = await site(drupal('de'))
    const outcome = await logIn('/user/login?destination=%2Foauth%2Fauthorize%3Fa%3D1%26b%3D2&x=1')
    expect(outcome.location).toBe(`${origin}/oauth/authorize?a=1&b=2`)
  })

  test('follows the site to its own login page', async () => {
    const { logIn, requests } = await site((request, response, body) =>
      request.url === '/user/login' && request.method === 'GET'
        ? response.writeHead(302, { location: 'de/user/login' }).end()
        : drupal('de')(request, response, body),
    )
    expect((await logIn()).ok).toBe(true)
    expect(requests).toEqual(['GET /user/login', 'GET /user/de/user/login', 'POST /user/de/user/login'])
  })
})

describe('a failed login is recognized by its outcome', () => {
  const form = (response: ServerResponse) => response.end(loginPage('de'))
  const posts =
    (answer: (response: ServerResponse) => void): Handler =>
    (request, response) =>
      request.method === 'POST' ? answer(response) : form(response)

  test.each<[string, string, string, Handler]>([
    ['the form again', 'login-failed', 'The login of "editor" failed', posts(form)],
    ['an error', 'login-failed', 'got 500', posts((response) => response.writeHead(500).end('<p>Fehler'))],
    [
      'no cookie',
      'login-failed',
      'Expected a session cookie after',
      posts((response) => response.writeHead(303, { location: '/user/1' }).end()),
    ],
    [
      'a cookie without a redirect',
      'login-failed',
      'Expected a redirect after',
      posts((response) => response.setHeader('set-cookie', 'S=12345').end('ok')),
    ],
    [
      'a deleted cookie',
      'login-failed',
      'Expected a session cookie after',
      posts((response) => response.writeHead(303, { location: '/', 'set-cookie': 'S=deleted; Max-Age=0' }).end()),
    ],
    ['too many tries', 'login-blocked', 'with 403', posts((response) => response.writeHead(403).end())],
    ['a guard in front', 'login-blocked', 'with 429', (_, response) => response.writeHead(429).end()],
    [
      'no form',
      'login-form-missing',
      'got 200 without one',
      (_, response) => response.end('<form method=post><input name=name></form>'),
    ],
    ['nothing at all', 'login-form-missing', 'got 404 without one', (_, response) => response.writeHead(404).end()],
    [
      'redirects without end',
      'login-form-missing',
      'got 302 without one',
      (_, response) => response.writeHead(302, { location: '/user/login' }).end(),
    ],
    [
      'a form to another site',
      'login-form-foreign',
      'to https://evil.example.test',
      (_, response) => response.end(loginPage('en', 'https://evil.example.test/user/login')),
    ],
    [
      'a form to a script',
      'login-form-foreign',
      'sends no password there',
      (_, response) => response.end(loginPage('en', 'javascript:steal()')),
    ],
    [
      'a redirect to another site',
      'login-form-foreign',
      'to https://sso.example.test',
      (_, response) => response.writeHead(302, { location: 'https://sso.example.test/login' }).end(),
    ],
    [
      'a dead connection',
      'UND_ERR_SOCKET',
      'closed before the response was complete',
      (_, response) => response.destroy(),
    ],
  ])('%s', async (_, cause, message, handler) => {
    const { logIn, requests } = await site(handler)
    const outcome = await logIn()
    expect([outcome.ok, outcome.location, outcome.failure?.cause]).toEqual([false, null, cause])
    expect(outcome.failure?.message).toContain(message)
    expect(outcome.failure?.message).not.toContain(credentials.password)
    expect(requests.filter((line) => line.startsWith('POST')).length).toBeLessThanOrEqual(1)
    expect(requests.length).toBeLessThanOrEqual(6)
  })
})

describe('the login form', () => {
  const url = 'https://site.example.test/user/login'
  const register =
    '<form method=post id=user-register-form><input name=mail><input type=password name=pass[pass1]><input type=password name=pass[pass2]></form>'
  const other =
    '<form method=post action=/other><input name=user><input type=password name=secret><button name=go value=1></form>'

  test("is Drupal's own among several", () => {
    const form = findLoginForm(register + other + loginPage('de'), url)
    expect(form).toMatchObject({ action: url, nameField: 'name', passwordField: 'pass' })
    expect(form?.buttons).toMatchObject([{ name: 'op', value: 'Anmelden' }])
  })

  test('is known by its hidden field where a theme has changed the id', () => {
    const page = other + loginPage('en').replaceAll('id="user-login-form"', 'id="x"')
    expect(findLoginForm(page, url)?.passwordField).toBe('pass')
  })

  test('is the one with a single password input on a site with a form of its own', () => {
    expect(findLoginForm(register + other, url)).toMatchObject({
      action: 'https://site.example.test/other',
      nameField: 'user',
      passwordField: 'secret',
    })
  })

  test('may hold a trap for robots', () => {
    const trap = loginPage('en').replace(
      '<div class="js-form-item',
      '<input type="text" name="homepage" value=""><div class="js-form-item',
    )
    expect(findLoginForm(trap, url)).toMatchObject({ nameField: 'name' })
  })

  test.each([
    ['to register', register],
    ['that is not posted', loginPage('en').replaceAll('method="post"', 'method="get"')],
    ['without a name', '<form method=post><input type=password name=pass></form>'],
    ['whose password has no name', '<form method=post><input name=name><input type=password></form>'],
  ])('is not a form %s', (_, html) => {
    expect(findLoginForm(html, url)).toBeNull()
  })
})
