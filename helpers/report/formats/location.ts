import type { CheckResult } from '../../model/result.ts'
import type { Report } from '../report.ts'
import { areaOf } from './area.ts'

/** A place in the user's repository. */
export interface FileLocation {
  /** Relative to the folder of the call, with slashes. */
  readonly path: string
  readonly line: number
  /** False for the declaration of the contract, where the user's own files are unknown. */
  readonly own: boolean
}

/** Areas that depend on scopes. */
const ofScopes: ReadonlySet<string> = new Set(['resource/scope', 'token/client-credentials', 'token/refresh-scope'])

/**
 * The file in which the owner of the server would look first: the site file, the exported configuration, or the lock file of the code.
 * Without any of them, where the contract is declared.
 * @param check Null for a problem of the whole run.
 */
export function locationOf(check: CheckResult | null, { files = {} }: Report): FileLocation {
  const scope = check !== null && ofScopes.has(areaOf(check)) ? files.scopes?.[0] : undefined
  const path = files.site ?? scope ?? files.settings ?? files.scopes?.[0] ?? files.composerLock
  if (path !== undefined) return { path, line: 1, own: true }
  const [, file, line] = /^(.*?)(?::(\d+))?(?::\d+)?$/su.exec(check?.location ?? '') ?? []
  return { path: file || 'composer.lock', line: Math.max(1, Number(line ?? 1)), own: false }
}
