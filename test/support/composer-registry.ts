import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pack, type Pack } from 'tar-stream'
import { getContainerRuntimeClient, type ContainerRuntimeClient } from 'testcontainers'
import { listFiles } from '../../helpers/targets/install/codebase.ts'
import { zip } from './zip.ts'

type Docker = ContainerRuntimeClient['container']['dockerode']
type Package = Readonly<Record<string, unknown>> & { readonly name: string; readonly version: string }

/** A Composer registry in a container, and an image to build on whose Composer knows no other one. */
export interface ComposerRegistry {
  readonly baseImage: string
  /** Versions that it has of a package. */
  versionsOf(name: string): string[]
  remove(): Promise<void>
}

/** Advisories by package, each with the versions that it concerns. */
export type Advisories = Readonly<Record<string, string>>

/**
 * Serves the packages of some codebases. It runs in a container, because a build cannot reach a port that is open only to this machine; the
 * engine's network is closed to others.
 *
 * @param base image with PHP and Composer.
 */
export async function startRegistry(
  codebases: readonly string[],
  base: string,
  advisories: Advisories,
): Promise<ComposerRegistry> {
  const docker = (await getContainerRuntimeClient()).container.dockerode
  const packages = new Map<string, Package[]>()
  const archives = pack()
  const container = await docker.createContainer({
    ...{ Image: base, Entrypoint: ['sh', '-c', 'mkdir -p /registry && exec php -S 0.0.0.0:80 -t /registry'] },
  })
  await container.start()
  const url = await addressOf(container)
  const sent = container.putArchive(archives as unknown as NodeJS.ReadableStream, { path: '/' })
  for (const codebase of codebases) await addCodebase(codebase, url, packages, archives)
  for (const [name, versions] of packages) {
    const affectedVersions = advisories[name]
    const known = affectedVersions === undefined ? [] : [{ advisoryId: `TEST-${name}`, affectedVersions }]
    await add(
      archives,
      `p2/${name}.json`,
      JSON.stringify({ packages: { [name]: versions }, 'security-advisories': known }),
    )
  }
  const root = {
    packages: [],
    'metadata-url': '/p2/%package%.json',
    'available-packages': [...packages.keys()],
    'security-advisories': { metadata: true, 'query-all': true },
  }
  await add(archives, 'packages.json', JSON.stringify(root))
  archives.finalize()
  await sent
  const baseImage = `contract-test-base:${process.pid}`
  const remove = async () => {
    await container.remove({ force: true })
    await docker.getImage(baseImage).remove({ force: true })
  }
  await buildBase(docker, base, baseImage, url)
  const versionsOf = (name: string) => (packages.get(name) ?? []).map(({ version }) => version)
  return { baseImage, versionsOf, remove }
}

async function addressOf(container: ReturnType<Docker['getContainer']>): Promise<string> {
  const { Networks } = (await container.inspect()).NetworkSettings
  const address = Object.values(Networks)[0]?.IPAddress
  if (address === undefined || address === '')
    throw new Error('the registry has no address in the network of the engine')
  return `http://${address}`
}

async function buildBase(docker: Docker, base: string, tag: string, url: string): Promise<void> {
  const repositories = { 'packagist.org': false, small: { type: 'composer', url } }
  const context = pack()
  context.entry({ name: 'config.json' }, JSON.stringify({ repositories, config: { 'secure-http': false } }))
  const lines = [`FROM ${base}`, 'ENV COMPOSER_HOME=/etc/composer', 'COPY config.json /etc/composer/config.json']
  context.entry({ name: 'Dockerfile' }, lines.join('\n'))
  context.finalize()
  const stream = await docker.buildImage(context as unknown as NodeJS.ReadableStream, { t: tag, rm: true })
  let said = ''
  for await (const part of stream) said += String(part)
  if (said.includes('"error"')) throw new Error(said)
}

/** What a codebase was made of, as its installed.json lists it, and the template that such a project begins with. */
async function addCodebase(
  codebase: string,
  url: string,
  packages: Map<string, Package[]>,
  archives: Pack,
): Promise<void> {
  const composer = join(codebase, 'vendor/composer')
  const installed = JSON.parse(readFileSync(join(composer, 'installed.json'), 'utf8')) as {
    readonly packages: readonly (Package & { readonly 'install-path'?: string | null })[]
  }
  const isNew = ({ name, version }: Package) => !packages.get(name)?.some((other) => other.version === version)
  const keep = (one: Package) => packages.set(one.name, [...(packages.get(one.name) ?? []), one])
  const archive = async (one: Package, files: readonly { name: string; content: Buffer }[]) => {
    const path = `dist/${one.name.replace('/', '-')}-${one.version}.zip`
    await add(archives, path, zip(files))
    return { ...one, dist: { type: 'zip', url: `${url}/${path}`, reference: one.version, shasum: '' } }
  }
  for (const one of installed.packages.filter(isNew)) {
    const { 'install-path': folder, source: _, dist: __, 'notification-url': ___, ...rest } = one
    if (typeof folder !== 'string') keep(rest)
    else keep(await archive(rest, filesOf(join(composer, folder))))
  }
  const core = installed.packages.find(({ name }) => name === 'drupal/core')?.version ?? ''
  const template = templateOf(codebase, core)
  if (!isNew(template)) return
  const content = Buffer.from(JSON.stringify(template))
  keep(await archive(template, [{ name: 'composer.json', content }]))
}

const filesOf = (folder: string) =>
  listFiles(folder, (_path, name) => name !== '.git').map(({ path }) => ({
    name: path,
    content: readFileSync(join(folder, path)),
  }))

/** A template like drupal/recommended-project, made from a project without its owner's additions. */
function templateOf(codebase: string, version: string): Package {
  const own = JSON.parse(readFileSync(join(codebase, 'composer.json'), 'utf8')) as Record<string, unknown>
  const { repositories: _, require: __, 'require-dev': ___, autoload: ____, scripts: _____, ...rest } = own
  const drupal = ['core-composer-scaffold', 'core-project-message', 'core-recommended']
  const needs = Object.fromEntries(drupal.map((name) => [`drupal/${name}`, `^${version}`]))
  return {
    ...rest,
    ...{ name: 'drupal/recommended-project', type: 'project', version },
    require: { ...needs, 'composer/installers': '^2.3' },
  }
}

/** Resolves when the reader has taken it, so that nothing is buffered. */
const add = (archives: Pack, path: string, content: string | Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    archives.entry({ name: `registry/${path}`, mode: 0o644 }, content, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })
