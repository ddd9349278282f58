import { X509Certificate } from 'node:crypto'
import { compactVerify, createRemoteJWKSet, CompactSign } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Capability } from '../../fixtures/capabilities.ts'
import { Runner } from '../../helpers/contract/runner.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { describeReason } from '../../helpers/model/describe-reason.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import { allChecks } from '../mutation/run-against.ts'
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

test('a library that trusts the key set at its address accepts the forged signature', async () => {
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

test('only an arriving request counts as reached, whatever the server says', async () => {
  expect(
    await server.reachedBy(async (url) => {
      await fetch(url)
    }),
  ).toBe(true)
  expect(await server.reachedBy(() => Promise.resolve())).toBe(false)
  expect(await server.reachedBy(() => Promise.reject(new Error('no control here')))).toBe(false)
})

describe('a token that names a key at an address', () => {
  const verdictsOn = async (
    without: readonly Capability[],
    changeSite?: () => Promise<void>,
  ): Promise<readonly CheckResult[]> => {
    const target = referenceTarget({ profile: 'ideal' })
    const info = await target.start(() => undefined)
    const runner = new Runner({
      target: { ...info, capabilities: info.capabilities.filter((one) => !without.includes(one)) },
      ...{ profile: 'default', knownIssues: [], requestTimeout: 10_000, checkTimeout: 60_000 },
      changeSite: changeSite ?? ((request) => target.changeSite(request)),
      errorLog: () => Promise.resolve([]),
    })
    const results: CheckResult[] = []
    const named = (await allChecks()).filter(({ when }) => /"key-at-(?:jku|x5u)"/u.test(JSON.stringify(when)))
    await runner.run(named, (result) => results.push(result))
    await runner.close()
    target.stop()
    return results
  }
  const unreachable = { verdict: 'skipped', reason: { kind: 'unreachable-key-set' } }

  test('is judged where the server fetches from the suite', async () => {
    const results = await verdictsOn([])
    expect(results.map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
  })

  test.each<[string, readonly Capability[], (() => Promise<void>) | undefined]>([
    ['on a site that the suite did not start', ['site.control'], undefined],
    ['where nothing arrives', [], () => Promise.resolve()],
    ['where the server says that it cannot', [], () => Promise.reject(new Error('connection refused'))],
  ])('is skipped %s', async (_, without, changeSite) => {
    const results = await verdictsOn(without, changeSite)
    expect(results).toMatchObject([unreachable, unreachable])
    expect(results[0]?.reason && describeReason(results[0].reason)).toBe(
      'the server cannot fetch the key set that the suite serves on 127.0.0.1',
    )
  })
})
