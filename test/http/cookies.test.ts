import { expect, test } from 'vitest'
import { Cookies } from '../../helpers/http/cookies.ts'

const url = 'http://127.0.0.1:8801/user/login'
const session = 'SESS0123456789abcdef0123456789abcdef'

function received(...cookies: string[]) {
  const headers = cookies.map((value) => ['set-cookie', value] as const)
  return { status: 200, headers: [['content-type', 'text/html'] as const, ...headers], body: '', truncated: false }
}

test('values are sent back byte for byte', () => {
  const cookies = new Cookies()
  cookies.store(url, received(`${session}=a%2Cb%2Fc-_"x"=y; Max-Age=2000000; path=/; HttpOnly; SameSite=Lax`))
  expect(cookies.headerFor('http://127.0.0.1:8801/oauth/authorize?x=1')).toBe(`${session}=a%2Cb%2Fc-_"x"=y`)
  expect(cookies.values()).toEqual(['a%2Cb%2Fc-_"x"=y'])
})

test('without a cookie there is no header', () => {
  const cookies = new Cookies()
  cookies.store(url, received())
  expect(cookies.headerFor(url)).toBeNull()
  expect(cookies.values()).toEqual([])
})

test('paths, deletion and replacement hold', () => {
  const cookies = new Cookies()
  cookies.store(url, received('a=1; path=/', 'b=2; path=/user', 'c=3; path=/', 'gone=4; path=/'))
  cookies.store(url, received('a=11; path=/', 'gone=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0; path=/'))
  expect(cookies.headerFor('http://127.0.0.1:8801/user/1')).toBe('b=2; a=11; c=3')
  expect(cookies.headerFor('http://127.0.0.1:8801/oauth/token')).toBe('a=11; c=3')
  expect(cookies.values().sort()).toEqual(['11', '2', '3'])
})

test.each([
  'a=1; domain=evil.example.test',
  'a=1; domain=example.test.evil.test',
  'a=1; domain=other.site.example.test',
  '=nameless-and-empty; domain=evil.test',
  '\x00\x01',
  '',
])('the cookie %j is refused', (cookie) => {
  const cookies = new Cookies()
  cookies.store('https://site.example.test/', received(cookie))
  expect(cookies.headerFor('https://site.example.test/')).toBeNull()
  expect(cookies.headerFor('https://evil.example.test/')).toBeNull()
})

test.each(['https://site.github.io/', 'https://drupal.localhost/', 'http://127.0.0.1:1/', 'https://intranet/'])(
  'a session on %s is kept, also with its own domain named',
  (site) => {
    const cookies = new Cookies()
    cookies.store(site, received('a=1; path=/', `b=2; path=/; domain=${new URL(site).hostname}`))
    expect(cookies.headerFor(site)).toBe('a=1; b=2')
  },
)

test('a cookie for https is not sent over http', () => {
  const cookies = new Cookies()
  cookies.store('https://site.example.test/', received('S=1; secure; path=/'))
  expect(cookies.headerFor('http://site.example.test/')).toBeNull()
  expect(cookies.headerFor('https://site.example.test/')).toBe('S=1')
})

test('a copy shares nothing', () => {
  const cookies = new Cookies()
  cookies.store(url, received('a=1'))
  const copy = cookies.clone()
  copy.store(url, received('a=2'))
  expect([cookies.headerFor(url), copy.headerFor(url)]).toEqual(['a=1', 'a=2'])
})
