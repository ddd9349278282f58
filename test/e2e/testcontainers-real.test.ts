import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'
import { askEngine, findEngine } from '../../helpers/targets/container/engine.ts'

const { TEST_CODEBASE: codebase = '' } = process.env
const engine = await findEngine(process.env)
const reason =
  codebase === '' ? 'TEST_CODEBASE does not say what to serve' : engine instanceof Error ? engine.message : undefined

/** Ids of the containers of the suite. */
async function containers(): Promise<string[]> {
  if (engine instanceof Error) return []
  const filters = encodeURIComponent(JSON.stringify({ label: ['simple-oauth-contract.owner'] }))
  const { body } = await askEngine(engine, 'GET', `/containers/json?all=1&filters=${filters}`)
  return (body as { Id: string }[]).map(({ Id }) => Id)
}

test.skipIf(reason !== undefined)(
  `a front end logs in through a real Drupal in its own vitest${reason ? ` (skipped: ${reason})` : ''}`,
  async () => {
    const before = await containers()
    const config = join(packageRoot, 'examples/front-end/vitest.config.ts')
    const vitest = join(packageRoot, 'node_modules/vitest/vitest.mjs')
    const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--config', config], {
      env: { ...process.env, DRUPAL: codebase, NO_COLOR: '1' },
      encoding: 'utf8',
    })
    expect(status, stdout).toBe(0)
    expect(stdout).toMatch(/Tests +4 passed \(4\)/u)
    expect(await containers()).toEqual(before)
  },
  900_000,
)
