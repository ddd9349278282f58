// Runs the suite on a codebase served by real web servers from Debian's packages, and records the results: npm run web-servers --
// --codebase DIR [NAME…]
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { withheldGroups } from '../../fixtures/withheld.ts'
import { packageRoot } from '../../helpers/model/package.ts'
import type { Verdict } from '../../helpers/model/verdict.ts'
import {
  answers,
  apache,
  installSite,
  logsOf,
  missing,
  nginx,
  phpServer,
  until,
  varnish,
  type Database,
  type InstalledSite,
  type Program,
} from '../support/web-servers.ts'
import {
  installedVersions,
  shop,
  shopEntities,
  shopMapping,
  shopPermissions,
  shopSecrets,
} from '../support/real-site.ts'
import {
  readWebServers,
  summarize,
  webServersFile,
  type WebServerRun,
  type WebServerSummary,
} from '../support/web-server-runs.ts'

interface Variation {
  readonly server: string
  readonly database: Database
  /** How the site differs from a plain one; '' if it does not. */
  readonly setting: string
  readonly profile?: string
  readonly needs: readonly Program[]
  /** The site's address; without it, the target php installs a site of its own in a new database of the same server. */
  readonly serve?: (site: InstalledSite) => Promise<string>
  /** Every group but the withheld ones, instead of a few. */
  readonly everything?: true
  /** Flags of the run. */
  readonly flags?: (site: InstalledSite) => readonly string[]
  /** A site file instead of provisioning, but for the address and the versions. */
  readonly maps?: (site: InstalledSite) => object
}

const few = ['pkce', 'bearer', 'refresh', 'token/token', 'clients']
/** All groups except the withheld ones and those that need a site file, a profile or an upgrade. */
const every = readdirSync(join(packageRoot, 'specs'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && ![...withheldGroups, 'mcp', 'policy', 'upgrade'].includes(entry.name))
  .map(({ name }) => name)

const proxySettings = `$settings['reverse_proxy'] = TRUE;
$settings['reverse_proxy_addresses'] = ['127.0.0.1'];`

/** The others are compared with it. */
const plain = 'php -S'

export const variations: Readonly<Record<string, Variation>> = {
  [plain]: { server: 'php -S', database: 'sqlite', setting: '', needs: [], serve: phpServer, everything: true },
  'apache-fpm': {
    ...{ server: 'Apache with php-fpm', database: 'sqlite', setting: '', needs: ['apache', 'php-fpm'] },
    serve: (site) => apache(site, { php: 'php-fpm' }),
  },
  'nginx-fpm': {
    ...{ server: 'nginx with php-fpm', database: 'sqlite', setting: '', needs: ['nginx', 'php-fpm'] },
    serve: (site) => nginx(site),
  },
  'sub-directory': {
    ...{
      server: 'Apache with mod_php',
      database: 'sqlite',
      setting: 'in the sub-directory /shop',
      needs: ['apache', 'mod_php'],
    },
    serve: (site) => apache(site, { php: 'mod_php', path: '/shop' }),
  },
  tls: {
    ...{ server: 'nginx in front of Apache with mod_php', database: 'sqlite', needs: ['nginx', 'apache', 'mod_php'] },
    setting: 'TLS ends at the proxy, which Drupal trusts',
    serve: async (site) => {
      site.settings(proxySettings)
      return nginx(site, { upstream: await apache(site, { php: 'mod_php' }), certificate: authority(site) })
    },
    flags: ({ folder }) => ['--ca', join(folder, 'authority.pem')],
  },
  varnish: {
    ...{ server: 'Varnish in front of nginx with php-fpm', database: 'sqlite', needs: ['varnish', 'nginx', 'php-fpm'] },
    setting: 'page cache on, pages kept for 900 s',
    serve: async (site) => {
      site.settings(proxySettings)
      site.run('pm:install', '-y', 'page_cache', 'dynamic_page_cache')
      site.run('config:set', '-y', 'system.performance', 'cache.page.max_age', '900')
      return varnish(site, await nginx(site))
    },
  },
  redirects: {
    ...{ server: 'nginx with php-fpm', database: 'sqlite', needs: ['nginx', 'php-fpm'] },
    setting: 'redirects slashes at the end of a path, and /oauth/jwks to its alias',
    serve: (site) =>
      nginx(site, {
        rules:
          'rewrite ^/(.+)/$ /$1 permanent; location = /oauth/jwks { return 301 $scheme://$http_host/.well-known/jwks.json; }',
      }),
  },
  'german-prefix': {
    ...{ server: 'Apache with php-fpm', database: 'sqlite', needs: ['apache', 'php-fpm'] },
    setting: 'German is the default language, below the prefix /de',
    serve: async (site) => {
      site.run('pm:install', '-y', 'language', 'locale')
      site.run('php:eval', german)
      site.run('cache:rebuild')
      return `${await apache(site, { php: 'php-fpm' })}/de`
    },
  },
  'apache-mod-php-mariadb': {
    ...{ server: 'Apache with mod_php', database: 'mariadb', setting: '', needs: ['apache', 'mod_php', 'mariadb'] },
    serve: (site) => apache(site, { php: 'mod_php' }),
    everything: true,
  },
  'nginx-fpm-postgres': {
    ...{ server: 'nginx with php-fpm', database: 'postgres', setting: '', needs: ['nginx', 'php-fpm', 'postgres'] },
    serve: (site) => nginx(site),
  },
  'php-mariadb': {
    ...{ server: 'php -S', database: 'mariadb', setting: '`--database-url`', needs: ['mariadb'] },
    everything: true,
  },
  'php-postgres': {
    ...{ server: 'php -S', database: 'postgres', setting: '`--database-url`', needs: ['postgres'] },
    everything: true,
  },
  'login-path': {
    ...{ server: 'nginx with php-fpm', database: 'sqlite', needs: ['nginx', 'php-fpm'] },
    setting: 'mapped in a site file; the login form has a path of its own (`login`)',
    serve: (site) => {
      site.run('php:eval', shopEntities)
      site.run('pm:install', '-y', 'path_alias')
      site.run('php:eval', signIn)
      return nginx(site)
    },
    everything: true,
    maps: () => ({ ...shopMapping, login: '/sign-in' }),
  },
  'identity-provider': {
    ...{ server: 'nginx with php-fpm', database: 'sqlite', needs: ['nginx', 'php-fpm'] },
    setting: 'mapped in a site file; logins are sent to an identity provider elsewhere (`loginLink`)',
    serve: (site) => {
      site.run('php:eval', shopEntities)
      const elsewhere = 'return 302 https://id.example.test/login?RelayState=$request_uri;'
      return nginx(site, { rules: `location ~ ^/(user/login|sign-in)$ { ${elsewhere} }` })
    },
    everything: true,
    maps: ({ drush }) => ({ ...shopMapping, drush, users: { editor: { name: shop.user.name, loginLink: true } } }),
  },
  // Last of its site: the suite creates no scopes beside static ones.
  'static-scopes': {
    ...{ server: 'nginx with php-fpm', database: 'sqlite', needs: ['nginx', 'php-fpm'] },
    setting: 'mapped in a site file; static scopes of a module',
    serve: (site) => {
      site.run('php:eval', shopEntities)
      writeScopes(site)
      site.run('pm:install', '-y', 'simple_oauth_static_scope', 'contract_shop')
      site.run('php:eval', staticScopes)
      site.run('cache:rebuild')
      return nginx(site)
    },
    everything: true,
    maps: () => shopMapping,
  },
  standard: {
    ...{ server: 'Apache with mod_php', database: 'sqlite', setting: 'standard profile', profile: 'standard' },
    needs: ['apache', 'mod_php'],
    serve: (site) => apache(site, { php: 'mod_php' }),
  },
}

const german = `
\\Drupal\\language\\Entity\\ConfigurableLanguage::createFromLangcode('de')->save();
\\Drupal::configFactory()->getEditable('system.site')->set('default_langcode', 'de')->save();
\\Drupal::configFactory()->getEditable('language.negotiation')->set('url.source', 'path_prefix')->set('url.prefixes', ['en' => 'en', 'de' => 'de'])->save();
`

const signIn = `
$storage = \\Drupal::entityTypeManager()->getStorage('path_alias');
$storage->loadByProperties(['alias' => '/sign-in']) ?: $storage->create(['path' => '/user/login', 'alias' => '/sign-in'])->save();
`

const staticScopes = `
\\Drupal::configFactory()->getEditable('simple_oauth.settings')->set('scope_provider', 'static')->save();
$storage = \\Drupal::entityTypeManager()->getStorage('consumer');
foreach ($storage->loadByProperties(['client_id' => '${shop.backend.client_id}']) as $consumer) $consumer->set('scopes', ['shop:debug', 'shop:content'])->save();
foreach (\\Drupal::entityTypeManager()->getStorage('oauth2_scope')->loadMultiple() as $scope) $scope->delete();
`

/** A module whose scopes are those of `shop`. */
function writeScopes({ docroot }: InstalledSite): void {
  const folder = join(docroot, 'modules/contract_shop')
  mkdirSync(folder, { recursive: true })
  const info = { name: 'Shop', type: 'module', core_version_requirement: '^10 || ^11' }
  const grant = { status: true, description: 'shop' }
  const scopes = Object.entries(shopPermissions).map(([name, permission]) => [
    `shop:${name}`,
    {
      ...{ description: 'shop', umbrella: false, granularity_id: 'permission' },
      granularity_configuration: { permission },
      grant_types: { authorization_code: grant, refresh_token: grant, client_credentials: grant },
    },
  ])
  writeFileSync(join(folder, 'contract_shop.info.yml'), stringify(info))
  writeFileSync(join(folder, 'contract_shop.oauth2_scopes.yml'), stringify(Object.fromEntries(scopes)))
}

/** A certificate for 127.0.0.1 by an authority of its own. */
function authority({ folder }: InstalledSite): { key: string; cert: string } {
  const openssl = (...args: string[]): void => {
    if (spawnSync('openssl', args, { cwd: folder }).status !== 0) throw new Error(`openssl ${args.join(' ')} failed`)
  }
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'authority.pem', '-subj', '/CN=An authority')
  openssl(
    ...['req', '-x509', ...key, '-keyout', 'tls.key', '-out', 'tls.pem', '-subj', '/CN=site', '-CA', 'authority.pem'],
    ...['-CAkey', 'ca.key', '-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE'],
  )
  return { key: join(folder, 'tls.key'), cert: join(folder, 'tls.pem') }
}

interface Report {
  readonly target: { readonly versions: Readonly<Record<string, string>> }
  readonly checks: readonly { readonly contract: string; readonly variant: string | null; readonly verdict: Verdict }[]
}

/** @throws {Error} without a codebase, or for an unknown name. */
export async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    ...{ args: [...args], allowPositionals: true },
    options: { codebase: { type: 'string' }, groups: { type: 'string' }, record: { type: 'string' } },
  })
  if (values.codebase === undefined) throw new Error('Name a codebase: npm run web-servers -- --codebase DIR')
  const names = positionals.length > 0 ? positionals : Object.keys(variations)
  const unknown = names.filter((name) => !(name in variations))
  if (unknown.length > 0)
    throw new Error(`Unknown: ${unknown.join(', ')}. Valid: ${Object.keys(variations).join(', ')}`)
  const file = values.record ?? join(packageRoot, 'results/web-servers.json')
  let site: InstalledSite | null = null
  let installed = ''
  // Started servers end with the script; a run that the signal also reached has ended by then.
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      interrupted.abort()
    })
  try {
    for (const name of names) {
      if (interrupted.signal.aborted) break
      const variation = variations[name] as Variation
      const packages = missing(variation.needs)
      if (packages.length > 0) {
        console.log(`${name}: skipped, not installed: ${packages.join(', ')}`)
        continue
      }
      const wanted = `${variation.database} ${variation.profile ?? 'minimal'}`
      if (site === null || installed !== wanted) {
        await site?.remove()
        console.log(`installing on ${wanted}`)
        site = await installSite(values.codebase, variation.database, variation.profile ?? 'minimal')
        installed = wanted
      }
      try {
        record(file, name, await runOn(name, variation, site, { ...values, codebase: values.codebase }))
      } catch (error) {
        // If one server does not start, the others still run.
        console.log(`${name}: not run: ${error instanceof Error ? error.message : String(error)}`)
        process.exitCode = 1
      }
    }
  } finally {
    await site?.remove()
  }
  if (interrupted.signal.aborted) return
  const runs = JSON.parse(readText(file)) as Record<string, WebServerRun>
  const reference = runs[plain]
  if (reference === undefined) throw new Error(`${file} has no run of "${plain}", with which the others are compared.`)
  const kept = Object.entries(runs).map(([name, run]) => [name, summarize(run, reference)] as const)
  // A run that this machine has not made stays as it was recorded; in the order of the variations.
  const all: Readonly<Record<string, WebServerSummary>> = { ...readWebServers(), ...Object.fromEntries(kept) }
  const ordered = Object.keys(variations).flatMap((name) => (all[name] ? [[name, all[name]] as const] : []))
  writeFileSync(webServersFile, `${JSON.stringify(Object.fromEntries(ordered), null, 2)}\n`)
}

async function runOn(
  name: string,
  variation: Variation,
  site: InstalledSite,
  given: { readonly codebase: string; readonly groups?: string | undefined },
): Promise<WebServerRun> {
  const before = site.running()
  site.settings('')
  const groups = given.groups ?? (variation.everything ? every : few).join(',')
  try {
    const { flags, env } = await serverUnderTest(name, variation, site, given.codebase)
    const report = join(site.folder, 'report')
    const words = [
      ...[...flags, '--group', groups, '--cache', join(site.folder, 'cache')],
      ...['--allow-skipped', '--report', report, ...(variation.flags?.(site) ?? [])],
    ]
    const ended = spawnSync(process.execPath, ['bin/simple-oauth-contract.js', ...words], {
      cwd: packageRoot,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, ...env },
    })
    const last = ended.stdout.trimEnd().split('\n').slice(-12).join('\n')
    console.log(`${name}: exit code ${String(ended.status)}\n${last}${ended.stderr}`)
    const { checks, target } = JSON.parse(readFileSync(join(report, 'report.json'), 'utf8')) as Report
    const { server, database, setting } = variation
    const verdicts = Object.fromEntries(
      checks.map(({ contract, variant, verdict }) => [
        variant === null ? contract : `${contract} [${variant}]`,
        verdict,
      ]),
    )
    return { server, database, setting, versions: target.versions, verdicts }
  } finally {
    await site.stop(before)
  }
}

/** How the command is told which server to test. */
async function serverUnderTest(
  name: string,
  { serve, maps }: Variation,
  site: InstalledSite,
  codebase: string,
): Promise<{ readonly flags: readonly string[]; readonly env: Readonly<Record<string, string>> }> {
  if (!serve)
    return { flags: ['--target', 'php', '--codebase', codebase], env: { CONTRACT_DATABASE_URL: site.emptyDatabase() } }
  const baseUrl = await serve(site)
  await until(() => answers(baseUrl)).catch((error: unknown) => {
    throw new Error(`${name}: ${String(error)}\n${logsOf(site)}`)
  })
  const drush = site.drush.map((word) => `'${word}'`).join(' ')
  if (!maps) return { flags: ['--target', 'site', '--base-url', baseUrl, '--provision', '--drush', drush], env: {} }
  const file = join(site.folder, 'site.yaml')
  const versions = JSON.parse(site.run('php:eval', installedVersions)) as object
  writeFileSync(file, JSON.stringify({ baseUrl, versions, stress: true, ...maps(site) }))
  return { flags: ['--site', file], env: shopSecrets }
}

/** Keeps the runs that were not repeated. */
function record(file: string, name: string, run: WebServerRun): void {
  const kept = JSON.parse(readText(file)) as Record<string, WebServerRun>
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ ...kept, [name]: run }, null, 2)}\n`)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '{}'
  }
}
