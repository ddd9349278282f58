import { execFileSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCodebase } from '../../helpers/targets/install/codebase.ts'
import { killChild } from '../../helpers/drupal/child-process.ts'
import { startPhpServer } from '../../helpers/targets/php/php-server.ts'
import { routerOf } from '../../helpers/targets/install/ready.ts'

/** A Drupal that was installed and is served independently of the suite, with entities of its own. */
export interface RealSite {
  readonly baseUrl: string
  /** Words of its drush command. */
  readonly drush: readonly string[]
  /** Rows by table, as sorted INSERT statements; without tables that every request changes. */
  contents(): Record<string, readonly string[]>
  /** Runs PHP within the site. */
  evaluate(code: string): string
  /** Names of accounts. */
  userNames(): string[]
  /** What runs there. */
  versions(): Record<string, string>
  /** Upgrades it as its maintainer does: other code, `drush updatedb`, `drush cache:rebuild`. It keeps its address. */
  upgrade(codebase: string): Promise<void>
  /** The rows of a copy of the site as it is now, after the same upgrade and nothing else. */
  contentsIfUpgraded(codebase: string): ReturnType<RealSite['contents']>
  stop(): void
}

/** Logs, caches, sessions, locks, flood control, and numbers that only grow. */
const passing = /^(watchdog|cache\w*|sessions|semaphore|flood|key_value_expire|sqlite_sequence|sequences)$/

export async function startRealSite(codebase: string): Promise<RealSite> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'contract-site-')))
  const code = join(folder, 'code')
  const children: ChildProcess[] = []
  execFileSync('cp', ['-a', codebase, code])
  const { docroot, drush: drushFile } = findCodebase(code)
  const place = join(code, docroot, 'sites/default')
  const database = join(folder, 'site.sqlite')
  for (const name of ['settings.php', 'files']) rmSync(join(place, name), { recursive: true, force: true })
  mkdirSync(join(place, 'files'), { recursive: true })
  writeFileSync(join(place, 'settings.php'), settings(database))
  const drushOf = (code: string) => ['php', join(code, drushFile), `--root=${join(code, docroot)}`] as const
  const runIn = (code: string, ...words: string[]): string => {
    const [php, ...rest] = drushOf(code)
    return execFileSync(php, [...rest, ...words], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  }
  const run = (...words: string[]): string => runIn(code, ...words)
  /** A folder of new code with the site's files, on this database. */
  const upgradeInto = (next: string, codebase: string, database: string): void => {
    execFileSync('cp', ['-a', codebase, next])
    const own = join(next, docroot, 'sites/default')
    rmSync(join(own, 'files'), { recursive: true, force: true })
    execFileSync('cp', ['-a', join(place, 'files'), own])
    writeFileSync(join(own, 'settings.php'), installed.replaceAll(join(folder, 'site.sqlite'), database))
    runIn(next, 'updatedb', '-y')
    runIn(next, 'cache:rebuild')
  }
  run('site:install', 'minimal', '-y', '--account-name=admin', '--account-pass=not-for-the-contract')
  // The installation gives the site a hash salt, with which tokens and codes are encrypted.
  const installed = readFileSync(join(place, 'settings.php'), 'utf8')
  run('pm:install', '-y', 'simple_oauth')
  run('php:eval', ownEntities(folder))
  run('cache:rebuild')
  const versions = JSON.parse(run('php:eval', installedVersions)) as Record<string, string>
  const serve = (port?: number) =>
    startPhpServer(
      {
        ...{ php: 'php', docroot: join(code, docroot), router: routerOf(join(code, docroot)), env: {} },
        ...{ logFile: join(folder, 'error.log'), workers: 4, startTimeout: 60_000 },
        ...(port === undefined ? {} : { port }),
      },
      (child) => children.push(child),
    )
  let server = await serve()
  const sqlOf = (database: string, query: string): string[] =>
    execFileSync('sqlite3', ['-quote', '-cmd', '.timeout 10000', database, query], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
      .split('\n')
      .filter(Boolean)
  const sql = (query: string): string[] => sqlOf(database, query)
  const contentsOf = (database: string): Record<string, readonly string[]> => {
    const tables = sqlOf(database, "SELECT name FROM sqlite_master WHERE type = 'table'").map(unquoted)
    const kept = tables.filter((table) => !passing.test(table)).sort()
    return Object.fromEntries(kept.map((table) => [table, sqlOf(database, `SELECT * FROM "${table}"`).sort()]))
  }
  const unquoted = (text: string) => text.replace(/^'|'$/g, '')
  return {
    baseUrl: server.baseUrl,
    drush: drushOf(code),
    evaluate: (code) => run('php:eval', code),
    userNames: () => sql('SELECT name FROM users_field_data').map(unquoted).filter(Boolean),
    versions: () => versions,
    contents: () => contentsOf(database),
    upgrade: async (codebase) => {
      server.stop()
      upgradeInto(`${code}-next`, codebase, database)
      rmSync(code, { recursive: true })
      renameSync(`${code}-next`, code)
      // Drupal keeps paths of its code.
      run('cache:rebuild')
      server = await serve(Number(new URL(server.baseUrl).port))
    },
    contentsIfUpgraded: (codebase) => {
      const copy = join(folder, 'copy')
      sql(`.backup '${copy}.sqlite'`)
      upgradeInto(copy, codebase, `${copy}.sqlite`)
      return contentsOf(`${copy}.sqlite`)
    },
    stop: () => {
      for (const child of children) killChild(child)
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    },
  }
}

/** PHP that prints them as JSON. */
export const installedVersions = `
$of = fn ($package) => preg_replace('/^[v^]|^8.x-/', '', \\Composer\\InstalledVersions::getPrettyVersion($package));
echo json_encode(['drupal' => \\Drupal::VERSION, 'simple_oauth' => $of('drupal/simple_oauth'), 'league' => $of('league/oauth2-server')]);
`

const settings = (database: string) => `<?php
$databases['default']['default'] = [
  'driver' => 'sqlite',
  'namespace' => 'Drupal\\\\sqlite\\\\Driver\\\\Database\\\\sqlite',
  'autoload' => 'core/modules/sqlite/src/Driver/Database/sqlite/',
  'database' => '${database}',
  'prefix' => '',
];
$settings['hash_salt'] = '${'0123456789abcdef'.repeat(4)}';
$settings['config_sync_directory'] = 'sites/default/files/sync';
$settings['trusted_host_patterns'] = ['^127\\\\.0\\\\.0\\\\.1$'];
$settings['skip_permissions_hardening'] = TRUE;
$config['update.settings']['fetch']['url'] = 'http://127.0.0.1:9';
$config['system.advisories']['enabled'] = FALSE;
`

/** What a site file can map: clients as Drupal makes them by default, which remember approvals. */
export const shop = {
  scopes: { debug: 'shop:debug', content: 'shop:content' },
  user: { name: 'shop.editor', password: 'of-the-shop-1' },
  app: 'shop_app',
  redirectUri: 'https://app.example.test/callback',
  backend: { client_id: 'shop_backend', client_secret: 'of-the-backend-1' },
} as const

/** Scopes of `shop` with their permissions, by their own names; a dynamic scope also has an ID. */
export const shopPermissions: Readonly<Record<string, string>> = {
  debug: 'debug simple_oauth tokens',
  content: 'access content',
}

/** PHP that makes the entities of `shop` where they are not yet. */
export const shopEntities = `
if (!user_load_by_name('${shop.user.name}')) {
  $make = fn ($type, $values) => \\Drupal::entityTypeManager()->getStorage($type)->create($values);
  $grants = array_fill_keys(['authorization_code', 'refresh_token', 'client_credentials'], ['status' => TRUE, 'description' => 'shop']);
  foreach (json_decode('${JSON.stringify(shopPermissions)}') as $name => $permission) {
    $make('oauth2_scope', ['id' => "shop_$name", 'name' => "shop:$name", 'description' => 'shop', 'grant_types' => $grants, 'umbrella' => FALSE, 'granularity_id' => 'permission', 'granularity_configuration' => ['permission' => $permission]])->save();
  }
  $make('user_role', ['id' => 'shop_editor', 'label' => 'shop', 'permissions' => ['grant simple_oauth codes', 'debug simple_oauth tokens', 'access content']])->save();
  $editor = $make('user', ['name' => '${shop.user.name}', 'mail' => 'shop@example.test', 'pass' => '${shop.user.password}', 'status' => 1, 'roles' => ['shop_editor']]);
  $editor->save();
  $make('consumer', ['client_id' => '${shop.app}', 'label' => 'Shop', 'confidential' => FALSE, 'pkce' => TRUE, 'grant_types' => ['authorization_code', 'refresh_token'], 'redirect' => ['${shop.redirectUri}']])->save();
  $make('consumer', ['client_id' => '${shop.backend.client_id}', 'label' => 'Backend', 'confidential' => TRUE, 'secret' => '${shop.backend.client_secret}', 'grant_types' => ['client_credentials'], 'scopes' => ['shop_debug', 'shop_content'], 'user_id' => $editor->id()])->save();
}
`

/** What a site file of `shop` says, but for the address and the versions; the environment gives `BACKEND` and `EDITOR`. */
export const shopMapping = {
  scopes: shop.scopes,
  users: { editor: { name: shop.user.name, password: '${EDITOR}' } },
  clients: {
    publicPkce: { client_id: shop.app, redirectUris: [shop.redirectUri] },
    machine: { client_id: shop.backend.client_id, client_secret: '${BACKEND}' },
  },
}
export const shopSecrets = { BACKEND: shop.backend.client_secret, EDITOR: shop.user.password }

/**
 * Keys, and entities that are named as if the suite had made them, with a token, an approval and a failed login; and those of
 * `shop`.
 */
const ownEntities = (folder: string) => `
foreach (['private', 'public'] as $i => $kind) {
  $pair ??= openssl_pkey_new(['private_key_bits' => 2048]);
  openssl_pkey_export($pair, $private);
  file_put_contents("${folder}/$kind.key", $i ? openssl_pkey_get_details($pair)['key'] : $private);
  chmod("${folder}/$kind.key", 0600);
  \\Drupal::configFactory()->getEditable('simple_oauth.settings')->set($kind . '_key', "${folder}/$kind.key")->save();
}
$make = fn ($type, $values) => \\Drupal::entityTypeManager()->getStorage($type)->create($values);
$role = $make('user_role', ['id' => 'contract_editor', 'label' => 'theirs', 'permissions' => ['access content']]);
$role->save();
$user = $make('user', ['name' => 'contract_editor', 'mail' => 'contract_editor@example.test', 'pass' => 'theirs', 'status' => 1, 'roles' => ['contract_editor']]);
$user->save();
$make('oauth2_scope', ['id' => 'contract_debug', 'name' => 'contract:debug', 'description' => 'theirs', 'grant_types' => ['authorization_code' => ['status' => TRUE, 'description' => 'theirs']], 'umbrella' => FALSE, 'granularity_id' => 'permission', 'granularity_configuration' => ['permission' => 'access content']])->save();
$client = $make('consumer', ['client_id' => 'contract_public_pkce', 'label' => 'theirs', 'confidential' => FALSE, 'grant_types' => ['authorization_code'], 'redirect' => ['https://client.example.test/callback'], 'user_id' => $user->id()]);
$client->save();
$make('oauth2_token', ['bundle' => 'access_token', 'auth_user_id' => $user->id(), 'client' => $client->id(), 'scopes' => ['contract_debug'], 'value' => 'theirs', 'expire' => time() + 86400])->save();
\\Drupal::service('user.data')->set('simple_oauth', $user->id(), 'client:contract_public_pkce', ['contract_debug']);
\\Drupal::flood()->register('user.failed_login_user', 86400, $user->id() . '-127.0.0.1');
${shopEntities}`
