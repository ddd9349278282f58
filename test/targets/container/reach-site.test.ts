import { describe, expect, onTestFinished, test } from 'vitest'
import type { Engine } from '../../../helpers/targets/container/engine.ts'
import type { Dockerode } from '../../../helpers/targets/container/exec-drush.ts'
import { ownContainer, reachSite } from '../../../helpers/targets/container/reach-site.ts'
import { httpServer } from '../../support/http-server.ts'

const id = 'f'.repeat(64)
const mounts = {
  docker: `22 1 254:1 / / rw\n31 22 254:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/vda1 rw`,
  podman: `31 22 254:1 /var/lib/containers/storage/overlay-containers/${id}/userdata/hostname /etc/hostname rw - ext4 x rw`,
  // Of the machine itself, where such a container runs.
  host: `40 22 0:50 / /var/lib/docker/containers/${id}/mounts/shm rw - tmpfs shm rw`,
}

/** A server of this machine, on which a site or an engine's API may be played. */
async function serve(answer: (path: string) => object): Promise<{ port: number; engine: Engine }> {
  const server = await httpServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(request.url ?? '')))
  })
  onTestFinished(() => server.close())
  const port = Number(new URL(server.origin).port)
  return { port, engine: { uri: `tcp://127.0.0.1:${port}`, connection: { host: '127.0.0.1', port } } }
}

describe("the suite's own container", () => {
  test('is found by what the engine mounts in it', async () => {
    const { engine } = await serve((path) => (path.includes(id) ? { HostConfig: { NetworkMode: 'bridge' } } : {}))
    expect(await ownContainer(engine, mounts.docker)).toBe(id)
    expect(await ownContainer(engine, mounts.podman)).toBe(id)
  })

  test("does not exist on the machine itself, nor if it shares the machine's network", async () => {
    const { engine } = await serve(() => ({ HostConfig: { NetworkMode: 'host' } }))
    expect(await ownContainer(engine, mounts.host)).toBeUndefined()
    expect(await ownContainer(engine, '')).toBeUndefined()
    expect(await ownContainer(engine, mounts.docker)).toBeUndefined()
  })
})

/** An engine with two containers, by the networks they are in, each with its address there. */
function docker(networks: Record<string, Record<string, string>>): Dockerode {
  const container = (of: string) => ({
    inspect: () =>
      Promise.resolve({
        NetworkSettings: {
          Networks: Object.fromEntries(
            Object.entries(networks[of] ?? {}).map(([name, IPAddress]) => [name, { IPAddress }]),
          ),
        },
      }),
  })
  const network = (name: string) => ({
    connect: ({ Container }: { Container: string }) => {
      networks[Container] = { ...networks[Container], [name]: '127.0.0.1' }
      return Promise.resolve()
    },
  })
  return { getContainer: container, getNetwork: network } as unknown as Dockerode
}

const bodyOf = async (url: string): Promise<unknown> => (await fetch(url)).json()

describe('the way to a site', () => {
  test('is its published port, where that is of this machine', async () => {
    const site = { id: 'site', port: 8080, published: 32768 }
    expect((await reachSite(docker({}), site, {}, undefined)).baseUrl).toBe('http://127.0.0.1:32768')
  })

  test('has the port of the container before it, after an upgrade', async () => {
    const { port } = await serve(() => ({ i: 'am the site' }))
    const address = async (here?: number) =>
      reachSite(docker({}), { id: 'site', port, published: port }, { siteHost: '127.0.0.1' }, undefined, here)
    const before = await address()
    before.close()
    const after = await address(Number(new URL(before.baseUrl).port))
    expect(after.baseUrl).toBe(before.baseUrl)
    expect(await bodyOf(after.baseUrl)).toEqual({ i: 'am the site' })
    after.close()
  })

  test('leads through a network of the own container, which the site joins', async () => {
    const { port } = await serve(() => ({ i: 'am the site' }))
    const networks: Record<string, Record<string, string>> = {
      own: { ours: '172.18.0.2' },
      site: { theirs: '172.19.0.2' },
    }
    const site = { id: 'site', port, published: 1 }
    const { baseUrl, close } = await reachSite(docker(networks), site, {}, 'own')
    expect(Object.keys(networks['site'] ?? {})).toEqual(['theirs', 'ours'])
    expect(new URL(baseUrl).hostname).toBe('127.0.0.1')
    expect(await bodyOf(baseUrl)).toEqual({ i: 'am the site' })
    close()
    await expect(fetch(baseUrl)).rejects.toThrow()
  })

  test('leads to the host of an engine elsewhere', async () => {
    const { port } = await serve(() => ({ i: 'am the site' }))
    const { baseUrl, close } = await reachSite(
      docker({}),
      { id: 'site', port: 1, published: port },
      { siteHost: 'localhost' },
      undefined,
    )
    expect(baseUrl).not.toContain(String(port))
    expect(await bodyOf(baseUrl)).toEqual({ i: 'am the site' })
    close()
  })

  test('of a container without a network is refused at once', async () => {
    const site = { id: 'site', port: 1, published: 1 }
    const refused = {
      code: 'engine-elsewhere',
      message: expect.stringMatching(/run that container with --network host\.$/) as string,
    }
    await expect(reachSite(docker({ own: {} }), site, {}, 'own')).rejects.toMatchObject(refused)
    await expect(reachSite(docker({ own: { none: '' } }), site, {}, 'own')).rejects.toMatchObject(refused)
    await expect(reachSite(docker({ own: { ours: 'x' }, site: { ours: '' } }), site, {}, 'own')).rejects.toMatchObject(
      refused,
    )
  })
})
