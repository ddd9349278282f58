import { describe, expect, onTestFinished, test } from 'vitest'
import { connectBridge, openBridge, type BridgeAddress } from '../../helpers/vitest/bridge.ts'
import { TargetError, type SiteChange } from '../../helpers/model/target.ts'

async function bridge(changeSite: (request: SiteChange) => Promise<void>): Promise<BridgeAddress> {
  const { address, close } = await openBridge({
    changeSite,
    errorLog: () => ['PHP Warning'],
    planned: () => undefined,
    concluded: () => undefined,
  })
  onTestFinished(close)
  return address
}

const nothing = (): Promise<void> => Promise.resolve()
const block: SiteChange = { op: 'user.change', user: 'editor', change: 'block' }

describe('the bridge', () => {
  test('carries changeSite steps in and log lines out', async () => {
    const seen: unknown[] = []
    const changeSite = (request: SiteChange): Promise<void> => nothing().then(() => void seen.push(request))
    const end = connectBridge(await bridge(changeSite))
    await end.changeSite(block)
    expect(seen).toEqual([block])
    expect(await end.errorLog()).toEqual(['PHP Warning'])
  })

  test('keeps code and message of what went wrong on the other side', async () => {
    const gone = new TargetError('changeSite-failed', 'drush ended. Run again with --fresh.')
    const end = connectBridge(await bridge(() => Promise.reject(gone)))
    const error: unknown = await end.changeSite(block).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TargetError)
    expect(error).toMatchObject({ code: 'changeSite-failed', message: 'drush ended. Run again with --fresh.' })
  })

  test('accepts only its own token, and only on this machine', async () => {
    let asked = 0
    const address = await bridge(() => {
      asked++
      return nothing()
    })
    expect(new URL(address.url).hostname).toBe('127.0.0.1')
    const other = `${address.token.startsWith('0') ? '1' : '0'}${address.token.slice(1)}`
    for (const authorization of [undefined, 'Bearer ', `Bearer ${other}`, address.token]) {
      const headers = authorization === undefined ? {} : { authorization }
      const response = await fetch(`${address.url}/changeSite`, {
        method: 'POST',
        headers,
        body: JSON.stringify(block),
      })
      expect(response.status).toBe(403)
    }
    expect(asked).toBe(0)
  })
})
