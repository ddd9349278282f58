import { X509Certificate } from 'node:crypto'
import { compactVerify, createRemoteJWKSet, CompactSign } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgedKeys } from '../../helpers/oauth/forged-key.ts'
import {
  certificateAddress,
  keySetAddress,
  startKeySetServer,
  type KeySetServer,
} from '../../helpers/oauth/key-set-server.ts'

let server: KeySetServer
beforeAll(async () => {
  server = await startKeySetServer()
})
afterAll(() => {
  server.close()
})

const signed = (kid: string): Promise<string> =>
  new CompactSign(Buffer.from('claims')).setProtectedHeader({ alg: 'RS256', kid }).sign(forgedKeys().privateKey)

test('a library that trusts the key set at its address verifies what the forged key signed', async () => {
  const keys = createRemoteJWKSet(new URL(keySetAddress(server.url, 'a kid')))
  await expect(compactVerify(await signed('a kid'), keys)).resolves.toBeDefined()
  await expect(compactVerify(await signed('another'), keys)).rejects.toThrow()
})

test('the certificate is valid, of the forged key and signed with it', async () => {
  const certificate = new X509Certificate(await (await fetch(certificateAddress(server.url))).text())
  expect(certificate.verify(forgedKeys().publicKey)).toBe(true)
  expect(certificate.publicKey.equals(forgedKeys().publicKey)).toBe(true)
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now())
})

test('it is reached only by a server whose request arrives, whatever that server says', async () => {
  expect(
    await server.reachedBy(async (url) => {
      await fetch(url)
    }),
  ).toBe(true)
  expect(await server.reachedBy(() => Promise.resolve())).toBe(false)
  expect(await server.reachedBy(() => Promise.reject(new Error('no control here')))).toBe(false)
})
