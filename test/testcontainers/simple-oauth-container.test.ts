import { describe, expect, onTestFinished, test } from 'vitest'
import { entitiesOf } from '../../helpers/testcontainers/entities.ts'
import { SimpleOAuthContainer } from '../../helpers/testcontainers/index.ts'
import { siteOf } from '../../helpers/testcontainers/simple-oauth-container.ts'
import { StartedSimpleOAuthContainer } from '../../helpers/testcontainers/started-container.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import { codeVerifier, s256 } from '../../helpers/oauth/pkce.ts'

/** The container of a site that is served elsewhere. */
const noContainer = { getId: () => 'none' } as unknown as ConstructorParameters<typeof StartedSimpleOAuthContainer>[0]

/** The started container as a front end sees it, backed by the reference server. */
async function started() {
  const target = referenceTarget({ profile: 'ideal' })
  const info = await target.start(() => undefined)
  const removed: string[] = []
  const entities = entitiesOf({ scopes: [], users: [], clients: [] })
  const site = new StartedSimpleOAuthContainer(noContainer, siteOf(info, entities, {}), () => {
    target.stop()
    removed.push('site')
  })
  onTestFinished(() => target.stop())
  return { site, info, removed }
}

describe('a started container', () => {
  test('has a client that must use PKCE and an editor by default', async () => {
    const { site, info } = await started()
    expect(site.getBaseUrl()).toBe(info.baseUrl)
    expect(site.getEndpoints().token).toBe(`${info.baseUrl}/oauth/token`)
    expect(site.getClient()).toMatchObject({ clientId: info.clients.publicPkce?.client_id })
    expect(site.getClient()).not.toHaveProperty('clientSecret')
    expect(site.getUser()).toMatchObject({ name: info.users.editor?.name, uid: info.users.editor?.uid })
    expect(() => site.getClient('shop')).toThrow('The site has no client "shop". It has: ')
    expect(() => site.getUser('alice')).toThrow('The site has no user "alice". It has: ')
  })

  test('returns tokens of the named user', async () => {
    const { site, info } = await started()
    const other = info.users.otherEditor
    const { access_token, token_type, expires_in } = await site.authorize({ user: other?.name ?? '' })
    const claims = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as object
    expect({ token_type, expires_in }).toEqual({ token_type: 'Bearer', expires_in: 300 })
    expect(claims).toMatchObject({ sub: other?.uid })
  })

  test("takes a front end's own request through login and consent, and back to it", async () => {
    const { site } = await started()
    const { clientId, redirectUris, scopes } = site.getClient()
    const verifier = codeVerifier()
    const request = new URL(site.getEndpoints().authorize)
    request.search = new URLSearchParams({
      ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUris[0] ?? '', scope: scopes.join(' ') },
      ...{ state: 'kept', code_challenge: s256(verifier), code_challenge_method: 'S256' },
    }).toString()
    const answer = new URL(await site.visit(request))
    expect(answer.origin + answer.pathname).toBe(redirectUris[0])
    expect(answer.searchParams.get('state')).toBe('kept')
    const redeem = (code: string) =>
      fetch(site.getEndpoints().token, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUris[0] ?? '' },
          ...{ code, code_verifier: verifier },
        }),
      })
    expect((await redeem(answer.searchParams.get('code') ?? '')).status).toBe(200)
    const denied = new URL(await site.visit(request, { decision: 'deny' }))
    expect(denied.searchParams.get('error')).toBe('access_denied')
    request.searchParams.set('redirect_uri', 'https://elsewhere.example.test/')
    await expect(site.visit(request)).rejects.toMatchObject({
      code: 'no-redirect',
      message: expect.stringMatching(/^Expected the .* to the client, got a page \(\d+, error\)\. Compare /u) as string,
    })
  })

  test('says which request failed, and shows no secret with it', async () => {
    const { site, info } = await started()
    const refused = site.authorize({ scopes: ['contract:nowhere'] })
    await expect(refused).rejects.toMatchObject({
      code: 'no-code',
      message: expect.stringContaining('invalid_scope') as string,
    })
    const error = await refused.catch((one: unknown) => one)
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(info.users.editor?.password)
    expect(error).not.toHaveProperty('exchanges')
  })

  test('is removed when it is stopped, or at the end of its block', async () => {
    const first = await started()
    await first.site.stop()
    expect(first.removed).toEqual(['site'])
    const second = await started()
    await second.site[Symbol.asyncDispose]()
    expect(second.removed).toEqual(['site'])
  })
})

describe('what is asked for', () => {
  test('comes first, with everything that was left out', () => {
    const entities = entitiesOf({
      scopes: [{ name: 'shop:orders', permission: 'access content' }],
      users: [{ name: 'alice', permissions: ['access user profiles'] }],
      clients: [
        { clientId: 'shop', redirectUris: ['http://localhost:5173/callback'] },
        {
          clientId: 'backend',
          clientSecret: 'x',
          grantTypes: ['client_credentials'],
          scopes: ['shop:orders'],
          user: 'alice',
        },
      ],
    })
    expect(entities.scopes).toEqual([
      {
        ...{ name: 'shop:orders', description: 'shop:orders', permission: 'access content' },
        grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      },
    ])
    const [alice] = entities.users
    expect(alice?.roles).toEqual({
      contract_user_0: ['grant simple_oauth codes', 'access content', 'access user profiles'],
    })
    expect(alice?.password).toMatch(/^[\w-]{22}$/u)
    const [shop, backend] = entities.clients
    expect(shop).toMatchObject({ confidential: false, pkce: true, requests: ['contract:content'], scopes: [] })
    expect(shop).not.toHaveProperty('client_secret')
    expect(backend).toMatchObject({ confidential: true, client_secret: 'x', scopes: ['shop:orders'], user: 'alice' })
  })

  test.each<[string, (container: SimpleOAuthContainer) => SimpleOAuthContainer, string]>([
    ['versions of a codebase', (one) => one.withCodebase('/srv/site').withDrupal('^11'), 'The codebase determines'],
    ['configuration without its code', (one) => one.withConfig('config/sync'), 'Exported configuration can only'],
  ])('is refused before anything is built: %s', async (_, change, message) => {
    await expect(change(new SimpleOAuthContainer()).start()).rejects.toThrow(message)
  })
})
