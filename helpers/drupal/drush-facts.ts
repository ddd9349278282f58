import { randomBytes } from 'node:crypto'
import { askSite, type SiteDrushOptions } from './site-drush.ts'

/** A key file as drush sees it; drush may run as a different user than the web server. */
export interface KeyFact {
  /** As it is set; '' if it is not. */
  readonly path: string
  readonly exists: boolean
  /** By the user that runs drush. */
  readonly readable: boolean
  /** Whether OpenSSL can read it; null if it is not readable. */
  readonly valid: boolean | null
  /** Octal: "600". */
  readonly mode: string
  /** The path below the docroot, without a leading slash; null if it is elsewhere. */
  readonly belowDocroot: string | null
}

export interface ConsumerFact {
  /** ID of the entity, for consumers without a client ID. */
  readonly id: string
  readonly clientId: string
  readonly confidential: boolean
  readonly hasSecret: boolean
  readonly grants: readonly string[]
  readonly redirects: number
  readonly redirectUris?: readonly string[]
  /** "Use PKCE?" */
  readonly pkce?: boolean
  /** Of access tokens, in seconds; 0 where it is not known. */
  readonly lifetime?: number
  /** Names of its own scopes. */
  readonly scopes?: readonly string[]
}

export interface ScopeFact {
  readonly id: string
  readonly name: string
  readonly umbrella: boolean
  /** Grants that may use it. */
  readonly grants?: readonly string[]
  /** Plugin ID; '' if it has none. */
  readonly granularity: string
  /** The permission or role of the granularity; '' if there is none. */
  readonly opens: string
  /** Whether that permission or role exists. */
  readonly known: boolean
}

export interface UserFact {
  readonly name: string
  /** '' if there is no such user. */
  readonly uid: string
  readonly active: boolean
  /** Whether a role grants it the permission `grant simple_oauth codes`; the privileges of user 1 do not count. */
  readonly grantsCodes: boolean
}

/** What drush reads from a site: it changes nothing, and the result contains no secret. */
export interface DrushFacts {
  readonly versions: Readonly<Record<string, string>>
  /** Enabled modules that build on Simple OAuth or Consumers, with their versions. */
  readonly modules?: Readonly<Record<string, string>>
  /** IDs of the grants for which the site has a plugin. */
  readonly grants?: readonly string[]
  readonly keys: { readonly private: KeyFact; readonly public: KeyFact }
  /** Whether the two belong together; null if one of them cannot be read. */
  readonly pair: boolean | null
  readonly consumers: readonly ConsumerFact[]
  readonly scopes: readonly ScopeFact[]
  readonly users: readonly UserFact[]
}

/** @throws DrushError like `askSite`. */
export async function readDrushFacts(options: SiteDrushOptions, names: readonly string[]): Promise<DrushFacts> {
  const nothing = (): void => undefined
  const run = randomBytes(6).toString('hex')
  return askSite<DrushFacts>(options, { op: 'site.doctor', run, data: { names } }, nothing, nothing)
}
