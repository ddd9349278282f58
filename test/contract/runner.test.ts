import { describe, expect, test } from 'vitest'
import { Runner } from '../../helpers/contract/runner.ts'
import { schedule } from '../../helpers/contract/schedule.ts'
import PQueue from 'p-queue'
import { lend, serialize } from '../../helpers/contract/concurrency.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import { allChecks } from '../mutation/run-against.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { capabilities, type Capability } from '../../fixtures/capabilities.ts'
import type { TargetInfo } from '../../helpers/model/target.ts'
import { hostileServer, type Breaks } from '../support/hostile-proxy.ts'

test('what waits for an expiry begins first, beside others; what changes the site comes alone at the end', async () => {
  const checks = await allChecks()
  const { first, concurrent, serial } = schedule(checks)
  const waits = concurrent.map((check) =>
    [...check.when, ...(check.slow?.when ?? [])].some((step) => step.do === 'wait'),
  )
  const count = waits.filter(Boolean).length
  expect(count).toBeGreaterThan(2)
  expect(waits.slice(0, 2 * count)).toEqual(Array.from({ length: count }, () => [true, false]).flat())
  expect(serial.map((check) => check.contract)).toEqual(expect.arrayContaining(['bearer.key-retired']))
  expect(new Set([first, ...concurrent, ...serial])).toEqual(new Set(checks))
})

test('isolation comes last and alone, unless it waits: what a server caches for it reaches no other check', async () => {
  const checks = await allChecks()
  const { first, concurrent, serial } = schedule(checks)
  const waits = ({ when }: Check): boolean => when.some((step) => step.do === 'wait')
  const isolation = checks.filter((check) => check.group === 'isolation' && !waits(check))
  expect(isolation.length).toBeGreaterThan(5)
  for (const { when } of checks.filter((check) => check.group === 'isolation' && waits(check))) {
    const afterwards = when.slice(when.findIndex((step) => step.do === 'wait') + 1)
    expect(afterwards.map((step) => ({ do: step.do, ownAddress: 'ownAddress' in step && step.ownAddress }))).toEqual(
      afterwards.map(() => ({ do: 'resource', ownAddress: true })),
    )
  }
  const requesting = serial.filter(({ when }) => !when.some((step) => step.do === 'everyAnswer')) // it sends nothing
  expect(requesting.slice(-isolation.length)).toEqual(isolation)
  expect([first, ...concurrent, ...serial]).toHaveLength(checks.length)
})

test("the editor's token comes before all others, whatever is selected: Drupal applies its permissions to theirs", async () => {
  const resource = (await allChecks()).filter(({ group }) => group === 'resource')
  const { first, concurrent } = schedule(resource)
  expect(first).toMatchObject({ given: { client: 'publicPkce' } })
  // Without it, this one's token, which is a client's own, could be the first.
  expect(concurrent[1]).toMatchObject({ contract: 'bearer.scope-missing', given: { client: 'machine' } })
  const { requests } = await behindProxy(['bearer.scope-missing', 'bearer.forged'])
  const opening = requests.indexOf('GET /oauth/debug')
  expect(requests.slice(0, opening).filter((line) => line === 'POST /oauth/token')).toHaveLength(1)
  const machines = resource.filter(({ given }) => given.client === 'machine')
  expect(schedule(machines).first).toBeUndefined()
})

test('no check rebuilds caches, and no request precedes the checks', async () => {
  expect(JSON.stringify(await allChecks())).not.toContain('caches.rebuild')
  const { requests } = await behindProxy(['isolation.wide-scope-first'])
  expect(requests.filter((line) => line.includes('/oauth/debug'))).toHaveLength(2)
})

/** Runs contracts against a server behind a proxy; returns its requests and the results. */
async function behindProxy(
  contracts: readonly string[],
  breaks: Breaks = () => null,
  more: Partial<TargetInfo> = {},
): Promise<{ requests: string[]; results: CheckResult[] }> {
  const target = referenceTarget({ profile: 'ideal' })
  const info = await target.start(() => undefined)
  const proxy = await hostileServer(info.baseUrl, breaks)
  const session = new Runner({
    ...{ target: { ...info, baseUrl: proxy.origin, ...more }, profile: 'default', knownIssues: [] },
    ...{ requestTimeout: 10_000, checkTimeout: 60_000 },
    changeSite: (request) => target.changeSite(request),
    errorLog: () => Promise.resolve([]),
  })
  const results: CheckResult[] = []
  try {
    const checks = (await allChecks()).filter(({ contract }) => contracts.includes(contract))
    expect(checks.length).toBeGreaterThan(0)
    await session.run(checks, (result) => results.push(result))
  } finally {
    await session.close()
    await proxy.close()
    target.stop()
  }
  return { requests: proxy.requests.map(({ what }) => what), results }
}

test('a race is observed by its winner, whichever request that is', async () => {
  const refused = { status: 400, body: JSON.stringify({ error: 'invalid_grant' }) }
  const granted = { status: 200, body: JSON.stringify({ access_token: 'a', token_type: 'Bearer' }) }
  // Normally the first request wins; here the others do.
  const { results } = await behindProxy(['concurrency.refresh'], ({ what, body, healthy }) => {
    if (what !== 'POST /oauth/token' || !body.includes('grant_type=refresh_token')) return null
    return healthy.status === 200 ? refused : granted
  })
  expect(results.map(({ observed }) => observed)).toEqual([
    expect.objectContaining({ status: 200, 'race.successes': 3 }),
  ])
})

describe('a firewall that rejects malformed input', () => {
  const forbidden = { status: 403, headers: ['content-type', 'text/html'], body: '<html>Forbidden</html>' }
  const firewall: Breaks = ({ body }) => (body.includes('PHP') || body.includes('stdClass') ? forbidden : null)
  const existingSite = (Object.keys(capabilities) as Capability[]).filter((capability) => capability !== 'site.control')
  const ofObject = (results: readonly CheckResult[]) =>
    results.find(({ variant }) => variant === 'serialized PHP object')

  test('in front of an existing site, is not the server: nothing is judged', async () => {
    const { results } = await behindProxy(['garbage.body'], firewall, { capabilities: existingSite })
    expect(ofObject(results)).toMatchObject({ verdict: 'skipped', reason: { kind: 'filtered' } })
    expect(results.filter(({ verdict }) => verdict === 'pass').length).toBeGreaterThan(5)
  })

  test('does not precede a server that the suite started', async () => {
    const { results } = await behindProxy(['garbage.body'], firewall)
    expect(ofObject(results)).toMatchObject({ verdict: 'fail' })
  })

  test('does not answer with an OAuth error', async () => {
    const oauth = { status: 403, body: JSON.stringify({ error: 'access_denied' }) }
    const refusing: Breaks = ({ body }) => (body.includes('stdClass') ? oauth : null)
    const { results } = await behindProxy(['garbage.body'], refusing, { capabilities: existingSite })
    expect(ofObject(results)).toMatchObject({ verdict: 'fail' })
  })
})

describe('what the standard makes optional', () => {
  const ofRefresh =
    (change: (members: Record<string, unknown>) => unknown): Breaks =>
    ({ what, body, healthy }) =>
      what === 'POST /oauth/token' && body.includes('grant_type=refresh_token')
        ? { status: healthy.status, body: JSON.stringify(change(JSON.parse(healthy.body) as Record<string, unknown>)) }
        : null

  test('is skipped where it is not returned', async () => {
    const without = ofRefresh(({ id_token: _, ...members }) => members)
    const { results } = await behindProxy(['openid.refreshed'], without)
    expect(results).toMatchObject([{ verdict: 'skipped', reason: { kind: 'not-returned', fact: 'json.id_token' } }])
  })

  test('is blocked where the whole response is missing', async () => {
    const { results } = await behindProxy(
      ['openid.refreshed'],
      ofRefresh(() => ({ message: 'no' })),
    )
    expect(results).toMatchObject([{ verdict: 'blocked', blocker: { cause: 'no-token' } }])
  })
})

describe('a race', () => {
  /** Redeems codes one at a time as the server does, except that in the given round the others get a token, too. */
  const openIn =
    (round: number): Breaks =>
    ({ what, body, healthy }) => {
      if (what !== 'POST /oauth/token' || !body.includes('grant_type=authorization_code')) return null
      const code = new URLSearchParams(body).get('code') ?? ''
      codes.add(code)
      const isOpen = codes.size === round && healthy.status !== 200
      return isOpen ? { status: 200, body: JSON.stringify({ access_token: 'a', token_type: 'Bearer' }) } : null
    }
  const codes = new Set<string>()

  test.each([
    ['ends with the round in which more than one request succeeded', 4, 4, 'fail', 4],
    ['that never shows more than one success has twenty rounds', 0, 20, 'pass', 1],
  ])('%s', async (_, round, asked, verdict, successes) => {
    codes.clear()
    const { results } = await behindProxy(['concurrency.code'], openIn(round))
    expect(codes.size).toBe(asked)
    expect(results.map((result) => [result.verdict, result.observed['race.successes']])).toEqual([[verdict, successes]])
  })

  test('has the server to itself', async () => {
    const { concurrent, serial } = schedule(await allChecks())
    expect(concurrent.filter(({ group }) => group === 'concurrency')).toEqual([])
    expect(serial.slice(0, 2).map(({ contract }) => contract)).toEqual(['concurrency.code', 'concurrency.refresh'])
  })
})

test('a refusal that a stale permission cache can explain says to rebuild caches', async () => {
  const closed: Breaks = ({ what, healthy }) =>
    what === 'GET /oauth/debug' && healthy.status === 200 ? { status: 403, body: '{"message":"no"}' } : null
  const { results } = await behindProxy(['bearer.scope-missing'], closed)
  expect(results.map(({ blocker }) => blocker?.message)).toEqual([
    'the step resource failed: expected 200 and a JSON object, got 403: no. The token is accepted and opens nothing: the scope ' +
      'has no permission that exists, the user lacks that permission, or Drupal answers from its permission cache. Give the scope a ' +
      'permission and a role of the user the same one; then rebuild caches (drush cache:rebuild).',
  ])
  const other: Breaks = ({ what }) => (what === 'GET /oauth/debug' ? { status: 500, body: '{"message":"no"}' } : null)
  const broken = await behindProxy(['bearer.scope-missing'], other)
  expect(broken.results[0]?.blocker?.message).not.toContain('rebuild')
})

test('so does the finding of a requirement that the cache can break on a site that others use, too', async () => {
  const closed: Breaks = ({ what }) => (what === 'GET /oauth/debug' ? { status: 403, body: '{"message":"no"}' } : null)
  const notes = async (changes: Partial<TargetInfo>): Promise<unknown> => {
    const { results } = await behindProxy(['scope.role'], closed, changes)
    return results.map(({ verdict, findings }) => [verdict, findings[0]?.note])
  }
  expect(await notes({})).toEqual([['fail', undefined]])
  expect(await notes({ mapped: true })).toEqual([
    [
      'fail',
      'If the scope and the user have the permission, the site answers from its permission cache: rebuild caches ("drush cache:rebuild").',
    ],
  ])
})

describe('a lent slot', () => {
  test('is not an additional one: no more tasks run at once than there are slots', async () => {
    const queue = new PQueue({ concurrency: 2 })
    let running = 0
    let most = 0
    const begin = () => (most = Math.max(most, ++running))
    const work = async (): Promise<void> => {
      begin()
      await lend(queue, async () => {
        running--
        await new Promise((resolve) => setImmediate(resolve))
      })
      begin()
      await new Promise((resolve) => setImmediate(resolve))
      running--
    }
    await Promise.all(Array.from({ length: 9 }, () => queue.add(work)))
    expect([most, running, queue.concurrency]).toEqual([2, 0, 2])
  })

  test('serves others, and the task that returns goes before those in the queue', async () => {
    const queue = new PQueue({ concurrency: 1 })
    const seen: string[] = []
    let wake = (): void => undefined
    const waking = new Promise<void>((resolve) => (wake = resolve))
    const first = queue.add(async () => {
      await lend(queue, () => waking)
      seen.push('back')
    })
    const second = queue.add(async () => {
      seen.push('second')
      wake()
      await waking
      await Promise.resolve()
    })
    const third = queue.add(() => Promise.resolve(void seen.push('third')))
    await Promise.all([first, second, third])
    expect(seen).toEqual(['second', 'back', 'third'])
  })
})

test('control steps take turns, in order, also after one that failed', async () => {
  const seen: string[] = []
  const control = serialize(async (step: string) => {
    seen.push(`${step} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    seen.push(`${step} ends`)
    if (step === 'block') throw new Error('no such user')
  })
  const [first, second] = await Promise.allSettled([control('block'), control('rebuild')])
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
  expect(seen).toEqual(['block begins', 'block ends', 'rebuild begins', 'rebuild ends'])
})
