import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { signedBy } from '../../helpers/judge/expectation.ts'
import { judge } from '../../helpers/judge/judge.ts'
import type { Json } from '../../helpers/model/verdict.ts'
import { answered, context } from '../support/outcomes.ts'

let token: string
let published: JWK
let other: JWK
let privateJwk: JWK

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  published = await exportJWK(pair.publicKey)
  privateJwk = await exportJWK(pair.privateKey)
  other = await exportJWK((await generateKeyPair('RS256', { extractable: true })).publicKey)
  // Expired, not valid before 2100 and with a fraction: times are judged elsewhere.
  token = await new SignJWT({ exp: 1000.5, nbf: 4_102_444_800 })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(pair.privateKey)
})

const verdict = async (access_token: string, keys: Json | undefined): Promise<boolean | undefined> => {
  const outcome = answered(200, { access_token })
  return (await judge(signedBy('keys'), outcome, context({}, { keys: () => keys })))[0]?.ok
}

test('verified with the published key, whatever its times', async () => {
  expect(await verdict(token, { keys: [published] })).toBe(true)
})

test('not verified: another key, a changed payload, no signature, an opaque token', async () => {
  const keys = { keys: [published] } as unknown as Json
  const [header = '', , signature = ''] = token.split('.')
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1] ?? ''}.`
  expect(await verdict(token, { keys: [other] })).toBe(false)
  expect(await verdict(`${header}.e30.${signature}`, keys)).toBe(false)
  expect(await verdict(none, keys)).toBe(false)
  expect(await verdict('opaque', keys)).toBe(false)
})

test('a key set with a private member or without keys proves nothing', async () => {
  expect(await verdict(token, { keys: [privateJwk] })).toBe(false)
  expect(await verdict(token, { keys: [] })).toBe(false)
  expect(await verdict(token, undefined)).toBe(false)
})
