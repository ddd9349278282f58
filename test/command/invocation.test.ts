import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isColored } from '../../helpers/command/color.ts'
import { invocation, repeatedFlags } from '../../helpers/command/invocation.ts'

const name = 'simple-oauth-contract'

test.each<[string, Record<string, string>, string, string, string]>([
  [
    'through npm in the clone',
    { npm_lifecycle_event: 'contract', npm_command: 'run-script' },
    '/c',
    '/c',
    'npm run contract --',
  ],
  ['in the clone', {}, '/c', '/c', 'npm run contract --'],
  [
    'through npx',
    { npm_command: 'exec', npm_lifecycle_event: 'npx' },
    '/p',
    `/npx/node_modules/${name}`,
    `npx ${name}`,
  ],
  [
    "through a script of one's own",
    { npm_command: 'run-script', npm_lifecycle_event: 'contract' },
    '/p',
    `/p/node_modules/${name}`,
    `npx ${name}`,
  ],
  ['by its file in node_modules', {}, '/p', `/p/node_modules/${name}`, `npx ${name}`],
  ['by its file elsewhere', {}, '/p', '/my tools/c', `node '../my tools/c/bin/${name}.js'`],
])('the command is called again as it was: %s', (_, environment, folder, root, command) => {
  expect(invocation(environment, folder, root)).toBe(command)
})

test('the command is called by its name where it is on the path, but not on the path that npm makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin', name), '')
  const PATH = `/nowhere:${join(folder, 'bin')}`
  expect(invocation({ PATH }, '/p', '/c')).toBe(name)
  expect(invocation({ PATH, npm_command: 'exec' }, '/p', '/c')).toBe(`npx ${name}`)
})

test('a flag is repeated without a value that may contain a password', () => {
  const flags = { codebase: 'site', 'database-url': 'mysql://drupal:geheim@127.0.0.1/shop' }
  expect(repeatedFlags(flags)).toEqual(['--codebase', 'site', '--database-url', 'URL'])
})

test('flags are repeated without the selection and what only changes the output', () => {
  const flags = {
    only: ['a.b'],
    severity: ['high'],
    site: 'my site.yaml',
    strict: true,
    baseline: ['a', 'b'],
    quiet: true,
  }
  expect(repeatedFlags(flags)).toEqual(['--site', "'my site.yaml'", '--strict', '--baseline', 'a', '--baseline', 'b'])
})

const terminal = { isTTY: true, hasColors: () => true }

test.each<[string, Parameters<typeof isColored>[0], Record<string, string>, boolean]>([
  ['a terminal', terminal, {}, true],
  ['a terminal without colors', { isTTY: true, hasColors: () => false }, {}, false],
  ['a file', {}, {}, false],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
  ['FORCE_COLOR in a file', {}, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR before NO_COLOR', {}, { FORCE_COLOR: '', NO_COLOR: '1' }, true],
  ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
])('color: %s', (_, stream, environment, expected) => {
  expect(isColored(stream, environment)).toBe(expected)
})
