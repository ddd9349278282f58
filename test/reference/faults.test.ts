import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { addressFaults } from '../../helpers/reference/faults/address.ts'
import { besideFaults } from '../../helpers/reference/faults/beside.ts'
import { answerFaults } from '../../helpers/reference/faults/answers.ts'
import { browserFaults } from '../../helpers/reference/faults/browser.ts'
import { contentFaults } from '../../helpers/reference/faults/content.ts'
import { authorizationFaults } from '../../helpers/reference/faults/authorization.ts'
import { claimFaults } from '../../helpers/reference/faults/claims.ts'
import { clientFaults } from '../../helpers/reference/faults/client.ts'
import { clientsFaults } from '../../helpers/reference/faults/clients.ts'
import { secretFaults } from '../../helpers/reference/faults/secret.ts'
import { deviceFaults } from '../../helpers/reference/faults/device.ts'
import { registrationFaults } from '../../helpers/reference/faults/registration.ts'
import { codeFaults } from '../../helpers/reference/faults/code.ts'
import { consentFaults } from '../../helpers/reference/faults/consent.ts'
import { isolationFaults } from '../../helpers/reference/faults/isolation.ts'
import { lifeCycleFaults } from '../../helpers/reference/faults/life-cycle.ts'
import type { Fault } from '../../helpers/reference/faults/fault.ts'
import { openidFaults } from '../../helpers/reference/faults/openid.ts'
import { openidRequestFaults } from '../../helpers/reference/faults/openid-request.ts'
import { pkceFaults } from '../../helpers/reference/faults/pkce.ts'
import { redirectFaults } from '../../helpers/reference/faults/redirect.ts'
import { refreshFaults } from '../../helpers/reference/faults/refresh.ts'
import { requestFaults } from '../../helpers/reference/faults/request.ts'
import { resourceFaults } from '../../helpers/reference/faults/resource.ts'
import { revocationFaults } from '../../helpers/reference/faults/revocation.ts'
import { signatureFaults } from '../../helpers/reference/faults/signature.ts'
import { tokenFaults } from '../../helpers/reference/faults/token.ts'
import { faults, findFault } from '../../helpers/reference/faults/index.ts'
import { profiles, type ReferenceProfile } from '../../helpers/reference/server.ts'
import type { Mechanisms } from '../../helpers/reference/core/mechanisms.ts'
import { start } from '../support/reference-client.ts'
import { probes } from './probes/index.ts'
import type { Facts } from './probes/requests.ts'

const names = Object.keys(profiles) as ReferenceProfile[]

test('every fault has an id of its own and says what is gained', () => {
  expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length)
  expect(faults.length).toBeGreaterThanOrEqual(60)
  for (const { id, gain, source } of faults) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(gain, id).toMatch(/^[A-Z][^\n]{10,}\.$/)
    expect(source, id).toMatch(
      /^(RFC \d+ (§|appendix [A-Z])|OAuth 2\.1 §|CWE-\d+|ASVS \d|OpenID Connect|Fetch Standard|MCP,)/,
    )
  }
})

describe.each(names)('on %s', (profile) => {
  test.each(faults)('$id replaces exactly one mechanism', ({ alter, only }) => {
    const [good, bad] = [profiles[profile], alter(profiles[profile])]
    const changed = (Object.keys(bad) as (keyof Mechanisms)[]).filter((name) => bad[name] !== good[name])
    // Simple OAuth may have the weakness itself; tokens end with a saved consumer, which would hide its old settings.
    if (only === 'ideal' && profile !== only) expect(changed.length).toBeLessThanOrEqual(1)
    else expect(changed.filter((name) => name !== 'consumerChanged' || changed.length === 1)).toHaveLength(1)
    expect(Object.keys(bad)).toEqual(Object.keys(good))
  })
})

test('an unknown fault is refused, and the message says where all are listed', async () => {
  expect(() => findFault('nope')).toThrow(/"nope" is not a fault\. .*--list-faults/)
  await expect(start({ profile: 'ideal', fault: 'nope' })).rejects.toThrow(RangeError)
})

async function run(probe: (typeof probes)[keyof typeof probes], fault?: string): Promise<Facts> {
  const server = await start({ profile: 'ideal', ...(fault === undefined ? {} : { fault }) })
  try {
    return await probe(server)
  } finally {
    await server.close()
  }
}

const livesOf = (...meant: Fault['mechanism'][]): readonly Fault[] =>
  lifeCycleFaults.filter(({ mechanism }) => meant.includes(mechanism))
const groups: [keyof typeof probes, readonly Fault[]][] = [
  ['addresses', addressFaults],
  ['redirects', [...redirectFaults, ...authorizationFaults]],
  ['consents', consentFaults],
  ['proofs', pkceFaults],
  ['codes', codeFaults],
  ['clients', [...clientFaults, ...secretFaults, ...requestFaults]],
  ['refreshes', refreshFaults],
  ['tokens', [...claimFaults, ...tokenFaults]],
  ['resources', [...signatureFaults, ...resourceFaults, ...openidFaults]],
  ['isolation', isolationFaults],
  ['contents', contentFaults],
  ['browsers', browserFaults],
  ['connections', openidRequestFaults],
  ['revocations', revocationFaults],
  ['devices', deviceFaults],
  ['registrations', registrationFaults],
  ['habits', clientsFaults],
  ['accounts', livesOf('accounts', 'permissions')],
  ['consumers', livesOf('consumers')],
  ['moments', livesOf('lifetime', 'scopes', 'storage', 'integrity', 'keys')],
  ['besides', besideFaults],
  ['answers', answerFaults],
]

test('every fault is in a group', () => {
  expect(groups.flatMap(([, group]) => group)).toHaveLength(faults.length)
})

let edges: Facts
beforeAll(async () => {
  edges = await run(probes.edges)
})

test('the edges of the ideal profile answer the same twice', async () => {
  expect(await run(probes.edges)).toEqual(edges)
})

describe.each(groups)('%s of the ideal profile', (name, group) => {
  let good: Facts
  beforeAll(async () => {
    good = await run(probes[name])
  })

  test('answer the same twice', async () => {
    expect(await run(probes[name])).toEqual(good)
  })

  test.each(group)('$id is seen', async ({ id }) => {
    // A weakness may be so grave that the probe's own flow ends early: that is seen as well.
    const ask = (probe: keyof typeof probes): Promise<Facts> =>
      run(probes[probe], id).catch((error: unknown) => ({ ended: String(error) }))
    if (isDeepStrictEqual(await ask(name), good)) expect(await ask('edges')).not.toEqual(edges)
  })
})
