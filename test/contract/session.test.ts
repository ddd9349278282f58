import { describe, expect, test } from 'vitest'
import { schedule } from '../../helpers/contract/session.ts'
import { inTurn, Slots } from '../../helpers/contract/slots.ts'
import { allChecks } from '../faults/bench.ts'

test('what waits for an expiry begins first, beside others; what changes the site comes alone at the end', async () => {
  const checks = await allChecks()
  const { concurrent, serial } = schedule(checks)
  const waits = concurrent.map((check) =>
    [...check.when, ...(check.slow?.when ?? [])].some((step) => step.do === 'wait'),
  )
  const count = waits.filter(Boolean).length
  expect(count).toBeGreaterThan(2)
  expect(waits.slice(0, 2 * count)).toEqual(Array.from({ length: count }, () => [true, false]).flat())
  expect(serial.map((check) => check.contract)).toEqual(expect.arrayContaining(['bearer.key-retired']))
  expect(new Set([...concurrent, ...serial])).toEqual(new Set(checks))
})

describe('slots', () => {
  test('no more run at once than there are', async () => {
    const slots = new Slots(2)
    let running = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await Promise.resolve()
      running--
    }
    await Promise.all(Array.from({ length: 9 }, () => slots.run(work)))
    expect(most).toBe(2)
  })

  test('a lent slot serves others, and who comes back goes before those who queue', async () => {
    const slots = new Slots(1)
    const seen: string[] = []
    let wake = (): void => undefined
    const waking = new Promise<void>((resolve) => (wake = resolve))
    const first = slots.run(async () => {
      await slots.lend(() => waking)
      seen.push('back')
    })
    const second = slots.run(async () => {
      seen.push('second')
      wake()
      await waking
      await Promise.resolve()
    })
    const third = slots.run(() => Promise.resolve(void seen.push('third')))
    await Promise.all([first, second, third])
    expect(seen).toEqual(['second', 'back', 'third'])
  })
})

test('control steps take turns, in order, also after one that failed', async () => {
  const seen: string[] = []
  const control = inTurn(async (step: string) => {
    seen.push(`${step} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    seen.push(`${step} ends`)
    if (step === 'block') throw new Error('no such user')
  })
  const [first, second] = await Promise.allSettled([control('block'), control('rebuild')])
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
  expect(seen).toEqual(['block begins', 'block ends', 'rebuild begins', 'rebuild ends'])
})
