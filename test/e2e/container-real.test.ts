import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getContainerRuntimeClient } from 'testcontainers'
import { afterAll, describe, expect, test } from 'vitest'
import { containerTarget } from '../../helpers/targets/container/container-target.ts'
import { databaseImage } from '../../helpers/targets/container/database.ts'
import { askEngine, findEngine, type Engine } from '../../helpers/targets/container/engine.ts'
import { newPlace, type Place } from '../support/command.ts'

const { TEST_CODEBASE: codebase = '', TEST_BASE_IMAGE: baseImage = '' } = process.env
const found = await findEngine(process.env)
const reason =
  codebase === '' || baseImage === ''
    ? 'TEST_CODEBASE and TEST_BASE_IMAGE do not both say what to build'
    : found instanceof Error
      ? found.message
      : undefined
const engine = found as Engine

interface Listed {
  readonly Id: string
  readonly Labels: Readonly<Record<string, string>>
}

/** Ids of the containers and networks that a process made. */
async function leftBy(pid?: number): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ['simple-oauth-contract.owner'] }))
  const lists = [`/containers/json?all=1&filters=${filters}`, `/networks?filters=${filters}`]
  const listed = await Promise.all(lists.map(async (path) => (await askEngine(engine, 'GET', path)).body as Listed[]))
  const owner = ({ Labels }: Listed) => JSON.parse(Labels['simple-oauth-contract.owner'] ?? '') as { pid: number }
  return listed.flat().flatMap((one) => (pid === undefined || owner(one).pid === pid ? [one.Id] : []))
}

const imageExists = async (name: string) =>
  reason === undefined && (await askEngine(engine, 'GET', `/images/${name}/json`)).status === 200

describe.skipIf(reason !== undefined)(
  `target container on a real engine${reason ? ` (skipped: ${reason})` : ''}`,
  { timeout: 600_000 },
  () => {
    const cacheRoot = mkdtempSync(join(tmpdir(), 'contract-cache-'))
    afterAll(() => {
      rmSync(cacheRoot, { recursive: true, force: true })
    })
    const args = ['--target', 'container', '--codebase', codebase, '--base-image', baseImage, '--cache', cacheRoot]
    const few = ['--only', 'pkce.verifier-mismatch,bearer.user-blocked']
    const options = () => ({ env: { DOCKER_HOST: engine.uri } })
    const run = (place: Place, ...more: string[]) => place.run([...args, ...few, ...more], options())

    test('is built, tested and gone, and tells what it was made of', async () => {
      const before = await leftBy()
      const place = newPlace({ ownProcess: true })
      const { code, stdout } = await run(place, '--fresh')
      expect(stdout).toContain('RUN sh install.sh')
      expectVerdicts(place, code)
      const lock = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8')
      expect(lock(place.at('results', 'latest'), 'resolved-composer.lock')).toBe(lock(codebase, 'composer.lock'))
      expect(await leftBy()).toEqual(before)
    })

    test('is not built again, listens on 127.0.0.1 alone, is not root, and its image tells its health', async () => {
      const stages: string[] = []
      const target = containerTarget({
        ...{
          engine,
          codebase,
          cacheRoot,
          database: 'sqlite',
          args: { BASE_IMAGE: baseImage, DRUSH: '^13' },
          proxy: {},
        },
        ...{ fresh: false, workers: 4, startTimeout: 60_000 },
      })
      const info = await target.start((stage) => stages.push(stage))
      try {
        expect(stages).toEqual(['starting the container', expect.stringMatching(/^ready after \d/)])
        const [id = ''] = await leftBy(process.pid)
        const { dockerode } = (await getContainerRuntimeClient()).container
        const container = dockerode.getContainer(id)
        const { NetworkSettings, Config, Image } = await container.inspect()
        const bound = Object.values(NetworkSettings.Ports).flat()
        expect(bound.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1'])
        expect(info.baseUrl).toBe(`http://127.0.0.1:${bound[0]?.HostPort ?? ''}`)
        expect(Config.User).toBe('www-data')
        const { Healthcheck } = (await dockerode.getImage(Image).inspect()).Config as {
          Healthcheck?: { Test: string[] }
        }
        const [kind, ...command] = Healthcheck?.Test ?? []
        expect(kind).toBe('CMD')
        const exec = await container.exec({ Cmd: command, AttachStdout: true })
        const stream = await exec.start({})
        await new Promise((resolve) => stream.on('end', resolve).resume())
        expect((await exec.inspect()).ExitCode).toBe(0)
      } finally {
        target.stop()
      }
      expect(await leftBy(process.pid)).toEqual([])
    })

    test('of a killed run is removed by the next ones, which run side by side', async () => {
      const before = await leftBy()
      const killed = newPlace({ ownProcess: true }).start([...args], options())
      await killed.seen(/\d checks\n/)
      const left = (await leftBy()).filter((id) => !before.includes(id))
      killed.kill('SIGKILL')
      await killed.ended
      expect(left).toHaveLength(1)
      expect(await leftBy()).toEqual(expect.arrayContaining(left))
      const places = [newPlace({ ownProcess: true }), newPlace()]
      const ends = await Promise.all(places.map((place) => run(place)))
      for (const [index, place] of places.entries()) expectVerdicts(place, ends[index]?.code)
      expect(await leftBy()).toEqual(before)
    })

    test('of an interrupted run is gone with it', async () => {
      const before = await leftBy()
      const started = newPlace({ ownProcess: true }).start([...args], options())
      await started.seen(/\d checks\n/)
      expect(await leftBy()).not.toEqual(before)
      started.kill('SIGINT')
      expect((await started.ended).code).toBe(2)
      expect(await leftBy()).toEqual(before)
    })

    for (const database of ['mariadb', 'postgres'] as const) {
      test(`has ${database} beside it, which goes with it`, async (context) => {
        const image = databaseImage(database, '^10')
        if (!(await imageExists(image))) context.skip(`${image} is not on this machine`)
        const before = await leftBy()
        const place = newPlace({ ownProcess: true })
        const { code, stdout } = await run(place, '--database', database)
        expect(stdout).toContain(`· installing Drupal on ${database}`)
        expectVerdicts(place, code)
        expect(await leftBy()).toEqual(before)
      })
    }
  },
)

/** Also for released versions, whose verdict may be `known`. */
function expectVerdicts(place: Place, code: number | null | undefined): void {
  const { 'pkce.verifier-mismatch': first, 'bearer.user-blocked': second = '', ...others } = place.verdicts()
  expect({ code, first, others }).toEqual({ code: 0, first: 'pass', others: {} })
  expect(['pass', 'known']).toContain(second)
}
