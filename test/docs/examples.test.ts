import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { commandWords } from '../../helpers/drupal/site-drush.ts'
import { packageRoot } from '../../helpers/model/package.ts'
import { parseCommand } from '../../helpers/command/program.ts'
import { readSettings, settingsFrom } from '../../helpers/settings/settings.ts'
import { readSite } from '../../helpers/targets/site/site-file.ts'

const folder = join(packageRoot, 'examples')
const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
const secrets = { EDITOR_PASSWORD: 'example-password', MACHINE_SECRET: 'example-secret' }

/** The arguments of every simple-oauth-contract command in a text. */
const commandsIn = (text: string): string[][] =>
  [
    ...text.replace(/\$\{\w+:\+(.*?)\}/gu, '$1').matchAll(/(?:^|[\s:-]|\$\()npx simple-oauth-contract (.*?)\)?$/gmu),
  ].map(([, args = '']) => [...commandWords(args)])

/** Every string below a name, at any depth. */
function stringsAt(name: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => stringsAt(name, item))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) =>
    key === name ? [item as unknown].flat().map(String) : stringsAt(name, item),
  )
}

describe('the site file', () => {
  test('is accepted, with its secrets from the environment', () => {
    const { content } = readSite(join(folder, 'site.yaml'), secrets)
    expect(content.users?.editor?.password).toBe(secrets.EDITOR_PASSWORD)
    expect(content.clients?.machine?.client_secret).toBe(secrets.MACHINE_SECRET)
    expect(content.policy).toHaveLength(1)
  })

  test('is rejected without its secrets', () => {
    expect(() => readSite(join(folder, 'site.yaml'), {})).toThrow('EDITOR_PASSWORD, MACHINE_SECRET')
  })

  test('is the one in the documentation', () => {
    const document = readFileSync(join(packageRoot, 'docs/site-file.md'), 'utf8')
    const [, shown = ''] = /```yaml\n(baseUrl.*?)```/su.exec(document) ?? []
    const { policy: _, notApplicable: __, ...example } = parse(read('site.yaml')) as Record<string, unknown>
    expect(parse(shown)).toEqual(example)
  })
})

describe.each([
  ['github-many-sites.yml', 'run', 3],
  ['gitlab-many-sites.yml', 'script', 1],
  ['gitlab-many-sites-jobs.yml', 'script', 2],
])('%s', (file, key, count) => {
  const commands = stringsAt(key, parse(read(file))).flatMap(commandsIn)

  test('runs the command with settings that exist', async () => {
    expect(commands).toHaveLength(count)
    for (const args of commands) {
      const parsed = await parseCommand(args, { print: () => undefined, columns: 80 })
      expect(() => settingsFrom(parsed?.flags ?? {}, {}, {}), args.join(' ')).not.toThrow()
    }
  })
})

test('the GitHub workflow pins its actions', () => {
  const workflow = parse(read('github-many-sites.yml')) as unknown
  const actions = stringsAt('uses', workflow)
  expect(actions.length).toBeGreaterThan(0)
  expect(actions.filter((action) => !/^actions\/[\w-]+@[\da-f]{40}$/u.test(action))).toEqual([])
})

test('every command in the documentation has settings that exist', () => {
  const pages = [
    'README.md',
    ...readdirSync(join(packageRoot, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ]
  const lines = pages.flatMap((page) => readFileSync(join(packageRoot, page), 'utf8').split('\n'))
  const commands = lines
    .map(
      (line) =>
        /^(?:npm ci && )?(?:npm run contract --|(?:npx )?simple-oauth-contract) (-.*?)(?: {2,}#.*)?$/u.exec(line)?.[1],
    )
    .filter((args) => args !== undefined)
  expect(commands.length).toBeGreaterThan(8)
  for (const args of commands) {
    const words = commandWords(args.replace(/ +#.*/u, ''))
    expect(() => readSettings(words, {}, {}), args).not.toThrow()
  }
})
