import { describe, expect, onTestFinished, test } from 'vitest'
import type { CheckResult } from '../../helpers/judge/result.ts'
import { crossBridge, openBridge, type BridgeAddress } from '../../helpers/target/bridge.ts'
import { TargetError, type ControlRequest } from '../../helpers/target/target.ts'

async function bridge(
  control: (request: ControlRequest) => Promise<void>,
  result: (result: CheckResult) => void = () => undefined,
): Promise<BridgeAddress> {
  const { address, close } = await openBridge({ control, errorLog: () => ['PHP Warning'] }, result)
  onTestFinished(close)
  return address
}

const nothing = (): Promise<void> => Promise.resolve()
const block: ControlRequest = { op: 'user.block', user: 'editor' }
const failed = { contract: 'code.replay', verdict: 'fail' } as CheckResult

describe('the bridge', () => {
  test('carries control steps in, and results and log lines out', async () => {
    const seen: unknown[] = []
    const control = (request: ControlRequest): Promise<void> => nothing().then(() => void seen.push(request))
    const end = crossBridge(await bridge(control, (result) => seen.push(result)))
    await end.control(block)
    await end.result(failed)
    expect(seen).toEqual([block, failed])
    expect(await end.errorLog()).toEqual(['PHP Warning'])
  })

  test('lets one control step through at a time, in order, also after one that failed', async () => {
    const seen: string[] = []
    const end = crossBridge(
      await bridge(async ({ op }) => {
        seen.push(`${op} begins`)
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(`${op} ends`)
        if (op === 'user.block') throw new Error('no such user')
      }),
    )
    const [first, second] = await Promise.allSettled([end.control(block), end.control({ op: 'caches.rebuild' })])
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
    expect(seen).toEqual(['user.block begins', 'user.block ends', 'caches.rebuild begins', 'caches.rebuild ends'])
  })

  test('keeps code and message of what went wrong on the other side', async () => {
    const gone = new TargetError('control-failed', 'drush ended. Run again with --fresh.')
    const end = crossBridge(await bridge(() => Promise.reject(gone)))
    const error: unknown = await end.control(block).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TargetError)
    expect(error).toMatchObject({ code: 'control-failed', message: 'drush ended. Run again with --fresh.' })
  })

  test('tells the worker when a result could not be taken', async () => {
    const full = (): never => {
      throw new Error('no more paper')
    }
    const taken = crossBridge(await bridge(nothing, full)).result(failed)
    await expect(taken).rejects.toMatchObject({ code: 'bridge-failed', message: 'no more paper' })
  })

  test('opens to its own token only, on this machine only', async () => {
    let asked = 0
    const address = await bridge(() => {
      asked++
      return nothing()
    })
    expect(new URL(address.url).hostname).toBe('127.0.0.1')
    const other = `${address.token.startsWith('0') ? '1' : '0'}${address.token.slice(1)}`
    for (const authorization of [undefined, 'Bearer ', `Bearer ${other}`, address.token]) {
      const headers = authorization === undefined ? {} : { authorization }
      const response = await fetch(`${address.url}/control`, { method: 'POST', headers, body: JSON.stringify(block) })
      expect(response.status).toBe(403)
    }
    expect(asked).toBe(0)
  })
})
