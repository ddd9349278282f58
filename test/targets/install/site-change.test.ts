import { describe, expect, test } from 'vitest'
import { DrushError } from '../../../helpers/drupal/drush.ts'
import { siteChanger } from '../../../helpers/targets/install/site-change.ts'

/** A server whose drush ends with it, as that of a container does, or of its own accord. */
class FakeServer {
  readonly name: string
  started = 0
  runs = true
  ends = false
  constructor(name: string) {
    this.name = name
  }
  drush() {
    this.started++
    return {
      request: <Answer>(op: string) => {
        const ended = this.ends || !this.runs
        this.ends = false
        if (ended) return Promise.reject(new DrushError('drush-ended', 'drush ended', ['gone']))
        return Promise.resolve({ facts: { op, by: this.name } } as Answer)
      },
    }
  }
}

const changing = (serving: () => FakeServer | undefined) =>
  siteChanger(
    serving,
    (server) => server.drush(),
    () => undefined,
  )

describe('a site change', () => {
  test('is made by one drush process', async () => {
    const server = new FakeServer('first')
    const change = changing(() => server)
    await change({ op: 'cron' })
    expect(await change({ op: 'cron' })).toEqual({ op: 'cron', by: 'first' })
    expect(server.started).toBe(1)
  })

  test('is made on the new server after an upgrade', async () => {
    const [before, after] = [new FakeServer('before'), new FakeServer('after')]
    let serving = before
    const change = changing(() => serving)
    await change({ op: 'cron' })
    before.runs = false
    serving = after
    expect(await change({ op: 'cron' })).toEqual({ op: 'cron', by: 'after' })
    expect(before.started).toBe(1)
  })

  test('fails if drush ends, and the next one starts another', async () => {
    const server = new FakeServer('first')
    const change = changing(() => server)
    server.ends = true
    await expect(change({ op: 'cron' })).rejects.toMatchObject({
      code: 'control-failed',
      message: expect.stringMatching(/The site change cron failed: drush ended[^]*gone/) as string,
    })
    expect(await change({ op: 'cron' })).toEqual({ op: 'cron', by: 'first' })
    expect(server.started).toBe(2)
  })

  test('fails before the site exists', async () => {
    await expect(changing(() => undefined)({ op: 'cron' })).rejects.toMatchObject({ code: 'not-started' })
  })
})
