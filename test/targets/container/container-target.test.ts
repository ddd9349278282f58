import { readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { baseImages } from '../../../fixtures/requirements.ts'
import { waysOut } from '../../../helpers/targets/container/ways-out.ts'
import { newPlace, noEngine, type Ended, type Place } from '../../support/command.ts'
import { engineThread, type EngineInThread } from '../../support/engine-in-thread.ts'
import type { FakeBehaviour } from '../../support/open-engine.ts'

const image = { name: 'my/site:1' }
const one = ['--only', 'pkce.verifier-mismatch']
const fakeEngine = engineThread()

/** A run of the command against a fake engine. */
async function run(
  behaviour: FakeBehaviour,
  args: readonly string[],
): Promise<{ place: Place; ended: Ended; engine: EngineInThread }> {
  const engine = await fakeEngine(behaviour)
  const place = newPlace()
  const ended = await place.run(['--target', 'container', ...args], { env: { DOCKER_HOST: engine.uri } })
  await engine.settled()
  return { place, ended, engine }
}

describe('an image of the user', () => {
  test('is started, provisioned by its drush and removed again', async () => {
    const { ended, engine } = await run({ image }, ['--image', image.name, ...one])
    expect(ended.stdout).toContain('container, the image my/site:1 · http://127.0.0.1:')
    expect(ended.stdout).toMatch(/\n1 passed, 0 failed, 0 skipped\n$/)
    expect(ended.code).toBe(0)
    expect(engine.removed).toEqual(['fake'])
    expect(engine.asked).toContain('POST /containers/fake/exec')
  })

  test('may have no environment, as after docker import', async () => {
    const { ended } = await run({ image: { ...image, env: null } }, ['--image', image.name, ...one])
    expect(ended.code).toBe(0)
  })

  test('is published with all its ports, since Testcontainers waits for each that Podman shows', async () => {
    const labels = { 'simple-oauth-contract.port': '80' }
    const { engine } = await run({ image: { ...image, ports: ['80/tcp', '443/tcp', '443/udp'], labels } }, [
      '--image',
      image.name,
      ...one,
    ])
    const local = [{ HostIp: '127.0.0.1', HostPort: '0' }]
    expect(engine.created[0]).toMatchObject({
      HostConfig: { PortBindings: { '80/tcp': local, '443/tcp': local, '443/udp': local } },
    })
  })

  test('is published on this machine alone, and asked by nobody else while it is made ready', async () => {
    const { engine } = await run({ image }, ['--image', image.name, ...one])
    expect(engine.created).toHaveLength(1)
    expect(engine.created[0]).toMatchObject({
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }] } },
      Healthcheck: { Test: ['NONE'] },
    })
  })

  test.each<[string, FakeBehaviour, string[]]>([
    ['that is nowhere', {}, ['image-missing', 'The image my/nowhere:1 is not on this machine and cannot be fetched']],
    ['that exposes no port', { image: { ...image, ports: [] } }, ['image-lacks', 'exposes no port. Say which one']],
    [
      'that exposes several',
      { image: { ...image, ports: ['80/tcp', '443/tcp'] } },
      ['image-lacks', 'the ports 80/tcp, 443/tcp', 'LABEL simple-oauth-contract.port=N'],
    ],
    [
      'whose container ends at once',
      { image, site: 'ends' },
      [
        'image-lacks',
        'The container ended before it responded (exit code 137).',
        'docs/container.md',
        'PHP Fatal error: fake',
      ],
    ],
    [
      'that shows no login page',
      { image, site: 'error page' },
      ['image-lacks', '/user/login responded with 500', 'docs/container.md', 'PHP Fatal error: fake'],
    ],
    [
      'without drush',
      { image, site: 'no drush' },
      ['image-lacks', 'Provisioning the site failed: drush ended with exit code 127', 'executable file not found'],
    ],
    [
      'without a working module',
      { image, site: 'no module' },
      ['image-lacks', 'Expected an OAuth error from /oauth/token for an unknown client, got 200'],
    ],
  ])('%s is refused', async (_, behaviour, messages) => {
    // Testcontainers asks no second time for an image that it found.
    const { ended } = await run(behaviour, ['--image', behaviour.image ? image.name : 'my/nowhere:1', ...one])
    for (const message of [...messages, '0 passed, 0 failed, 0 skipped']) expect(ended.stdout).toContain(message)
    expect(ended.stdout).toContain(`RUN FAILED ${messages[0] ?? ''}`)
    expect(ended.code).toBe(2)
  })
})

/** Lets timers of a length run out at once; returns how many were set so far. */
function hurry(length: number): () => number {
  const { setTimeout: set } = globalThis
  let seen = 0
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation((call: () => void, delay?: number, ...rest: []) => {
    if (delay === length) seen += 1
    return set(call, delay === length ? 0 : delay, ...rest)
  })
  onTestFinished(() => {
    spy.mockRestore()
  })
  return () => seen
}

describe('a build', () => {
  const base = ['--base-image', image.name, ...one]

  test('is given the versions asked for, as arguments that the Dockerfile declares', async () => {
    const asked = { DRUPAL: '^10', SIMPLE_OAUTH: '6.0.9', CONSUMERS: '1.21.0' }
    const flags = ['--drupal', asked.DRUPAL, '--simple-oauth', asked.SIMPLE_OAUTH, '--consumers', asked.CONSUMERS]
    const official = { name: baseImages['8.3'] }
    const more = [...flags, '--php-version', '8.3', '--allow-advisories', ...one]
    const { engine } = await run({ image: official, build: [{ error: 'enough' }] }, more)
    const [parameters] = engine.builds
    const args = JSON.parse(parameters?.get('buildargs') ?? '') as Record<string, string>
    expect(args).toEqual({ ...asked, BASE_IMAGE: official.name, DRUSH: '^13', ALLOW_ADVISORIES: '1' })
    const dockerfile = readFileSync('docker/Dockerfile', 'utf8')
    for (const name of [...Object.keys(args), 'CODEBASE', 'DOCROOT', 'VENDOR', 'INSTALL_ON'])
      expect(dockerfile).toMatch(new RegExp(`^ARG ${name}=`, 'm'))
  })

  test('announces what is downloaded and how long it takes', async () => {
    const { stdout } = (await run({ image, build: [{ error: 'enough' }] }, base)).ended
    expect(stdout).toContain(
      `· the first run downloads the image ${image.name} (about 250 MB, unless it is here already) and about 100 MB of packages by Composer, and takes 2 to 5 minutes; later runs start in a few seconds\n`,
    )
  })

  test('takes the proxy of the environment along, and nothing else of it', async () => {
    const engine = await fakeEngine({ image, build: [{ error: 'enough' }] })
    const env = { DOCKER_HOST: engine.uri, HTTPS_PROXY: 'http://proxy.test:3128', no_proxy: 'localhost', SECRET: 'x' }
    await newPlace().run(['--target', 'container', ...base], { env })
    await engine.settled()
    const args = JSON.parse(engine.builds[0]?.get('buildargs') ?? '') as Record<string, string>
    expect(args).toMatchObject({ HTTPS_PROXY: 'http://proxy.test:3128', no_proxy: 'localhost' })
    expect(Object.keys(args)).not.toContain('SECRET')
  })

  test('by Podman opens no session of BuildKit; by any other engine it does', async () => {
    const version = async (podman: boolean) =>
      (await run({ image, podman, build: [{ error: 'enough' }] }, base)).engine.builds[0]?.get('version')
    expect(await version(true)).toBeNull()
    expect(await version(false)).toBe('2')
  })

  test.each<[string, FakeBehaviour, string]>([
    [
      'an old SQLite',
      { image: { ...image, php: { sqlite: '3.40.1' } } },
      'RUN FAILED requirements-unmet\n  my/site:1 cannot run what is asked for',
    ],
    [
      'no Composer',
      { image: { ...image, php: { composer: false } } },
      'RUN FAILED image-lacks\n  The image my/site:1 has no Composer',
    ],
  ])('is not begun on a base image with %s', async (_, behaviour, message) => {
    const { ended, engine } = await run(behaviour, base)
    expect(ended.stdout).toContain(message)
    expect(ended.code).toBe(2)
    expect(engine.builds).toEqual([])
  })

  test('whose base image no registry delivers names three alternatives within 15 seconds', async () => {
    // Testcontainers asks no second time for an image that it found.
    const unseen = ['--base-image', 'my/unseen:1', ...one]
    const refused = await run({ pull: [{ status: 'Pulling' }, { error: 'manifest unknown' }] }, unseen)
    expect(refused.ended.stdout).toContain('cannot be fetched: manifest unknown.')
    const limits = hurry(12_000)
    const { ended } = await run({ pull: 'never' }, unseen)
    expect(ended.stdout).toContain(
      'RUN FAILED image-missing\n  The image my/unseen:1 is not on this machine and cannot be fetched: its registry has not answered for 12 s.',
    )
    for (const line of waysOut.trim().split('\n')) expect(ended.stdout).toContain(line)
    expect(limits()).toBeGreaterThan(0)
  })

  test('with another database is not begun either where that cannot be fetched', async () => {
    const { ended } = await run({ image }, [...base, '--database', 'postgres'])
    expect(ended.stdout).toContain('The image postgres:17 is not on this machine and cannot be fetched')
    expect(ended.stdout).toContain('leave out --database')
  })

  test('that fails shows its last lines', async () => {
    const noise = Array.from({ length: 30 }, (_, line) => ({ stream: `line ${line}\n` }))
    const build = [{ stream: 'Step 2/9 : RUN sh composer.sh\n' }, ...noise, { error: 'returned a non-zero code: 2' }]
    const { ended } = await run({ image, build }, base)
    expect(ended.stdout).toContain('· building the image: 2/9 RUN sh composer.sh')
    expect(ended.stdout).toContain('RUN FAILED build-failed')
    expect(ended.stdout).toContain('The image could not be built: returned a non-zero code: 2.\n')
    expect(ended.stdout).toContain('line 29\n')
    expect(ended.stdout).not.toContain('line 9\n')
    expect(ended.code).toBe(2)
  })

  test('whose versions Composer refuses says how to let them in', async () => {
    const build = [{ stream: 'affected by security advisories ("SA-1")\n' }, { error: 'code: 2' }]
    expect((await run({ image, build }, base)).ended.stdout).toContain('--allow-advisories lets them in')
    const allowed = (await run({ image, build }, [...base, '--allow-advisories'])).ended.stdout
    expect(allowed).toContain('· warning: versions with security advisories are let in')
    expect(allowed).not.toContain('--allow-advisories lets them in')
  })
})

/** A run against a fake engine, with its first checks ahead. */
const start = async () => {
  const engine = await fakeEngine({ image })
  const place = newPlace()
  const args = ['--target', 'container', '--image', image.name, '--client', 'publicPkce', '--severity', 'critical,high']
  const started = place.start(args, { env: { DOCKER_HOST: engine.uri } })
  await started.seen(/\d checks\n/)
  return { engine, place, started }
}

describe('in the middle of a run', () => {
  test('a container that dies blocks what comes after', async () => {
    const { engine, place, started } = await start()
    engine.killSite()
    const { code, stdout } = await started.ended
    expect(code).not.toBe(0)
    expect(new Set(Object.values(place.verdicts()))).toContain('blocked')
    expect(stdout).toContain('no-connection')
    expect(stdout).toContain('· the container is gone (exit code 137): nothing after this is proven')
  })

  test('an engine that stops does so too, and possible leftovers are reported', async () => {
    const { engine, place, started } = await start()
    engine.stop()
    const { code, stdout } = await started.ended
    expect(code).not.toBe(0)
    expect(new Set(Object.values(place.verdicts()))).toContain('blocked')
    expect(stdout).toContain('· the container is gone (')
    expect(stdout).toMatch(/\d+ passed, \d+ failed, \d+ skipped\n$/)
    expect(stdout).toContain('Run the subcommand cleanup')
  })
})

describe('what a run leaves in the engine', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is nothing where %s ends it', async (signal) => {
    const { engine, started } = await start()
    started.kill(signal)
    const { code, stdout, stderr } = await started.ended
    await engine.settled()
    expect(stdout).toContain(`INTERRUPTED by ${signal}`)
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(engine.removed).toEqual(['fake'])
  })

  test('by SIGKILL is removed by cleanup, which leaves a live run alone', async () => {
    const { engine, place, started } = await start()
    const cleanup = () => place.run(['cleanup'], { env: { DOCKER_HOST: engine.uri } })
    expect((await cleanup()).stdout).toBe('Nothing was left over.\n')
    await engine.settled()
    expect(engine.removed).toEqual([])
    started.kill('SIGKILL')
    await started.ended
    await engine.settled()
    expect(engine.removed).toEqual([])
    expect(await cleanup()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Removed: .*\bfake\b/) as string })
    await engine.settled()
    expect(engine.removed).toEqual(['fake'])
  })

  test('by SIGKILL is removed by the next run before it starts', async () => {
    const { engine, place, started } = await start()
    started.kill('SIGKILL')
    await started.ended
    const args = ['--target', 'container', '--image', image.name, ...one]
    const { code } = await place.run(args, { env: { DOCKER_HOST: engine.uri } })
    expect(code).toBe(0)
    await engine.settled()
    const changes = engine.asked.filter((line) => /^(POST .*\/create|DELETE .*)$/.test(line))
    const [created, removed] = ['POST /containers/create', 'DELETE /containers/fake']
    expect(changes).toEqual([created, removed, created, removed])
  })

  test('is not reported as nothing if no engine answers', async () => {
    const { code, stdout } = await newPlace().run(['cleanup'])
    expect(code).toBe(0)
    expect(stdout).toBe(`Nothing was left over.\n${noEngine}`)
  })
})

test('a site without an engine is refused with what to do', async () => {
  const place = newPlace()
  const { code, stdout } = await place.run(['--target', 'container', ...one])
  expect(code).toBe(2)
  expect(stdout).toContain('RUN FAILED engine-silent')
  expect(stdout).toContain('--target php tests a codebase with the PHP of this machine')
})
