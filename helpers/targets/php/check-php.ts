import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { gte } from 'semver'
import { inheritedEnvironment } from '../../drupal/child-process.ts'
import { TargetError } from '../../model/target.ts'

/** The PHP that runs Drupal and drush. */
export interface PhpInfo {
  readonly command: string
  readonly version: string
  /** Lower case, sorted. */
  readonly extensions: readonly string[]
}

const oldest = '8.1.0'

/** The extensions that Drupal, drush and Simple OAuth need, with the Debian package of each. */
const needed: Readonly<Record<string, string>> = {
  ctype: 'common',
  curl: 'curl',
  dom: 'xml',
  filter: 'common',
  gd: 'gd',
  hash: 'common',
  json: 'common',
  mbstring: 'mbstring',
  openssl: 'common',
  pdo: 'common',
  session: 'common',
  simplexml: 'xml',
  tokenizer: 'common',
  xml: 'xml',
}

/** How PHP reaches the database, likewise. */
const drivers = {
  sqlite: ['pdo_sqlite', 'sqlite3'],
  mysql: ['pdo_mysql', 'mysql'],
  pgsql: ['pdo_pgsql', 'pgsql'],
} as const

const question = 'echo json_encode(["version" => PHP_VERSION, "extensions" => get_loaded_extensions()]);'

/** @throws {TargetError} `php-missing`, `php-broken`, `php-too-old` or `php-extension-missing`. */
export async function checkPhp(command: string, driver: keyof typeof drivers = 'sqlite'): Promise<PhpInfo> {
  const php = { command, ...(await askPhp(command)) }
  const version = /^\d+\.\d+\.\d+/.exec(php.version)?.[0] ?? '0.0.0'
  if (!gte(version, oldest)) {
    throw new TargetError(
      'php-too-old',
      `Expected PHP 8.1 or later, got ${php.version} ("${command}"). Choose another with --php.`,
    )
  }
  const [extension, debian] = drivers[driver]
  const all = { ...needed, [extension]: debian }
  const missing = Object.keys(all).filter((name) => !php.extensions.includes(name))
  if (missing.length > 0) {
    const minor = version.split('.').slice(0, 2).join('.')
    const packages = [...new Set(missing.map((name) => `php${minor}-${all[name]}`))]
    const message = `PHP ${php.version} ("${command}") has no extension ${missing.join(', ')}. On Debian and Ubuntu: apt-get install ${packages.join(' ')}`
    throw new TargetError('php-extension-missing', message)
  }
  return php
}

async function askPhp(command: string): Promise<Pick<PhpInfo, 'version' | 'extensions'>> {
  try {
    const { stdout } = await promisify(execFile)(command, ['-r', question], {
      timeout: 30_000,
      env: inheritedEnvironment(),
    })
    const answer = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { version: string; extensions: string[] }
    return { version: answer.version, extensions: answer.extensions.map((name) => name.toLowerCase()).sort() }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES') {
      const advice =
        'Install PHP 8.1 or later (Debian and Ubuntu: apt-get install php-cli), or set its path with --php. With Docker or Podman, --target container needs none.'
      throw new TargetError('php-missing', `PHP not found: "${command}" (${code}). ${advice}`, {
        cause: error,
      })
    }
    throw new TargetError('php-broken', `"${command}" is not a working PHP: ${message}`, { cause: error })
  }
}
