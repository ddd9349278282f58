import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, posix, resolve } from 'node:path'
import { requireSupported } from './module-version.ts'
import { TargetError } from '../../model/target.ts'

/** Paths of a Drupal codebase; all but `root` are relative to `root`. */
export interface Codebase {
  readonly root: string
  readonly docroot: string
  readonly vendor: string
  readonly drush: string
}

/** One file of a listing, with forward slashes. */
export interface CodeFile {
  readonly path: string
  readonly size: number
  /** Milliseconds. */
  readonly mtime: number
}

interface ComposerJson {
  readonly config?: { readonly 'vendor-dir'?: string }
  readonly extra?: { readonly 'drupal-scaffold'?: { readonly locations?: { readonly 'web-root'?: string } } }
}

/**
 * Finds docroot, vendor folder and drush, given the folder of the project or its docroot.
 *
 * @throws {TargetError} `codebase-missing`, `codebase-unknown`, `vendor-missing`, `drush-missing`.
 */
export function findCodebase(path: string): Codebase {
  const start = resolve(path)
  if (!isDirectory(start))
    throw new TargetError('codebase-missing', `The folder ${start} does not exist. Pass the path of a Drupal codebase.`)
  const root = [start, dirname(start)].find((folder) => existsSync(join(folder, 'composer.json')))
  if (root === undefined) {
    throw new TargetError('codebase-unknown', `${start} has no composer.json. Pass the folder of a Drupal project.`)
  }
  const composer = readComposer(join(root, 'composer.json'))
  const webRoot = composer.extra?.['drupal-scaffold']?.locations?.['web-root'] ?? 'web'
  const docroot = [webRoot, 'web', 'docroot', '.']
    .map(tidy)
    .find((folder) => existsSync(join(root, folder, 'core/lib/Drupal.php')))
  const vendor = tidy(composer.config?.['vendor-dir'] ?? 'vendor')
  if (!existsSync(join(root, vendor, 'autoload.php')) || vendor.startsWith('..')) {
    throw new TargetError(
      'vendor-missing',
      `${root} has no Composer packages in ${vendor}/. Run "composer install" there.`,
    )
  }
  if (docroot === undefined) {
    throw new TargetError('codebase-unknown', `${root} has no Drupal core. Run "composer install" there.`)
  }
  const drush = `${vendor}/drush/drush/drush.php`
  if (!existsSync(join(root, drush))) {
    throw new TargetError(
      'drush-missing',
      `${root} has no drush. Run "composer require drush/drush" there, or in a copy.`,
    )
  }
  return { root: realpathSync(root), docroot, vendor, drush }
}

const tidy = (folder: string) => posix.normalize(folder).replace(/\/$/, '')

function readComposer(file: string): ComposerJson {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ComposerJson
  } catch (error) {
    throw new TargetError('codebase-unknown', `${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/**
 * Lists every file that Drupal may run, following links. Leaves out folders with a leading dot, node_modules, uploaded files,
 * files of the user's own site that may contain secrets (settings, .env, keys, database dumps), and where the suite writes its reports
 * and baselines when it is run in the folder: they would make every run one of other code.
 *
 * @throws {TargetError} `codebase-unreadable`, `module-missing`, `module-unsupported`.
 */
export function listCode(codebase: Codebase): CodeFile[] {
  const sites = codebase.docroot === '.' ? 'sites' : `${codebase.docroot}/sites`
  const inSite = (path: string, name: RegExp) => path.startsWith(`${sites}/`) && name.test(path.slice(sites.length + 1))
  const files = listFiles(codebase.root, (path, name, isFolder) =>
    isFolder
      ? !name.startsWith('.') &&
        name !== 'node_modules' &&
        path !== 'results' &&
        !inSite(path, /^[^/]+\/(files|private)$/)
      : !secretFile.test(name) && !topLevelYaml.test(path) && !inSite(path, userSettings),
  )
  const info = codebase.docroot === '.' ? '' : `${codebase.docroot}/`
  const module = files.find(({ path }) => path.startsWith(info) && path.endsWith('/simple_oauth.info.yml'))
  if (!module) {
    const message = `${codebase.root} does not contain Simple OAuth. Run "composer require drupal/simple_oauth" there, or in a copy.`
    throw new TargetError('module-missing', message)
  }
  requireSupported(codebase, join(codebase.root, module.path))
  return files
}

const secretFile = /^\.env(\.|$)|\.(key|p12|pfx)$|\.(sql|sqlite3?)(\.(gz|bz2|xz|zst|zip))?$/
/** Drupal reads none of these: they belong to tools, or are baselines. */
const topLevelYaml = /^[^/]+\.ya?ml$/
const userSettings = /^(sites\.php|[^/]+\/settings[^/]*\.php)$/

/** All files below a folder for which `keep` is true, sorted by path; links are followed. */
export function listFiles(root: string, keep: (path: string, name: string, isFolder: boolean) => boolean): CodeFile[] {
  const files: CodeFile[] = []
  /** @param linked real paths of the linked folders that lead here; following one again would never end. */
  const walk = (folder: string, linked: readonly string[]) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      const isLink = entry.isSymbolicLink()
      const stats = isLink ? statSync(join(root, path), { throwIfNoEntry: false }) : entry
      const isFolder = stats?.isDirectory() ?? false
      if (!(isFolder || stats?.isFile()) || !keep(path, entry.name, isFolder)) continue
      if (!isFolder) {
        const { size, mtimeMs } = statSync(join(root, path))
        files.push({ path, size, mtime: mtimeMs })
      } else if (!isLink) walk(path, linked)
      else {
        const target = realpathSync(join(root, path))
        const holder = realpathSync(join(root, folder))
        if (!linked.includes(target) && !`${holder}/`.startsWith(`${target}/`)) walk(path, [...linked, target])
      }
    }
  }
  try {
    walk('', [])
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    const message = `${path ?? root} cannot be read (${code ?? 'error'}). Change its permissions.`
    throw new TargetError('codebase-unreadable', message, { cause: error })
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}
