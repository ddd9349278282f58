import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Capability } from '../../fixtures/capabilities.ts'
import { clients, scopes, users, type ClientFixture } from '../../fixtures/roles.ts'

/** Misbehaviour of a fake drush. */
export interface FakeDrush {
  /** Printed on standard output and error around the answer. */
  readonly noise?: boolean
  /** Does not read its standard input. */
  readonly deaf?: boolean
  /** The operation that ends with exit code 3 and lines on standard error; provisioning stops half-way. */
  readonly fails?: 'site.check' | 'site.provision' | 'site.cleanup' | 'site.forget'
  /** The operation that never ends, and keeps its output open. */
  readonly hangs?: 'site.check' | 'site.provision' | 'site.describe' | 'site.cleanup'
  /** What `doctor` is answered. */
  readonly doctor?: object
  /** Code and message of a refusal of the check. */
  readonly refuses?: readonly [code: string, message: string]
  /** Permissions that everyone has who is logged in. */
  readonly authenticated?: readonly string[]
}

const admins = Object.entries(users).flatMap(([role, { admin }]) => (admin === undefined ? [] : [role]))
const actsAsAdmin = ({ user }: ClientFixture): boolean => user !== undefined && admins.includes(user)
/** An existing site gets no content type of the suite. */
const ofContent = ({ requires }: { requires?: Capability }): boolean => requires === 'resource.jsonapi'
/** How many names provisioning gives: administrators are left out, and all that belongs to content. */
export const made =
  Object.values(clients).filter((client) => !actsAsAdmin(client)).length +
  Object.values(users).filter((user) => user.admin === undefined && !ofContent(user)).length +
  Object.values(scopes).filter((scope) => !ofContent(scope)).length

/** An executable that answers as drush with `drupal/external-site.php` does, for a "site" that is a list of names in a file. */
export function fakeDrush(folder: string, behaviour: FakeDrush = {}) {
  const command = join(folder, 'drush')
  const site = join(folder, 'site.json')
  const calls = join(folder, 'calls.jsonl')
  const is = { authenticated: [], ...behaviour, site, calls }
  if (!existsSync(site)) writeFileSync(site, JSON.stringify(['admin', 'contract_shop']))
  writeFileSync(command, `#!${process.execPath}\nconst is = ${JSON.stringify(is)}\n${program}`, { mode: 0o755 })
  const lines = () => (existsSync(calls) ? readFileSync(calls, 'utf8').split('\n').filter(Boolean) : [])
  return {
    command,
    names: () => JSON.parse(readFileSync(site, 'utf8')) as string[],
    calls: () => lines().map((line) => JSON.parse(line) as { args: string[]; input: string; op: string; pid: number }),
  }
}

const program = String.raw`
const fs = require('node:fs')
const args = process.argv.slice(2)
if (is.deaf) process.exit(0)
const input = fs.readFileSync(0, 'utf8')
const { op, run, data } = JSON.parse(Buffer.from(/base64_decode\('([^']*)'\)/.exec(input)[1], 'base64').toString())
fs.appendFileSync(is.calls, JSON.stringify({ args, input, op, pid: process.pid }) + '\n')
const names = JSON.parse(fs.readFileSync(is.site, 'utf8'))
const save = (all) => fs.writeFileSync(is.site, JSON.stringify(all))
const say = (message) => console.log((is.noise ? '' : '\n') + '@simple-oauth-contract ' + JSON.stringify(message))
const answer = (more) => say({ id: null, ok: true, ...more })
if (is.noise) {
  console.log('\u001b[33mDeprecated:\u001b[0m Optional parameter $a in /var/www/a.php on line 3\n{"ok":false}\n')
  console.error('PHP Deprecated: Creation of dynamic property\nTIP OF THE DAY: ddev rocks')
}
if (op === is.hangs) {
  if (op === 'site.provision') save([...names, data.scopes[0].name])
  require('node:child_process').spawn('sleep', ['30'], { stdio: 'inherit' })
} else if (op === is.fails) {
  if (op === 'site.provision') {
    say({ progress: 'scope ' + data.scopes[0].name })
    save([...names, data.scopes[0].name])
  }
  console.error('\u001b[31m[error]\u001b[0m password is ' + (data?.users?.[0].password ?? data?.tokens?.[0] ?? 'unknown') + '\nSQLSTATE[HY000]: server has gone away')
  process.exitCode = 3
} else if (op === 'site.doctor') {
  answer(is.doctor)
} else if (op === 'site.cleanup') {
  const own = names.filter((name) => name.startsWith('contract_' + run))
  save(names.filter((name) => !own.includes(name)))
  answer({ removed: { oauth2_token: own.length, approvals: 0, flood: 0, sessions: 0, consumer: own, user: [], user_role: [], oauth2_scope: [] } })
} else if (op === 'site.forget') {
  answer({ removed: { oauth2_token: data.tokens.length } })
} else if (is.refuses) {
  say({ id: null, ok: false, code: is.refuses[0], message: is.refuses[1] })
} else {
  const versions = { drupal: '10.5.5', simple_oauth: '6.0.9' }
  if (op === 'site.provision') {
    const made = [...data.scopes.map(({ name }) => name), ...data.users.map(({ name }) => name), ...data.clients.map((client) => client.client_id)]
    for (const name of made) say({ progress: 'making ' + name })
    save([...names, ...made])
    answer({ versions, authenticated: is.authenticated, uids: Object.fromEntries(data.users.map(({ name }, index) => [name, String(index + 7)])) })
  } else answer({ versions, authenticated: is.authenticated, own: names.filter((name) => name.startsWith('contract_' + run)).length })
}
if (is.noise) console.log('\nbye')
`
