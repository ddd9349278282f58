import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { load } from 'cheerio'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findCodebase, listFiles } from '../../helpers/targets/install/codebase.ts'
import { phpTarget } from '../../helpers/targets/php/php-target.ts'
import type { ClientInfo, TargetInfo, UserInfo } from '../../helpers/model/target.ts'

const codebase = process.env['TEST_CODEBASE']
const reason =
  codebase === undefined
    ? 'TEST_CODEBASE names no codebase'
    : spawnSync('php', ['-v']).error
      ? 'there is no php'
      : undefined

const verifier = 'a'.repeat(43)
const challenge = createHash('sha256').update(verifier).digest('base64url')
const callback = 'https://client.example.test/callback'

describe.skipIf(reason !== undefined)(`target php on a real Drupal${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const cacheRoot = reason === undefined ? mkdtempSync(join(tmpdir(), 'contract-cache-')) : ''
  const options = { codebase: codebase ?? '', cacheRoot, fresh: false, php: 'php', workers: 4, startTimeout: 60_000 }
  const target = phpTarget(options)
  const stages: string[] = []
  const everything = () => listFiles(findCodebase(codebase ?? '').root, () => true)
  let before: unknown
  let info: TargetInfo

  beforeAll(async () => {
    before = everything()
    info = await target.start((stage) => stages.push(stage))
  }, 300_000)
  afterAll(() => {
    target.stop()
    if (cacheRoot !== '') rmSync(cacheRoot, { recursive: true, force: true })
  })

  test('reports its versions', () => {
    expect(info.versions.drupal).toMatch(/^1\d\.\d+\.\d+/)
    expect(info.versions.simple_oauth).toMatch(/^6\.\d+\.\d+/)
    expect(info.versions.league).toMatch(/^9\.\d+\.\d+/)
    expect(Object.keys(info.users)).toContain('editor')
    expect(info.capabilities).toContain('site.control')
    expect(stages[0]).toBe('copying the code')
  })

  test('issues tokens, blocks users, rotates keys and reports its errors', { timeout: 120_000 }, async () => {
    const user = info.users.changing as UserInfo
    const client = info.clients.publicPkce as ClientInfo
    const token = await codeGrant(info, client, user)
    expect(await resource(info, token)).toBe(200)

    await target.changeSite({ op: 'user.change', user: 'changing', change: 'block' })
    expect(await resource(info, token)).not.toBe(200)
    await target.changeSite({ op: 'user.change', user: 'changing', change: 'unblock' })
    const again = await codeGrant(info, client, user)
    expect(await resource(info, again)).toBe(200)

    await target.changeSite({ op: 'keys.replace' })
    expect(await resource(info, again)).toBe(401)
    expect(await resource(info, await codeGrant(info, client, user))).toBe(200)
    await target.changeSite({ op: 'keys.restore' })
    expect(await resource(info, again)).toBe(200)

    await target.changeSite({ op: 'caches.rebuild' })
    expect(await resource(info, again)).toBe(200)
    expect(await machineGrant(info, info.clients.machine as ClientInfo)).toBe(200)
    expect(target.errorLog()).toEqual([])
  })

  test('a second concurrent run uses the same template', { timeout: 60_000 }, async () => {
    const second = phpTarget(options)
    const seen: string[] = []
    const other = await second.start((stage) => seen.push(stage))
    expect(seen.some((stage) => stage.startsWith('installing'))).toBe(false)
    expect(other.clients).toEqual(info.clients)
    const token = await codeGrant(other, other.clients.confidential as ClientInfo, other.users.editor as UserInfo)
    expect(await resource(other, token)).toBe(200)
    second.stop()
    expect(await resource(info, token)).not.toBe(200)
  })

  // PHP's own 60 s are shortened to one, so that the pause can be short.
  test('a control step works after a pause', { timeout: 120_000 }, async () => {
    const php = join(cacheRoot, 'php-impatient')
    writeFileSync(php, '#!/bin/sh\nexec php -d default_socket_timeout=1 "$@"\n', { mode: 0o755 })
    const patient = phpTarget({ ...options, php })
    await patient.start(() => undefined)
    await patient.changeSite({ op: 'user.change', user: 'changing', change: 'block' })
    await delay(2500)
    await patient.changeSite({ op: 'user.change', user: 'changing', change: 'unblock' })
    patient.stop()
  })

  test('the codebase is as it was', () => {
    expect(everything()).toEqual(before)
  })

  test('a stopped target no longer answers', async () => {
    target.stop()
    await expect.poll(() => fetch(`${info.baseUrl}/user/login`).catch(() => 'gone')).toBe('gone')
    expect(existsSync(cacheRoot)).toBe(true)
  })
})

async function codeGrant(info: TargetInfo, client: ClientInfo, user: UserInfo): Promise<string> {
  const parameters = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: callback,
    scope: client.requests.join(' '),
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  const authorize = `${info.baseUrl}${info.endpoints.authorize}?${new URLSearchParams(parameters).toString()}`
  const cookie = await login(info, user)
  const form = load(await (await fetch(authorize, { headers: { cookie }, redirect: 'manual' })).text())
  const fields = form('#simple-oauth-authorize-form').serializeArray()
  const button = form('#edit-submit')
  fields.push({ name: String(button.attr('name')), value: String(button.attr('value')) })
  const allowed = await post(authorize, Object.fromEntries(fields.map(({ name, value }) => [name, value])), cookie)
  const code = new URL(allowed.headers.get('location') ?? 'none:').searchParams.get('code')
  const exchanged = await post(info.baseUrl + info.endpoints.token, {
    grant_type: 'authorization_code',
    client_id: client.client_id,
    ...(client.client_secret === undefined ? {} : { client_secret: client.client_secret }),
    redirect_uri: callback,
    code: code ?? '',
    code_verifier: verifier,
  })
  const body = (await exchanged.json()) as { access_token?: string }
  expect(exchanged.status, JSON.stringify(body)).toBe(200)
  return body.access_token ?? ''
}

async function machineGrant(info: TargetInfo, client: ClientInfo): Promise<number> {
  const { client_id, client_secret = '' } = client
  const response = await post(info.baseUrl + info.endpoints.token, {
    grant_type: 'client_credentials',
    client_id,
    client_secret,
  })
  return response.status
}

async function login(info: TargetInfo, user: UserInfo): Promise<string> {
  const fields = { name: user.name, pass: user.password ?? '', form_id: 'user_login_form', op: 'Log in' }
  const response = await post(info.baseUrl + info.endpoints.login, fields)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

const post = (url: string, fields: Record<string, string>, cookie = '') =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie }, redirect: 'manual' })

async function resource(info: TargetInfo, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(info.baseUrl + info.endpoints.resource, { headers, redirect: 'manual' })
  await response.arrayBuffer()
  return response.status
}
