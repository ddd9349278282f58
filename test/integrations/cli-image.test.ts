import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'
import { refuseConflicts } from '../../helpers/settings/conflicts.ts'
import { readSettings } from '../../helpers/settings/settings.ts'

const read = (...path: string[]): string => readFileSync(join(packageRoot, ...path), 'utf8')
const dockerfile = read('docker/cli/Dockerfile')

test('the image of the suite ends as a user without rights, and without an entry point', () => {
  const last = dockerfile.split(/^FROM /mu).at(-1) ?? ''
  expect(last.match(/^USER (.*)$/mu)?.[1]).toBe('contract')
  expect(dockerfile).not.toMatch(/^ENTRYPOINT/mu)
  expect(dockerfile.match(/^(?:ADD|COPY) .*$/gmu)).toEqual([
    'COPY . .',
    'COPY --from=build /opt/contract /opt/contract',
  ])
})

test('its build context is what the package is made of', () => {
  const sent = read('docker/cli/Dockerfile.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
  const names = sent.map((line) => line.slice(1))
  expect(names.filter((name) => !name.startsWith('*') && !existsSync(join(packageRoot, name)))).toEqual([])
  const { files } = JSON.parse(read('package.json')) as { files: string[] }
  const packed = files.filter((name) => !name.startsWith('!') && name !== 'dist')
  expect(packed.filter((name) => !names.includes(name) && !name.endsWith('.md'))).toEqual([])
})

test('the recipe for Docker Compose runs commands that exist, as services that nothing else starts', () => {
  const { services, volumes } = parse(read('examples/compose.oauth.yaml')) as {
    services: Record<string, { command: string; profiles: string[]; volumes: string[]; image: string }>
    volumes: object
  }
  for (const { command, profiles, image, volumes: mounted } of Object.values(services)) {
    const [name, ...flags] = command.split(' ')
    const settings = readSettings(flags, {}, {})
    expect(() => refuseConflicts(settings)).not.toThrow()
    expect({ name, profiles, image }).toEqual({
      ...{ name: 'simple-oauth-contract', profiles: ['oauth-contract'], image: 'oauth-contract' },
    })
    const named = mounted.map((one) => one.split(':')[0] ?? '').filter((one) => one !== '.')
    expect(named.filter((one) => !(one in volumes))).toEqual([])
  }
})
