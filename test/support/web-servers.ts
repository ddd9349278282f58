import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findCodebase } from '../../helpers/targets/install/codebase.ts'
import { routerOf } from '../../helpers/targets/install/ready.ts'

/** Files of Debian's packages; what is missing is skipped by name. */
export const programs = {
  apache: ['/usr/sbin/apache2', 'apache2'],
  mod_php: ['/usr/lib/apache2/modules/libphp8.2.so', 'libapache2-mod-php8.2'],
  'php-fpm': ['/usr/sbin/php-fpm8.2', 'php8.2-fpm'],
  nginx: ['/usr/sbin/nginx', 'nginx-light'],
  varnish: ['/usr/sbin/varnishd', 'varnish'],
  mariadb: ['/usr/sbin/mariadbd', 'mariadb-server'],
  postgres: ['/usr/lib/postgresql/15/bin/postgres', 'postgresql-15'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

export type Program = keyof typeof programs
export type Database = 'sqlite' | 'mariadb' | 'postgres'

/** Debian packages without which a variation cannot run. */
export const missing = (needs: readonly Program[]): readonly string[] =>
  needs.flatMap((name) => (existsSync(programs[name][0]) ? [] : [programs[name][1]]))

/** Web servers give up root, and databases refuse it. */
const account = process.getuid?.() === 0 ? 'www-data' : null
const asAccount = (words: readonly string[]): readonly string[] =>
  account === null ? words : ['runuser', '-u', account, '--', ...words]

export interface InstalledSite {
  readonly folder: string
  readonly docroot: string
  /** Words of its drush command. */
  readonly drush: readonly string[]
  /** Lines at the end of settings.php; read with every request. */
  settings(lines: string): void
  run(...words: string[]): string
  /** Starts a process that ends with the site. */
  start(words: readonly string[], options?: { own?: boolean; env?: Readonly<Record<string, string>> }): ChildProcess
  /** Ends processes that were started since a mark: the number of those before. */
  stop(since: number): Promise<void>
  /** Ends every process, and removes the site. */
  remove(): Promise<void>
  running(): number
  /** The URL of a new, empty database on the server of the site's. */
  emptyDatabase(): string
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A copy of the codebase, installed on a database of its own; everything belongs to the account of the web server. */
export async function installSite(codebase: string, database: Database, profile: string): Promise<InstalledSite> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'contract-web-')))
  const code = join(folder, 'code')
  execFileSync('cp', ['-a', codebase, code])
  const found = findCodebase(code)
  const docroot = join(code, found.docroot)
  const place = join(docroot, 'sites/default')
  for (const name of ['settings.php', 'files']) rmSync(join(place, name), { recursive: true, force: true })
  mkdirSync(join(place, 'files'), { recursive: true })
  const children: ChildProcess[] = []
  const drush = [...asAccount(['php', join(code, found.drush)]), `--root=${docroot}`]
  const site: InstalledSite = {
    ...{ folder, docroot, drush },
    settings: (lines) => {
      writeFileSync(join(folder, 'more.php'), `<?php\n${lines}\n`)
    },
    run: (...words) =>
      execFileSync(drush[0] ?? '', [...drush.slice(1), ...words], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }),
    start: (words, { own = false, env = {} } = {}) => {
      const [file = '', ...args] = own ? asAccount(words) : words
      const log = join(folder, `log-${String(children.length)}`)
      const child = spawn('sh', ['-c', 'exec "$@" >"$0" 2>&1', log, file, ...args], {
        cwd: docroot,
        detached: true,
        stdio: 'ignore',
        env: { ...process.env, ...env },
      })
      children.push(child)
      return child
    },
    running: () => children.length,
    emptyDatabase: () => server.empty(),
    stop: async (since) => {
      const ended = children.splice(since).reverse()
      for (const { pid } of ended) if (pid !== undefined) kill(pid)
      await delay(1000)
    },
    remove: async () => {
      await site.stop(0)
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    },
  }
  site.settings('')
  if (account !== null) execFileSync('chown', ['-R', `${account}:`, folder])
  const server = await startDatabase(site, database)
  writeFileSync(join(place, 'settings.php'), settingsOf(folder, server.settings))
  if (account !== null) execFileSync('chown', ['-R', `${account}:`, folder])
  site.run('site:install', profile, '-y', '--account-name=admin', '--account-pass=not-for-the-contract')
  site.run('pm:install', '-y', 'simple_oauth')
  site.run('php:eval', keys(folder))
  site.run('cache:rebuild')
  return site
}

/** Ends a process and those it started. */
function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // It has ended by itself.
  }
}

interface DatabaseServer {
  /** The connection in settings.php. */
  readonly settings: string
  empty(): string
}

async function startDatabase(site: InstalledSite, database: Database): Promise<DatabaseServer> {
  const { folder } = site
  const port = await freePort()
  const of = (driver: string, more: string): string =>
    `['driver' => '${driver}', 'namespace' => 'Drupal\\\\${driver}\\\\Driver\\\\Database\\\\${driver}', 'autoload' => 'core/modules/${driver}/src/Driver/Database/${driver}/', 'prefix' => '', ${more}]`
  const login = `'host' => '127.0.0.1', 'port' => ${String(port)}, 'database' => 'drupal', 'username' => 'drupal', 'password' => 'drupal'`
  const data = join(folder, 'database')
  const noServer = (): string => {
    throw new Error('SQLite has no server')
  }
  if (database === 'sqlite') return { settings: of('sqlite', `'database' => '${folder}/site.sqlite'`), empty: noServer }
  const withServer = (driver: string, create: () => void): DatabaseServer => ({
    settings: of(driver, login),
    empty: () => {
      create()
      return `${driver}://drupal:drupal@127.0.0.1:${String(port)}/contract`
    },
  })
  if (database === 'mariadb') {
    const words = [
      'mariadb-install-db',
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
    ]
    execOwn(words, folder)
    const socket = join(folder, 'm.sock')
    site.start(
      [
        programs.mariadb[0],
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${socket}`,
        `--port=${String(port)}`,
        '--bind-address=127.0.0.1',
        '--transaction-isolation=READ-COMMITTED',
      ],
      { own: true },
    )
    const sql = (query: string): boolean =>
      spawnSync('mariadb', ['--no-defaults', `--socket=${socket}`, '-uroot', '-e', query]).status === 0
    await until(() =>
      sql(
        "CREATE DATABASE drupal; CREATE USER drupal@'%' IDENTIFIED BY 'drupal'; GRANT ALL ON *.* TO drupal@'%'; CREATE USER drupal@localhost IDENTIFIED BY 'drupal'; GRANT ALL ON *.* TO drupal@localhost",
      ),
    )
    return withServer('mysql', () => sql('CREATE OR REPLACE DATABASE contract'))
  }
  const bin = '/usr/lib/postgresql/15/bin'
  execOwn([`${bin}/initdb`, '-D', data, '-U', 'drupal', '--auth=trust', '-E', 'UTF8', '--locale=C'], folder)
  site.start([`${bin}/postgres`, '-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder], { own: true })
  const where = ['-h', '127.0.0.1', '-p', String(port), '-U', 'drupal', '-d', 'postgres']
  const sql = (...queries: string[]): boolean =>
    spawnSync('psql', [...where, ...queries.flatMap((query) => ['-c', query])]).status === 0
  await until(() => sql('CREATE DATABASE drupal'))
  return withServer('pgsql', () => sql('DROP DATABASE IF EXISTS contract', 'CREATE DATABASE contract'))
}

function execOwn(words: readonly string[], cwd: string): void {
  const [file = '', ...args] = asAccount(words)
  execFileSync(file, args, { cwd, stdio: 'pipe' })
}

export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    if (await done()) return
    await delay(500)
  }
  throw new Error('a server did not start within a minute')
}

const settingsOf = (folder: string, database: string): string => `<?php
$databases['default']['default'] = ${database};
$settings['hash_salt'] = '${'0123456789abcdef'.repeat(4)}';
$settings['config_sync_directory'] = 'sites/default/files/sync';
$settings['trusted_host_patterns'] = ['^127\\.0\\.0\\.1$'];
$settings['skip_permissions_hardening'] = TRUE;
$config['update.settings']['fetch']['url'] = 'http://127.0.0.1:9';
$config['system.advisories']['enabled'] = FALSE;
include '${folder}/more.php';
`

const keys = (folder: string): string => `
$pair = openssl_pkey_new(['private_key_bits' => 2048]);
openssl_pkey_export($pair, $private);
foreach (['private' => $private, 'public' => openssl_pkey_get_details($pair)['key']] as $kind => $pem) {
  file_put_contents("${folder}/$kind.key", $pem);
  chmod("${folder}/$kind.key", 0600);
  \\Drupal::configFactory()->getEditable('simple_oauth.settings')->set($kind . '_key', "${folder}/$kind.key")->save();
}
`

/** PHP's own web server, as the php target starts it. */
export async function phpServer(site: InstalledSite): Promise<string> {
  const port = await freePort()
  const words = ['php', '-S', `127.0.0.1:${String(port)}`, '-t', site.docroot, routerOf(site.docroot)]
  site.start(words, { own: true, env: { PHP_CLI_SERVER_WORKERS: '4' } })
  return `http://127.0.0.1:${String(port)}`
}

const modules = (names: readonly string[]): string =>
  names.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')

export interface ApacheOptions {
  readonly php: 'mod_php' | 'php-fpm'
  /** Path below which the site lies. */
  readonly path?: string
  /** Without Drupal's .htaccess, nothing hands the Authorization header on to FastCGI. */
  readonly withoutHtaccess?: boolean
}

export async function apache(
  site: InstalledSite,
  { php, path = '', withoutHtaccess = false }: ApacheOptions,
): Promise<string> {
  const port = await freePort()
  const { folder, docroot } = site
  const root = join(folder, `htdocs-${String(port)}`)
  if (path !== '') mkdirSync(root, { recursive: true })
  const isFpm = php === 'php-fpm'
  const socket = isFpm ? startFpm(site, port) : ''
  const handler = isFpm
    ? `<FilesMatch \\.php$>\nSetHandler "proxy:unix:${socket}|fcgi://localhost"\n</FilesMatch>`
    : '<FilesMatch \\.php$>\nSetHandler application/x-httpd-php\n</FilesMatch>'
  const rules = withoutHtaccess ? 'AllowOverride None\nFallbackResource /index.php' : 'AllowOverride All'
  const file = join(folder, `apache-${String(port)}.conf`)
  writeFileSync(
    file,
    `ServerRoot ${folder}
ServerName 127.0.0.1
Listen 127.0.0.1:${String(port)}
PidFile ${folder}/apache-${String(port)}.pid
ErrorLog ${folder}/apache-${String(port)}.log
${isFpm ? modules(['mpm_event', 'proxy', 'proxy_fcgi']) : `${modules(['mpm_prefork'])}\nLoadModule php_module /usr/lib/apache2/modules/libphp8.2.so`}
${modules(['authz_core', 'authz_host', 'access_compat', 'dir', 'mime', 'rewrite', 'setenvif', 'headers', 'alias', 'env', 'filter'])}
${account === null ? '' : `User ${account}\nGroup ${account}`}
TypesConfig /etc/mime.types
DirectoryIndex index.php
DocumentRoot ${path === '' ? docroot : root}
${path === '' ? '' : `Alias ${path} ${docroot}`}
${handler}
<Directory />
AllowOverride None
</Directory>
<Directory ${docroot}>
Require all granted
Options FollowSymLinks
${rules}
${path === '' ? '' : `RewriteEngine on\nRewriteBase ${path}`}
</Directory>
`,
  )
  site.start([programs.apache[0], '-d', folder, '-f', file, '-DFOREGROUND'])
  return `http://127.0.0.1:${String(port)}${path}`
}

function startFpm(site: InstalledSite, port: number): string {
  const { folder } = site
  const socket = join(folder, `fpm-${String(port)}.sock`)
  const file = join(folder, `fpm-${String(port)}.conf`)
  const user =
    account === null
      ? ''
      : `user = ${account}\ngroup = ${account}\nlisten.owner = ${account}\nlisten.group = ${account}`
  writeFileSync(
    file,
    `[global]\nerror_log = ${folder}/fpm-${String(port)}.log\ndaemonize = no\n[site]\n${user}\nlisten = ${socket}\npm = static\npm.max_children = 4\n`,
  )
  site.start([programs['php-fpm'][0], '-F', '-y', file])
  return socket
}

export interface NginxOptions {
  /** Another server that is asked instead of php-fpm. */
  readonly upstream?: string
  readonly certificate?: { readonly key: string; readonly cert: string }
  /** Directives of the server, before all others. */
  readonly rules?: string
}

export async function nginx(
  site: InstalledSite,
  { upstream, certificate, rules = '' }: NginxOptions = {},
): Promise<string> {
  const port = await freePort()
  const { folder, docroot } = site
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/nginx-${String(port)}-${name};`)
    .join(' ')
  const place =
    upstream === undefined
      ? `root ${docroot};
    location / { try_files $uri /index.php?$query_string; }
    location ~ \\.php(/|$) {
      fastcgi_split_path_info ^(.+?\\.php)(|/.*)$;
      include /etc/nginx/fastcgi_params;
      # Debian's own sends no port.
      fastcgi_param HTTP_HOST $http_host;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_param PATH_INFO $fastcgi_path_info;
      fastcgi_pass unix:${startFpm(site, port)};
    }`
      : `location / {
      proxy_pass ${upstream};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Port ${String(port)};
    }`
  const file = join(folder, `nginx-${String(port)}.conf`)
  const tls =
    certificate === undefined ? '' : `ssl_certificate ${certificate.cert}; ssl_certificate_key ${certificate.key};`
  writeFileSync(
    file,
    `${account === null ? '' : `user ${account};`} daemon off; pid ${folder}/nginx-${String(port)}.pid; error_log ${folder}/nginx-${String(port)}.log;
events {}
http {
  ${temporary} access_log off; include /etc/nginx/mime.types; large_client_header_buffers 4 32k; fastcgi_buffers 16 32k; fastcgi_buffer_size 64k; proxy_buffers 16 32k; proxy_buffer_size 64k;
  server {
    listen 127.0.0.1:${String(port)}${certificate === undefined ? '' : ' ssl'}; ${tls}
    server_name 127.0.0.1;
    ${rules}
    ${place}
  }
}
`,
  )
  site.start([programs.nginx[0], '-c', file, '-p', folder])
  return `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`
}

/** As Debian configures it, with Varnish's built-in rules: requests with a cookie or an Authorization header are not cached. */
export async function varnish(site: InstalledSite, upstream: string): Promise<string> {
  const port = await freePort()
  const file = join(site.folder, `varnish-${String(port)}.vcl`)
  writeFileSync(file, `vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "${new URL(upstream).port}"; }\n`)
  const folder = join(site.folder, `varnish-${String(port)}`)
  mkdirSync(folder)
  site.start([
    programs.varnish[0],
    '-F',
    '-j',
    'none',
    '-n',
    folder,
    '-a',
    `127.0.0.1:${String(port)}`,
    '-f',
    file,
    '-s',
    'malloc,64m',
  ])
  return `http://127.0.0.1:${String(port)}`
}

/** Whether the site answers with its login page, or says where that is. */
export const answers = (baseUrl: string): boolean => {
  const shown = spawnSync('curl', ['-sk', '-o', '/dev/null', '-w', '%{http_code}', `${baseUrl}/user/login`], {
    encoding: 'utf8',
  })
  return /^(?:200|302)$/u.test(shown.stdout)
}

/** The last lines of every log of the site, for a message. */
export const logsOf = ({ folder }: InstalledSite): string =>
  readdirSync(folder)
    .filter((name) => /log/u.test(name))
    .map((name) => `${name}: ${execFileSync('tail', ['-n', '3', join(folder, name)], { encoding: 'utf8' })}`)
    .join('\n')
