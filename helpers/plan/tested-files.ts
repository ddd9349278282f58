import { existsSync, readdirSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { TestedFiles } from '../report/tested-files.ts'
import type { Settings } from '../settings/settings.ts'

/** Files below the working folder that determine the server's behaviour: code hosts show problems there. */
export function testedFiles(
  { site, codebase, config }: Pick<Settings, 'site' | 'codebase' | 'config'>,
  folder = process.cwd(),
): TestedFiles {
  const below = (path: string): string | undefined => {
    const found = relative(folder, resolve(folder, path))
    return found === '' || found.startsWith('..') || isAbsolute(found) || !existsSync(resolve(folder, path))
      ? undefined
      : found.split(sep).join('/')
  }
  const settings = config === null ? undefined : below(join(config, 'simple_oauth.settings.yml'))
  const scopes = (config === null ? [] : exportedScopes(config)).flatMap((path) => below(path) ?? [])
  const lock = codebase === null ? undefined : below(join(codebase, 'composer.lock'))
  const file = site === null ? undefined : below(site)
  return {
    ...(file === undefined ? {} : { site: file }),
    ...(settings === undefined ? {} : { settings }),
    ...(scopes.length > 0 ? { scopes } : {}),
    ...(lock === undefined ? {} : { composerLock: lock }),
  }
}

function exportedScopes(config: string): string[] {
  if (!existsSync(config)) return []
  return readdirSync(config)
    .filter((name) => /^simple_oauth\.oauth2_scope\..+\.yml$/u.test(name))
    .sort()
    .map((name) => join(config, name))
}
