import { randomBytes } from 'node:crypto'
import type { ChildProcess } from 'node:child_process'
import { users, type UserRole } from '../../../fixtures/roles.ts'
import { killChild } from '../../drupal/child-process.ts'
import { DrushError } from '../../drupal/drush.ts'
import { namedForRun, provisionData, targetRoles, type ProvisionData } from '../../drupal/provision.ts'
import { askSite, askSiteNow } from '../../drupal/site-drush.ts'
import { Redactor } from '../../http/redact.ts'
import { namesOf, settleManifest, writeManifest, type Manifest } from './manifest.ts'
import { formatLogTail } from '../install/install-error.ts'
import { TargetError, type TargetInfo, type Versions } from '../../model/target.ts'

/** Milliseconds for a clean-up, which may have to wait for a provisioning that was cut short. */
export const cleanupTimeout = 180_000

export interface SiteProvisionOptions {
  /** Words of the user's own drush command. */
  readonly drush: readonly string[]
  readonly baseUrl: string
  /** The file to write for a run. */
  readonly manifest: (run: string) => string
  /** Whether the file stays when all is removed again. */
  readonly keepManifest: boolean
  /** Milliseconds. */
  readonly timeout: number
}

/** What the site answers before anything is made. */
interface Checked {
  readonly versions: Versions
  readonly modules?: TargetInfo['modules']
  /** Permissions that every user has who is logged in. */
  readonly given: readonly string[]
}

/** A role that this site cannot have. */
export interface LeftOut {
  readonly role: UserRole
  readonly why: string
}

export interface Provisioned extends Pick<TargetInfo, 'clients' | 'users' | 'scopes' | 'versions' | 'modules'> {
  readonly leftOut: readonly LeftOut[]
}

export type Names = Partial<Manifest['creates']>

/** What a clean-up removed: numbers of rows, names of entities. */
export type Removed = { readonly [kind in 'oauth2_token' | 'approvals' | 'flood' | 'sessions']?: number } & Names

/** Users, roles, scopes and consumers of one run on a site that is not the suite's own. */
export class SiteProvision {
  readonly run = randomBytes(6).toString('hex')
  readonly manifest: string
  private readonly options: SiteProvisionOptions
  private readonly redactor = new Redactor()
  private readonly data: ProvisionData
  private child: ChildProcess | undefined
  private begun = false

  constructor(options: SiteProvisionOptions) {
    this.options = options
    this.manifest = options.manifest(this.run)
    this.data = namedForRun(provisionData(), this.run)
    for (const { password } of this.data.users) this.redactor.register('password', password)
    for (const { client_secret } of this.data.clients) {
      if (client_secret !== undefined) this.redactor.register('client_secret', client_secret)
    }
  }

  /** What would be made, with secrets; asks the site and changes nothing. @throws {TargetError} */
  async plan(progress: (stage: string) => void): Promise<{ data: ProvisionData; leftOut: readonly LeftOut[] }> {
    const { data, leftOut } = await this.check(progress)
    return { data, leftOut }
  }

  /**
   * Makes everything; the manifest comes first. What was made when something fails is removed again.
   * @throws {TargetError}
   */
  async make(progress: (stage: string) => void): Promise<Provisioned> {
    const { data, leftOut, versions, modules } = await this.check(progress)
    const { baseUrl, drush } = this.options
    writeManifest(this.manifest, { run: this.run, baseUrl, drush, creates: namesOf(data) })
    progress(`provisioning as run ${this.run}, listed in ${this.manifest}`)
    this.begun = true
    try {
      const { uids } = await this.ask<{ uids: Record<string, string> }>('site.provision', data, progress)
      return { ...targetRoles(data, uids), versions, ...(modules ? { modules } : {}), leftOut }
    } catch (error) {
      throw this.undone(error)
    }
  }

  /**
   * Removes everything; nothing where nothing was made or all is removed. Synchronous: it must work on the way out of the process.
   * @throws {TargetError} `cleanup-failed`.
   */
  remove(): Removed | undefined {
    if (this.child) killChild(this.child)
    if (!this.begun) return undefined
    const removed = cleanUpSite(this.options.drush, this.run, this.manifest, (text) => this.redactor.redact(text))
    this.begun = false
    settleManifest(this.manifest, this.options.keepManifest)
    return removed
  }

  private async check(progress: (stage: string) => void) {
    progress('asking the site by drush')
    const { given, versions, modules } = await this.ask<Checked>('site.check', this.data, progress)
    const { data, leftOut } = possible(this.data, given)
    return { data, leftOut, versions, modules }
  }

  private async ask<T extends object>(
    op: 'site.check' | 'site.provision',
    data: ProvisionData,
    progress: (stage: string) => void,
  ): Promise<T> {
    const { drush: command, timeout } = this.options
    const redact = (text: string) => this.redactor.redact(text)
    try {
      const request = { op, run: this.run, data }
      return await askSite<T>({ command, timeout, redact }, request, progress, (child) => (this.child = child))
    } catch (error) {
      if (!(error instanceof DrushError)) throw error
      throw new TargetError(error.code, `Provisioning the site failed. ${error.message}${formatLogTail(error.lines)}`, {
        cause: error,
      })
    } finally {
      this.child = undefined
    }
  }

  /** The error of a provisioning that failed half-way, with what became of the half. */
  private undone(error: unknown): unknown {
    if (!(error instanceof TargetError)) return error
    const rest = (() => {
      try {
        return `What had been made is removed again: ${removedText(this.remove() ?? {})}.`
      } catch (failure) {
        return (failure as Error).message
      }
    })()
    return new TargetError(error.code, `${error.message}\n${rest}`, { cause: error })
  }
}

/**
 * Removes what a run made on a site, as often as wanted. Synchronous.
 * @throws {TargetError} `cleanup-failed`.
 */
export function cleanUpSite(
  drush: readonly string[],
  run: string,
  manifest: string | null,
  redact: (text: string) => string = (text) => text,
): Removed {
  try {
    const options = { command: drush, timeout: cleanupTimeout, redact }
    return (askSiteNow(options, { op: 'site.cleanup', run }) as { removed: Removed }).removed
  } catch (error) {
    if (!(error instanceof DrushError)) throw error
    const again = `cleanup ${manifest === null ? run : `--manifest ${manifest}`} --drush "…"`
    const message = `What the run ${run} made may still be on the site. ${error.message} Then: simple-oauth-contract ${again}${formatLogTail(error.lines)}`
    throw new TargetError('cleanup-failed', message, { cause: error })
  }
}

/** Without the users whose point is to lack what this site gives to everyone. */
function possible(data: ProvisionData, given: readonly string[]): { data: ProvisionData; leftOut: LeftOut[] } {
  const leftOut = data.users.flatMap(({ role }) => {
    const too = users[role].lacks?.find((permission) => given.includes(permission))
    return too === undefined ? [] : [{ role, why: `this site gives "${too}" to everyone who is logged in` }]
  })
  return {
    data: { ...data, users: data.users.filter(({ role }) => !leftOut.some((one) => one.role === role)) },
    leftOut,
  }
}

/** What of the names a clean-up did not find, as a text; null where it found all. */
export function missingOf(creates: Manifest['creates'], removed: Names): string | null {
  const kinds = Object.keys(creates) as (keyof Names)[]
  const missing = Object.fromEntries(
    kinds.map((kind) => [kind, creates[kind].filter((name) => !removed[kind]?.includes(name))]),
  )
  return Object.values(missing).flat().length === 0 ? null : removedText(missing)
}

const words: Readonly<Record<string, string>> = {
  consumer: 'consumer',
  user: 'user',
  user_role: 'role',
  oauth2_scope: 'scope',
  oauth2_token: 'token',
  approvals: 'remembered approval',
  sessions: 'session',
  flood: 'failed login',
}

/** "9 consumers, 7 users, 312 tokens". */
export function removedText(removed: Removed): string {
  const parts = Object.entries(words).flatMap(([kind, word]) => {
    const what = removed[kind as keyof Removed] ?? 0
    const count = typeof what === 'number' ? what : what.length
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`]
  })
  return parts.length === 0 ? 'nothing was there' : parts.join(', ')
}
