import { expect, test } from 'vitest'
import { clients, scopes, users } from '../../fixtures/roles.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'

test('the target starts, gives every role and stops', async () => {
  const target = referenceTarget({ profile: 'simple-oauth-6.0' })
  const stages: string[] = []
  const info = await target.start((stage) => stages.push(stage))
  expect(stages).toEqual(['starting the reference server'])
  expect(info).toMatchObject({
    label: 'reference server, profile simple-oauth-6.0 (not a Drupal site)',
    demonstration: true,
    workers: 2,
    versions: { simple_oauth: '6.0.9', league: '9.2.0' },
  })
  expect(Object.keys(info.clients).sort()).toEqual(Object.keys(clients).sort())
  expect(Object.keys(info.users).sort()).toEqual(Object.keys(users).sort())
  expect(Object.keys(info.scopes).sort()).toEqual(Object.keys(scopes).sort())
  expect((await fetch(info.baseUrl + info.endpoints.jwks)).status).toBe(200)
  await target.changeSite({ op: 'caches.rebuild' })
  expect(target.errorLog()).toEqual([])
  target.stop()
  await expect(fetch(info.baseUrl)).rejects.toThrow()
})

test('what cannot be started says what to do', async () => {
  await expect(referenceTarget({ profile: 'ideal', fault: 'nope' }).start(() => undefined)).rejects.toMatchObject({
    code: 'unknown-fault',
    message: expect.stringContaining('--list-faults') as string,
  })
  const first = referenceTarget({ profile: 'ideal' })
  const port = Number(new URL((await first.start(() => undefined)).baseUrl).port)
  await expect(referenceTarget({ profile: 'ideal', port }).start(() => undefined)).rejects.toMatchObject({
    code: 'port-taken',
  })
  first.stop()
  await expect(first.changeSite({ op: 'caches.rebuild' })).rejects.toMatchObject({ code: 'not-started' })
})
