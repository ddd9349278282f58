// The front end's own login against a real Drupal, in the front end's own vitest.
import { SimpleOAuthContainer, type StartedSimpleOAuthContainer } from 'simple-oauth-contract/testcontainers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beginLogin, finishLogin, refresh, type Drupal } from '../src/session.ts'

const redirectUri = 'http://localhost:5173/callback'
let site: StartedSimpleOAuthContainer
let drupal: Drupal

// The first start builds an image, which takes minutes; later ones take seconds.
beforeAll(async () => {
  const wanted = new SimpleOAuthContainer()
    .withScope({ name: 'shop:profiles', description: 'See who else shops here', permission: 'access user profiles' })
    .withUser({ name: 'alice', permissions: ['access user profiles'] })
    .withClient({ clientId: 'shop', redirectUris: [redirectUri], scopes: ['shop:profiles'] })
  // With DRUPAL, the project in that folder; else released versions.
  const { DRUPAL } = process.env
  site = await (DRUPAL ? wanted.withCodebase(DRUPAL) : wanted.withDrupal('^11').withSimpleOAuth('^6')).start()
  const { authorize, token } = site.getEndpoints()
  drupal = { authorizeUrl: authorize, tokenUrl: token, clientId: site.getClient().clientId, redirectUri }
}, 15 * 60_000)

afterAll(() => site.stop())

test('alice logs in, and stays logged in', async () => {
  const login = beginLogin(drupal, ['shop:profiles'])
  const callback = await site.visit(login.url)
  expect(callback).toMatch(/^http:\/\/localhost:5173\/callback\?/)
  const tokens = await finishLogin(drupal, login, callback)
  expect(whoIs(tokens.access_token)).toBe(site.getUser('alice').uid)
  const later = await refresh(drupal, tokens)
  expect(whoIs(later.access_token)).toBe(site.getUser('alice').uid)
})

test('alice changes her mind at the consent form', async () => {
  const login = beginLogin(drupal, ['shop:profiles'])
  const callback = await site.visit(login.url, { decision: 'deny' })
  await expect(finishLogin(drupal, login, callback)).rejects.toThrow('access_denied')
})

test('the answer to another login is rejected', async () => {
  const login = beginLogin(drupal, ['shop:profiles'])
  const callback = await site.visit(beginLogin(drupal, ['shop:profiles']).url)
  await expect(finishLogin(drupal, login, callback)).rejects.toThrow('another login')
})

test('a page that is not about the login uses ready-made tokens', async () => {
  const { access_token } = await site.authorize({ user: 'alice' })
  expect(whoIs(access_token)).toBe(site.getUser('alice').uid)
})

/** The user whom a token is for, as its claims say. */
function whoIs(token: string): string | undefined {
  const [, claims = ''] = token.split('.')
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub?: string }).sub
}
