import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { signIn, type Visitor } from '../../helpers/drupal/sign-in.ts'
import { createHttpClient } from '../../helpers/http/client.ts'
import { httpServer } from '../support/http-server.ts'
import { loginPage } from '../support/drupal-pages.ts'

const session = 'SESS0123456789abcdef0123456789abcdef=logged-in-1'
const link = '/user/reset/7/1700000000/aBcDeF-hash_1'

/** What a site answers to a link; null for whatever Drupal would. */
type Unlike = (request: IncomingMessage, response: ServerResponse, other: string) => boolean

/** A Drupal that knows the user 7, by one-time link or by cookie. */
async function site(unlike: Unlike = () => false) {
  const requests: string[] = []
  let strayed = 0
  const other = await httpServer((_, response) => {
    strayed++
    response.end()
  })
  const server = await httpServer((request, response) => {
    const { method = '', url = '' } = request
    requests.push(`${method} ${url}`)
    if (unlike(request, response, other.origin)) return
    const known = request.headers.cookie === session
    const logIn = () =>
      response.writeHead(302, { location: '/user/7', 'set-cookie': `${session}; path=/; HttpOnly` }).end()
    if (url === `${link}/login`) return void logIn()
    if (url === link)
      return void response.end(
        `<form id="search" action="/search" method="get"></form>
         <form action="${link}/login" method="post" id="user-pass-reset"><input type="submit" name="op" value="Log in"></form>`,
      )
    if (url === '/user') return void response.writeHead(302, { location: known ? '/user/7' : '/user/login' }).end()
    response.writeHead(200).end(url === '/user/login' ? loginPage('en') : '<h1>editor</h1>')
  })
  const http = createHttpClient({ origin: server.origin, timeout: 5_000, bodyLimit: 100_000, connections: 1 })
  onTestFinished(async () => {
    await Promise.all([http.close(), server.close(), other.close()])
  })
  return {
    requests,
    strayed: () => strayed,
    origin: server.origin,
    signIn: (user: Omit<Visitor, 'name'>) =>
      signIn(http, { baseUrl: server.origin, login: '/user/login' }, { name: 'editor', ...user }, true),
  }
}

test.each([
  ['that asks once more, as Drupal sends by mail', link, [`GET ${link}`, `POST ${link}/login`]],
  ['that logs in at once, as drush makes', `${link}/login`, [`GET ${link}/login`, 'GET /user/7']],
])('a one-time link %s becomes a session, by one attempt', async (_, path, walk) => {
  const { origin, signIn: begin, requests } = await site()
  const { cookies, uid, failure } = await begin({ loginLink: origin + path })
  expect(failure).toBeNull()
  expect(uid).toBe('7')
  expect(cookies.headerFor(`${origin}/oauth/authorize`)).toBe(session)
  expect(requests).toEqual([...walk, 'GET /user', 'GET /user/7'])
})

test.each([
  ['', {}],
  [', in a session with no user', { 'set-cookie': 'SESS0123456789abcdef=anonymous-1; path=/' }],
])('a used link is reported as such%s, and never tried again', async (_, headers) => {
  const {
    origin,
    signIn: begin,
    requests,
  } = await site((request, response) => {
    if (!request.url?.startsWith(link)) return false
    response.writeHead(302, { location: '/user/password', ...headers }).end()
    return true
  })
  const { failure } = await begin({ loginLink: origin + link })
  expect(failure?.cause).toBe('login-failed')
  expect(failure?.message).toContain('may have been used or have expired')
  expect(requests.slice(0, 2)).toEqual([`GET ${link}`, 'GET /user/password'])
  expect(requests.filter((line) => line.includes('reset'))).toHaveLength(1)
})

test('a link that leads to another site is not followed there, nor is its form sent', async () => {
  const away = await site((_, response, other) => {
    response.writeHead(302, { location: `${other}/sso` }).end()
    return true
  })
  expect((await away.signIn({ loginLink: away.origin + link })).failure?.cause).toBe('login-failed')
  const form = await site((_, response, other) => {
    response.end(`<form action="${other}${link}/login" method="post"><input type="submit" name="op" value="x"></form>`)
    return true
  })
  expect((await form.signIn({ loginLink: form.origin + link })).failure?.cause).toBe('login-failed')
  expect([away.strayed(), form.strayed()]).toEqual([0, 0])
})

test('a session that is of somebody else than stated is not used', async () => {
  const { origin, signIn: begin } = await site()
  for (const way of [{ loginLink: `${origin}${link}/login` }, { cookie: session }]) {
    const { failure } = await begin({ ...way, uid: '8' })
    expect(failure).toMatchObject({ cause: 'user-mismatch' })
    expect(failure?.message).toContain('to belong to user 8, got user 7')
    expect((await begin({ ...way, uid: '7' })).failure).toBeNull()
  }
})

test('an invalid cookie, or one whose session has ended', async () => {
  const { signIn: begin, requests } = await site()
  expect((await begin({ cookie: 'copied wrongly' })).failure?.cause).toBe('session-invalid')
  expect(requests).toEqual([])
  const over = await begin({ cookie: 'SESS0123=over-since-long' })
  expect(over.failure?.cause).toBe('session-invalid')
  expect(over.failure?.message).toContain('Log in with a browser again')
})
