import { dirname } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { chooseTarget, namesSite, workersFor } from '../../helpers/targets/choose.ts'
import { readSettings, SettingsError } from '../../helpers/settings/settings.ts'
import { TargetError } from '../../helpers/model/target.ts'
import { fakeEngine } from '../support/fake-engine.ts'
import { emptyFolder, fakePhp } from '../support/fake-php.ts'

const noEngine = { DOCKER_HOST: 'unix:///nonexistent' }

/** The code of the refusal, or null if a target was chosen. */
async function refused(argv: string[], environment: Record<string, string> = {}): Promise<Error | null> {
  try {
    await chooseTarget(readSettings(argv, {}, {}).settings, { ...noEngine, ...environment })
    return null
  } catch (error) {
    if (error instanceof TargetError || error instanceof SettingsError) return error
    throw error
  }
}
const refusal = async (...given: Parameters<typeof refused>) =>
  ((await refused(...given)) as TargetError | null)?.code ?? null

describe('the choice of a target', () => {
  test('falls back to the reference server if nothing is named, outside a pipeline', async () => {
    for (const environment of [{}, { CI: '' }, { CI: 'false' }]) expect(await refusal([], environment)).toBeNull()
  })

  test('is refused in a pipeline unless something is named', async () => {
    const pipeline = { CI: 'true' }
    expect(await refusal([], pipeline)).toBe('no-target')
    expect(await refusal(['--target', 'auto', '--reference-profile', 'ideal'], pipeline)).toBe('no-target')
    expect(await refusal(['--target', 'reference'], pipeline)).toBeNull()
    expect(await refusal(['--codebase', 'here'], pipeline)).toBeNull()
  })

  test('is a site wherever one is named', async () => {
    const named = (argv: string[]): boolean => namesSite(readSettings(argv, {}, {}).settings)
    expect(named(['--base-url', 'https://host.test'])).toBe(true)
    expect(named(['--site', 'site.yaml'])).toBe(true)
    expect(named(['--site', 'site.yaml', '--codebase', 'here'])).toBe(true)
    expect(named(['--site', 'site.yaml', '--target', 'reference'])).toBe(false)
    expect(named(['--codebase', 'here'])).toBe(false)
    expect(await refusal(['--base-url', 'https://host.test'], { CI: 'true' })).toBeNull()
  })

  test.each([
    [1, 4],
    [2, 4],
    [4, 8],
    [64, 16],
  ])('sends a server on %i cores %i requests at once', (cores, workers) => {
    expect(workersFor(cores)).toBe(workers)
  })

  test('is refused for php without a codebase', async () => {
    expect(await refusal(['--target', 'php'])).toBe('codebase-missing')
    expect(await refusal(['--target', 'php', '--codebase', 'here'])).toBeNull()
  })

  test('is php where a database is named, which is refused unless it is a URL', async () => {
    const engine = await fakeEngine()
    const named = ['--codebase', 'here', '--database-url']
    expect(await refusal([...named, 'mysql://drupal@127.0.0.1/shop'], { DOCKER_HOST: engine.uri })).toBeNull()
    expect(engine.asked).toEqual([])
    expect(await refusal([...named, 'shop'])).toBe('bad-value')
  })

  test('is the PHP of this machine for an upgrade, and a container where there is none', async () => {
    const engine = await fakeEngine()
    const asked = async (words: string[], phpOld: string | null = null): Promise<boolean> => {
      const before = engine.asked.length
      const { settings } = readSettings(['--codebase', 'here', ...words], {}, {})
      await chooseTarget(settings, { DOCKER_HOST: engine.uri }, undefined, { to: 'new', phpOld, phpNew: null })
      return engine.asked.length > before
    }
    expect(await asked(['--php', '/nowhere/php'])).toBe(false)
    expect(await asked([], 'php8.2')).toBe(false)
    expect(await asked([], '8.4')).toBe(true)
    const folder = dirname(fakePhp(emptyFolder(), {}).command)
    for (const [path, inContainer] of [
      [emptyFolder(), true],
      [folder, false],
    ] as const) {
      vi.stubEnv('PATH', path)
      expect(await asked([]), path).toBe(inContainer)
      vi.unstubAllEnvs()
    }
  })

  test('is a container where an engine answers, and when only a container can do what is asked for', async () => {
    const engine = await fakeEngine()
    const chosen = await chooseTarget(readSettings([], {}, {}).settings, { DOCKER_HOST: engine.uri, CI: 'true' })
    // No other target knows what Composer resolved.
    expect('composerLock' in chosen).toBe(true)
    expect(engine.asked).toEqual(['GET /_ping', 'GET /_ping'])
    for (const flag of ['--image', '--drupal', '--simple-oauth', '--consumers', '--base-image']) {
      expect(await refusal([flag, 'x']), flag).toBe('engine-silent')
    }
    expect(await refusal(['--php-version', '8.3'])).toBe('engine-silent')
    expect(await refusal(['--database', 'postgres', '--codebase', 'here'])).toBe('engine-silent')
    expect(await refusal(['--allow-advisories'])).toBe('engine-silent')
  })

  test.each([
    [['--reference-fault', 'x'], '--reference-fault cannot be used with the target container'],
    [
      ['--codebase', 'here', '--php', 'php8.3'],
      'The container target installs and starts a Drupal of its own. Leave --php',
    ],
  ])('%j is refused where a container is chosen: %s', async (argv, message) => {
    const engine = await fakeEngine()
    const error = await refused(argv, { DOCKER_HOST: engine.uri })
    expect(error).toBeInstanceOf(SettingsError)
    expect(error?.message).toContain(message)
  })

  test('a setting for a Drupal is refused where the reference server is chosen', async () => {
    expect((await refused(['--workers', '8']))?.message).toBe(
      '--workers cannot be used with the target reference, which was chosen automatically. The reference server is built in ' +
        'and is not a Drupal. Leave --workers out, or name the target: --target container.',
    )
  })
})
