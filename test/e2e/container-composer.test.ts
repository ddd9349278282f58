import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import semver from 'semver'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../../helpers/targets/container/connect.ts'
import { findEngine, type Engine } from '../../helpers/targets/container/engine.ts'
import { newPlace, type Ended, type Place } from '../support/command.ts'
import { startRegistry, type ComposerRegistry } from '../support/composer-registry.ts'

// TEST_CODEBASES: folders of Composer-built Drupals, separated by colons; TEST_BASE_IMAGE: an image with PHP and Composer.
const { TEST_CODEBASES = '', TEST_BASE_IMAGE: base = '' } = process.env
const codebases = TEST_CODEBASES.split(':').filter((folder) => folder !== '')
const found = await findEngine(process.env)
const reason =
  codebases.length === 0 || base === ''
    ? 'TEST_CODEBASES and TEST_BASE_IMAGE do not both say what to make packages of, and what to build on'
    : found instanceof Error
      ? found.message
      : undefined
const engine = found as Engine

describe.skipIf(reason !== undefined)(
  `a site made by Composer${reason ? ` (skipped: ${reason})` : ''}`,
  { timeout: 1_800_000 },
  () => {
    const cacheRoot = mkdtempSync(join(tmpdir(), 'contract-cache-'))
    let registry: ComposerRegistry
    beforeAll(async () => {
      await connect(engine)
      registry = await startRegistry(codebases, base, { 'drupal/simple_oauth': '<6.1.0' })
    }, 600_000)
    afterAll(async () => {
      rmSync(cacheRoot, { recursive: true, force: true })
      await registry.remove()
    })

    const run = (place: Place, ...args: string[]): Promise<Ended> =>
      place.run(
        [
          '--target',
          'container',
          '--base-image',
          registry.baseImage,
          '--cache',
          cacheRoot,
          ...['--severity', 'critical'],
          // The load of this machine must not matter.
          ...['--request-timeout', '300', '--check-timeout', '1200'],
          ...args,
        ],
        { env: { DOCKER_HOST: engine.uri } },
      )
    const resolved = (place: Place, name: string): string | undefined => {
      const lock = JSON.parse(readFileSync(place.at('results', 'latest', 'resolved-composer.lock'), 'utf8')) as {
        readonly packages: readonly { readonly name: string; readonly version: string }[]
      }
      return lock.packages.find((one) => one.name === name)?.version
    }
    const newest = (name: string, range: string) => semver.maxSatisfying(registry.versionsOf(name), range)

    const constraints = [
      ['^11', '^6'],
      ['^10', '~6.0.0'],
      ['^10', '~6.1.0'],
    ] as const
    for (const [drupal, module] of constraints) {
      test(`with Drupal ${drupal} and Simple OAuth ${module} ends as on any other target`, async (context) => {
        const core = newest('drupal/core', drupal)
        const oauth = newest('drupal/simple_oauth', module)
        if (core === null || oauth === null) context.skip('no codebase has these versions')
        const place = newPlace()
        const { code, stdout } = await run(place, '--drupal', drupal, '--simple-oauth', module, '--allow-advisories')
        expect(code, stdout).toBe(0)
        expect([resolved(place, 'drupal/core'), resolved(place, 'drupal/simple_oauth')]).toEqual([core, oauth])
        const verdicts = Object.values(place.verdicts())
        expect(verdicts.filter((verdict) => !['pass', 'known', 'skipped'].includes(verdict))).toEqual([])
        expect(verdicts.length).toBeGreaterThan(50)
      })
    }

    test('with security advisories is refused, and says how to let it in', async (context) => {
      if (newest('drupal/simple_oauth', '~6.0.0') === null) context.skip('no codebase has Simple OAuth 6.0')
      const { code, stdout } = await run(newPlace(), '--drupal', '^10', '--simple-oauth', '~6.0.0')
      expect(stdout).toContain('--allow-advisories lets them in')
      expect(code).toBe(2)
    })
  },
)
