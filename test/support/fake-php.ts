import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

export const allExtensions =
  'ctype curl dom filter gd hash json mbstring openssl PDO pdo_sqlite session SimpleXML tokenizer xml'

/** What a fake `php` does; each part as a real one would show it. */
export interface FakePhp {
  readonly version?: string
  readonly extensions?: string
  readonly install?: 'works' | 'fails' | 'disk full' | 'hangs'
  readonly update?: 'works' | 'fails' | 'hangs'
  readonly database?: 'empty' | 'not empty' | 'refuses' | 'keeps'
  readonly server?: 'works' | 'port taken' | 'port taken once' | 'ends' | 'error page' | 'no module'
}

/** Removed when the test ends. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'contract-test-')))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** Writes an executable that answers as php, drush and `php -S` do, and notes each call in `calls` beside it. */
export function fakePhp(folder: string, behaviour: FakePhp = {}): { command: string; calls: () => string[] } {
  const command = join(folder, 'php')
  const log = join(folder, 'calls')
  const settings = {
    version: '8.2.1',
    extensions: allExtensions,
    install: 'works',
    update: 'works',
    database: 'empty',
    server: 'works',
    ...behaviour,
    log,
  }
  writeFileSync(log, '')
  writeFileSync(command, `#!${process.execPath}\nconst is = ${JSON.stringify(settings)}\n${program}`, { mode: 0o755 })
  return { command, calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) }
}

const program = String.raw`
const fs = require('node:fs')
const args = process.argv.slice(2)
const note = (what) => fs.appendFileSync(is.log, what + '\n')
const logFile = (args.find((arg) => arg.startsWith('error_log=')) ?? '').slice(10)

if (args[0] === '-r') {
  console.log(JSON.stringify({ version: is.version, extensions: is.extensions.split(' ') }))
} else if ((args[0] ?? '').endsWith('drupal/database.php')) {
  const of = process.env
  const where = ['DRIVER', 'HOST', 'PORT', 'NAME', 'USER', 'PASSWORD'].map((part) => of['DRUPAL_DATABASE_' + part])
  note(['database', args[1], ...where, ...args.slice(2)].join(' '))
  const fails = is.database === 'refuses' ? 'SQLSTATE[HY000] [1045] Access denied with ' + of.DRUPAL_DATABASE_PASSWORD : is.database === 'keeps' && args[1] === 'empty' ? 'lock wait timeout' : null
  if (fails !== null) {
    console.error(fails)
    process.exit(1)
  }
  const tables = is.database === 'not empty' ? ['users', 'node', 'config', 'cache'] : []
  console.log(JSON.stringify({ tables, routines: ['kept()'], extensions: ['plpgsql'] }))
} else if (args.includes('site:install')) {
  note(args.slice(args.indexOf('site:install')).join(' '))
  const { DRUPAL_DATABASE_PASSWORD: password } = process.env
  if (password) fs.appendFileSync('web/sites/default/settings.php', '// ' + password)
  if (is.install === 'hangs') setInterval(() => undefined, 1000)
  else if (is.install !== 'works') {
    console.error('first line\n\u001b[31m[error]\u001b[0m ' + (is.install === 'fails' ? 'no such table: users' + (process.env.DRUPAL_DATABASE_PASSWORD ? ' with ' + process.env.DRUPAL_DATABASE_PASSWORD : '') : 'database or disk is full'))
    process.exit(1)
  }
  if (is.install !== 'hangs') fs.writeFileSync(process.env.DRUPAL_SQLITE, 'installed')
} else if (args.includes('updatedb')) {
  // As drush does, which starts itself again by way of "php".
  const { DRUPAL_DATABASE_NAME: database } = process.env
  note('updatedb by PHP ' + JSON.parse(require('node:child_process').execFileSync('php', ['-r', ''])).version + (database ? ' in ' + database : ''))
  if (is.update === 'hangs') setInterval(() => undefined, 1000)
  if (is.update === 'fails') {
    console.error(' [notice] Update started: simple_oauth_update_8999\n [error]  The table has rows that cannot be converted.')
    process.exit(1)
  }
} else if (args.includes('cache:rebuild')) {
  note('cache:rebuild')
} else if (args.includes('php:eval')) {
  const answer = (id, more) => console.log('\n@simple-oauth-contract ' + JSON.stringify({ id, ok: true, ...more }))
  const versions = { drupal: '10.5.5', simple_oauth: '6.0.9' }
  let first = true
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    if (first) {
      first = false
      if (!Buffer.from(line, 'base64').toString().startsWith('<?php')) process.exit(7)
      return answer(0)
    }
    const { id, op, name, user, change, data, keysDirectory } = JSON.parse(line)
    note([op, name ?? user?.name, change].filter((part) => typeof part === 'string').join(' '))
    if (op === 'keys.replace') return answer(id, { ok: false, code: 'keys-foreign', message: 'not our keys' })
    if (op === 'keys.restore') { console.error('PHP Fatal error: gone'); process.exit(255) }
    if (op === 'describe') return answer(id, { versions: { drupal: '11.3.5', simple_oauth: '6.1.0' }, modules: { simple_oauth: '6.1.0' } })
    if (op !== 'provision') return answer(id)
    fs.mkdirSync(keysDirectory, { recursive: true })
    fs.writeFileSync(keysDirectory + '/contract_private.key', 'key', { mode: 0o600 })
    answer(id, { versions, uids: Object.fromEntries(data.users.map((user, index) => [user.name, String(index + 2)])) })
  })
} else if (args.includes('-S')) {
  const [host, port] = args[args.indexOf('-S') + 1].split(':')
  note('serve ' + process.cwd())
  const times = fs.readFileSync(is.log, 'utf8').split('serve ').length - 1
  if (is.server === 'port taken' || (is.server === 'port taken once' && times === 1)) {
    console.error('Failed to listen on ' + host + ':' + port + ' (reason: Address already in use)')
    process.exit(1)
  }
  if (is.server === 'ends') {
    console.error('PHP Fatal error:  Uncaught Error: Class "Drupal" not found')
    process.exit(255)
  }
  console.error('[Sun Nov 22 21:23:15 2026] PHP 8.2.36 Development Server (http://' + host + ':' + port + ') started')
  require('node:http').createServer((request, response) => {
    if (is.server === 'error page') fs.appendFileSync(logFile, 'PHP Fatal error:  Allowed memory size\n')
    response.statusCode = is.server === 'error page' ? 500 : request.method === 'GET' ? 200 : is.server === 'no module' ? 404 : 401
    if (request.url === '/log') fs.appendFileSync(logFile, 'PHP Warning:  one\nPHP Warn')
    if (request.url === '/log-rest') fs.appendFileSync(logFile, 'ing:  two\n')
    response.end('ok')
  }).listen(Number(port), host)
}
`

/** The least a folder needs to count as a Drupal codebase; `files` adds to it, null takes away. */
export function fakeCodebase(files: Readonly<Record<string, string | null>> = {}): string {
  const root = emptyFolder()
  const standard: Record<string, string | null> = {
    'composer.json': '{}',
    'vendor/autoload.php': '<?php',
    'vendor/drush/drush/drush.php': '<?php',
    'web/index.php': '<?php',
    'web/.ht.router.php': '<?php',
    'web/core/lib/Drupal.php': '<?php',
    'web/modules/contrib/simple_oauth/simple_oauth.info.yml': 'name: Simple OAuth',
    'web/modules/contrib/simple_oauth/simple_oauth.module': '<?php // one',
    'web/sites/default/settings.php': '<?php // the password of the database',
  }
  for (const [path, content] of Object.entries({ ...standard, ...files })) {
    if (content !== null) put(join(root, path), content)
  }
  return root
}

export function put(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}
