import { randomBytes } from 'node:crypto'
import type { ChildProcess } from 'node:child_process'
import type { Capability } from '../../../fixtures/capabilities.ts'
import { killChild } from '../../drupal/child-process.ts'
import { DrushError } from '../../drupal/drush.ts'
import {
  namedForRun,
  provisionData,
  provisioned,
  targetRoles,
  withoutContent,
  type ProvisionData,
} from '../../drupal/provision.ts'
import { asRoles, lackedByRoles, type GlobalLifetimes, type ScopeModel } from '../../drupal/roles-as-scopes.ts'
import { askSite, askSiteNow } from '../../drupal/site-drush.ts'
import { Redactor } from '../../http/redact.ts'
import { keepManifest, namesOf, settleManifest, writeManifest } from './manifest.ts'
import { removedText, type Removed } from './removed.ts'
import { withoutImpossible, type LeftOut } from './without-impossible.ts'
import { formatLogTail } from '../install/install-error.ts'
import { TargetError, type EntityChange, type TargetInfo, type Versions } from '../../model/target.ts'

/** Milliseconds for a clean-up, which may have to wait for an interrupted provisioning to end. */
const cleanupTimeout = 180_000

export interface SiteProvisionOptions {
  /** The user's own drush command, as a list of words. */
  readonly drush: readonly string[]
  readonly baseUrl: string
  /** The path of the manifest of a run. */
  readonly manifest: (run: string) => string
  /** Whether the file is kept after the clean-up. */
  readonly keepManifest: boolean
  /** Milliseconds. */
  readonly timeout: number
  /** Whether tokens live for a day instead of minutes, because upgrading a site takes time. */
  readonly longLived?: boolean
}

/** The site's answer before anything is created. */
interface Checked {
  readonly versions: Versions
  readonly modules?: TargetInfo['modules']
  readonly scopeModel?: ScopeModel
  readonly lacks?: readonly Capability[]
  /** Site-wide lifetimes; null if each consumer has its own. */
  readonly lifetimes?: GlobalLifetimes | null
  /** The needed permissions that every authenticated user has. */
  readonly authenticated: readonly string[]
}

export interface Provisioned extends Pick<TargetInfo, 'clients' | 'users' | 'scopes' | 'versions' | 'modules'> {
  readonly leftOut: readonly LeftOut[]
  /** What this version of Simple OAuth does not have. */
  readonly lacks: readonly Capability[]
}

const day = 86_400

/** Makes tokens and codes live for a day, except those of consumers whose tokens have to expire. */
const livingForADay = (data: ProvisionData): ProvisionData => ({
  ...data,
  clients: data.clients.map((client) =>
    client.accessTokenLifetime < 60
      ? client
      : { ...client, accessTokenLifetime: day, refreshTokenLifetime: Math.max(day, client.refreshTokenLifetime) },
  ),
})

/** Users, roles, scopes and consumers of one run on a third-party site. */
export class SiteProvision {
  readonly run = randomBytes(6).toString('hex')
  readonly manifest: string
  private readonly options: SiteProvisionOptions
  private readonly redactor = new Redactor()
  private readonly data: ProvisionData
  private child: ChildProcess | undefined
  /** What the site has to create. */
  private made: ProvisionData
  private begun = false

  constructor(options: SiteProvisionOptions) {
    this.options = options
    this.manifest = options.manifest(this.run)
    const data = namedForRun(withoutContent(provisionData()), this.run)
    this.data = options.longLived ? livingForADay(data) : data
    this.made = this.data
    for (const { password } of this.data.users) this.redactor.register('password', password)
    for (const { client_secret } of this.data.clients) {
      if (client_secret !== undefined) this.redactor.register('client_secret', client_secret)
    }
  }

  /** What would be created, with secrets; asks the site but changes nothing. @throws {TargetError} */
  async plan(progress: (stage: string) => void): Promise<{ data: ProvisionData; leftOut: readonly LeftOut[] }> {
    const { data, leftOut } = await this.check(progress)
    return { data, leftOut }
  }

  /**
   * Writes the manifest, then creates everything. If a step fails, what was created is removed again.
   * @throws {TargetError}
   */
  async make(progress: (stage: string) => void): Promise<Provisioned> {
    const { data, leftOut, lacks, versions, modules } = await this.check(progress)
    const { baseUrl, drush } = this.options
    writeManifest(this.manifest, { run: this.run, baseUrl, drush, creates: namesOf(data) })
    progress(`provisioning as run ${this.run}, listed in ${this.manifest}`)
    this.begun = true
    try {
      const { uids } = await this.ask<{ uids: Record<string, string> }>('site.provision', data, progress)
      return { ...targetRoles(data, uids), versions, ...(modules ? { modules } : {}), leftOut, lacks }
    } catch (error) {
      throw this.undone(error)
    }
  }

  /** Changes a user or consumer of this run. @throws {TargetError} */
  async change(change: EntityChange): Promise<void> {
    await this.ask('site.change', provisioned(change, this.made), () => undefined)
  }

  /**
   * Removes everything that was created and not yet removed. Synchronous: it must work while the suite is exiting.
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

  /** Leaves everything on the site for `upgrade finish`, and notes that in the manifest for `cleanup`. */
  leave(state: string): { run: string; drush: readonly string[]; manifest: string } {
    keepManifest(this.manifest, state)
    this.begun = false
    return { run: this.run, drush: this.options.drush, manifest: this.manifest }
  }

  private async check(progress: (stage: string) => void) {
    progress('asking the site with drush')
    const checked = await this.ask<Checked>('site.check', this.data, progress)
    const { authenticated, versions, modules, lifetimes } = checked
    const fitted = checked.scopeModel === 'roles' && lifetimes ? asRoles(this.data, lifetimes) : this.data
    const { data, leftOut } = withoutImpossible(fitted, authenticated)
    const lacks: readonly Capability[] = [...(fitted === this.data ? [] : lackedByRoles), ...(checked.lacks ?? [])]
    this.made = data
    return { data, leftOut, lacks, versions, modules }
  }

  private async ask<T extends object>(
    op: 'site.check' | 'site.provision' | 'site.change',
    data: object,
    progress: (stage: string) => void,
  ): Promise<T> {
    const { drush: command, timeout } = this.options
    const redact = (text: string) => this.redactor.redact(text)
    try {
      const request = { op, run: this.run, data }
      return await askSite<T>({ command, timeout, redact }, request, progress, (child) => (this.child = child))
    } catch (error) {
      if (!(error instanceof DrushError)) throw error
      const what =
        op === 'site.change' ? 'Changing a user or consumer of the suite failed.' : 'Provisioning the site failed.'
      throw new TargetError(error.code, `${what} ${error.message}${formatLogTail(error.lines)}`, { cause: error })
    } finally {
      this.child = undefined
    }
  }

  /** Undoes a provisioning that failed half-way, and adds the outcome to the error. */
  private undone(error: unknown): unknown {
    if (!(error instanceof TargetError)) return error
    const rest = (() => {
      try {
        return `Removed again: ${removedText(this.remove() ?? {})}.`
      } catch (failure) {
        return (failure as Error).message
      }
    })()
    // Near the top: of a long message, such as an SQL error with its values, only the beginning is shown.
    const [first = '', ...others] = error.message.split('\n')
    return new TargetError(error.code, [first, rest, ...others].join('\n'), { cause: error })
  }
}

/**
 * Removes what a run created on a site; may be repeated. Synchronous.
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
    const command = `simple-oauth-contract cleanup ${manifest === null ? run : `--manifest ${manifest}`} --drush "…"`
    const message = `Entities of the run ${run} may still be on the site. ${error.message} Then run: ${command}${formatLogTail(error.lines)}`
    throw new TargetError('cleanup-failed', message, { cause: error })
  }
}
