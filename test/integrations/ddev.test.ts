import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'
import { refuseConflicts } from '../../helpers/settings/conflicts.ts'
import { readSettings } from '../../helpers/settings/settings.ts'

const addon = join(packageRoot, 'integrations/ddev')
const command = join(addon, 'commands/host/oauth-contract')

/** Runs the command as DDEV does, with a fake suite that logs its arguments and folder. */
function run(
  args: readonly string[],
  { url = 'https://shop.ddev.site', authority = true, suite = 'simple-oauth-contract' } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'contract ddev-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const at = (...path: string[]) => join(folder, ...path)
  for (const name of ['bin', 'project', 'mkcert']) mkdirSync(at(name))
  const executable = (name: string, script: string) => {
    writeFileSync(at('bin', name), `#!/bin/sh\n${script}\n`)
    chmodSync(at('bin', name), 0o755)
  }
  if (suite !== '') executable(suite, `pwd >'${at('log')}'; for word; do echo "$word" >>'${at('log')}'; done; exit 3`)
  executable('mkcert', authority ? `echo '${at('mkcert')}'` : 'exit 1')
  if (authority) writeFileSync(at('mkcert/rootCA.pem'), '')
  const { status, stderr } = spawnSync('/bin/bash', [command, ...args], {
    encoding: 'utf8',
    env: { PATH: at('bin'), DDEV_PRIMARY_URL: url, DDEV_APPROOT: at('project') },
  })
  const [place = '', ...asked] = existsSync(at('log')) ? readFileSync(at('log'), 'utf8').trimEnd().split('\n') : []
  return { code: status, stderr, place, asked, at }
}

test('the add-on installs a command that DDEV may replace and run', () => {
  const { name, project_files } = parse(readFileSync(join(addon, 'install.yaml'), 'utf8')) as {
    name: string
    project_files: string[]
  }
  expect(name).toBe('oauth-contract')
  for (const file of project_files) {
    expect(statSync(join(addon, file)).mode & 0o111, file).not.toBe(0)
    // A file without the mark belongs to the user, and DDEV neither updates nor removes it.
    expect(readFileSync(join(addon, file), 'utf8')).toMatch(/^#ddev-generated$/mu)
  }
})

test('without flags it runs against the site of the project, with its authority and its drush', () => {
  const { code, place, asked, at } = run([])
  expect({ code, place }).toEqual({ code: 3, place: at('project') })
  const read = readSettings(asked, {}, {})
  refuseConflicts(read)
  expect(read.settings).toMatchObject({
    ...{ baseUrl: 'https://shop.ddev.site', provision: true, drush: 'ddev drush', ca: at('mkcert/rootCA.pem') },
  })
})

test('flags are added; words with spaces stay whole', () => {
  const asked = run(['run', '--dry-run', '--only', 'pkce.* token.*']).asked
  expect(asked.slice(-3)).toEqual(['--dry-run', '--only', 'pkce.* token.*'])
  expect(asked).not.toContain('run')
})

test('an authority is only named where there is one, and for https', () => {
  expect(run([], { authority: false }).asked).not.toContain('--ca')
  expect(run([], { url: 'http://shop.ddev.site' }).asked).not.toContain('--ca')
})

test('another subcommand is passed on as it is', () => {
  expect(run(['explain', 'pkce.verifier-mismatch']).asked).toEqual(['explain', 'pkce.verifier-mismatch'])
})

test('what is not installed is fetched by npx, which needs Node.js', () => {
  expect(run(['list'], { suite: 'npx' }).asked).toEqual(['--yes', 'simple-oauth-contract', 'list'])
  const { code, stderr } = run(['list'], { suite: '' })
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'oauth-contract needs Node.js 20.19 or later on this machine: https://nodejs.org\n',
  })
})
