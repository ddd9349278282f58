import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { labelsOf, removeRun, removeRunNow, sweepContainers } from '../../../helpers/targets/container/leftovers.ts'
import { findEngine, type Engine } from '../../../helpers/targets/container/engine.ts'
import { TargetError } from '../../../helpers/model/target.ts'
import { fakeEngine, type FakeEngine } from '../../support/fake-engine.ts'

/** The code of what keeps an engine from answering. */
async function problem(environment: Record<string, string>): Promise<string | null> {
  const found = await findEngine(environment)
  return found instanceof TargetError ? `${found.code}: ${found.message}` : null
}

describe('an engine', () => {
  test('is found where DOCKER_HOST says', async () => {
    const { uri, socketPath } = await fakeEngine()
    expect(await findEngine({ DOCKER_HOST: uri })).toEqual({ uri, connection: { socketPath } })
  })

  test('is looked up at the usual sockets; if none exists or answers, that is reported', async () => {
    const { uri, socketPath } = await fakeEngine()
    const deaf = (await fakeEngine({ ping: 500 })).socketPath
    expect(await findEngine({}, ['/nowhere', deaf, socketPath])).toMatchObject({ uri })
    expect(await findEngine({}, [deaf])).toMatchObject({ code: 'engine-silent' })
    const none = await findEngine({}, ['/nowhere'])
    expect(none).toMatchObject({
      code: 'no-engine',
      message: expect.stringContaining('Start Docker, or say') as string,
    })
  })

  test('that is missing, silent or something else is reported as such, with what to do', async () => {
    expect(await problem({ DOCKER_HOST: 'unix:///nowhere' })).toMatch(
      /^engine-silent: .*nowhere.*\(ENOENT\)\. Start Docker/,
    )
    expect(await problem({ DOCKER_HOST: (await fakeEngine({ ping: 404 })).uri })).toMatch(
      /^engine-silent: .*not a container engine \(404\)/,
    )
    const began = Date.now()
    expect(await problem({ DOCKER_HOST: (await fakeEngine({ ping: 'never' })).uri })).toMatch(
      /^engine-silent: .*does not answer/,
    )
    expect(Date.now() - began).toBeLessThan(5_000)
  })

  test('on another machine is refused: the site listens on 127.0.0.1 only', async () => {
    const elsewhere = ['tcp://engine.example.test:2375', 'tcp://192.168.1.2:2375', 'tcp://no-such-service:2375']
    for (const uri of [...elsewhere, 'ssh://me@engine.example.test', 'nonsense']) {
      expect(await problem({ DOCKER_HOST: uri })).toMatch(/^engine-elsewhere: .*DOCKER_HOST is/)
    }
  })

  test('that wants certificates is shown those of DOCKER_CERT_PATH', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'contract-tls-'))
    onTestFinished(() => {
      rmSync(folder, { recursive: true })
    })
    const at = (name: string) => join(folder, name)
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2', '-nodes']
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-keyout',
      at('key.pem'),
      '-out',
      at('cert.pem'),
    ]
    execFileSync('openssl', ['req', '-x509', ...key, ...subject], { stdio: 'ignore' })
    copyFileSync(at('cert.pem'), at('ca.pem'))
    const read = (name: string) => readFileSync(at(name))
    const tls = { cert: read('cert.pem'), key: read('key.pem'), ca: read('ca.pem'), requestCert: true }
    const server = createTlsServer({ ...tls, rejectUnauthorized: true }, (_, response) => response.end('OK'))
    server.listen(0, 'localhost')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    const uri = `tcp://localhost:${(server.address() as AddressInfo).port}`
    const environment = { DOCKER_HOST: uri, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder }
    expect(await findEngine(environment)).toMatchObject({ uri, connection: { certificates: folder } })
    expect(await problem({ DOCKER_HOST: uri })).toMatch(/^engine-silent/)
    expect(await problem({ ...environment, DOCKER_CERT_PATH: '/nowhere' })).toMatch(/^engine-silent: .*\(ENOENT\)/)
  })

  test('that refuses this user is reported as such', async () => {
    const { uri, socketPath } = await fakeEngine()
    const root = process.geteuid?.() === 0
    chmodSync(root ? dirname(socketPath) : socketPath, 0)
    if (root) process.seteuid?.(65534)
    try {
      expect(await problem({ DOCKER_HOST: uri })).toMatch(
        /^engine-no-rights: .*\(EACCES\)\. Join the group it belongs to/,
      )
    } finally {
      if (root) process.seteuid?.(0)
      chmodSync(root ? dirname(socketPath) : socketPath, 0o700)
    }
  })
})

const owner = 'simple-oauth-contract.owner'
const asEngine = ({ uri, socketPath }: FakeEngine): Engine => ({ uri, connection: { socketPath } })

describe('leftovers in an engine', () => {
  const alive = labelsOf('alive')
  const mine = JSON.parse(alive[owner] ?? '') as { pid: number; started: string; host: string }
  const marked = (change: object) => ({ [owner]: JSON.stringify({ ...mine, ...change }) })
  const images = [
    { Id: 'half-made', RepoTags: ['suite:1-built'], Labels: marked({ pid: 2 ** 22 + 1 }) },
    { Id: 'untagged', RepoTags: ['<none>:<none>'], Labels: marked({ pid: 2 ** 22 + 1 }) },
    { Id: 'of a live run', RepoTags: [], Labels: alive },
    { Id: 'finished', RepoTags: ['suite:1'], Labels: { [owner]: '' } },
  ]
  const containers = [
    { Id: 'alive', Labels: alive },
    { Id: 'dead', Labels: marked({ pid: 2 ** 22 + 1 }) },
    { Id: 'pid used again', Labels: marked({ started: '1' }) },
    { Id: 'of another host', Labels: marked({ pid: 2 ** 22 + 1, host: 'elsewhere' }) },
    { Id: 'of nobody', Labels: { [owner]: '' } },
  ]

  test('are those of dead runs of this host, and nothing else is touched', async () => {
    const engine = await fakeEngine({ containers, images })
    const due = ['dead', 'pid used again', 'suite:1-built', 'untagged']
    expect(await sweepContainers(asEngine(engine))).toEqual(due)
    expect(engine.removed).toEqual(due)
  })

  test('of one run are all removed, also on the way out of the process', async () => {
    const engine = await fakeEngine({ containers: containers.slice(0, 1) })
    expect(await removeRun(asEngine(engine), 'alive')).toEqual(['alive'])
  })

  test('are reported if the engine is gone', async () => {
    const engine = await fakeEngine()
    engine.stop()
    await expect(sweepContainers(asEngine(engine))).rejects.toThrow(
      /is gone \(.*Run the subcommand cleanup once it answers/,
    )
    expect(() => removeRunNow(asEngine(engine), 'x')).toThrow(/is gone/)
  })
})
