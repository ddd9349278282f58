import type { Capability } from '../../fixtures/capabilities.ts'
import type { ClientRole, GrantType, ScopeRole, UserRole } from '../../fixtures/roles.ts'
import type { ConsumerName } from './target.ts'

/** A role that a site file maps to something of the site. */
export type Role = `client ${ConsumerName}` | `user ${UserRole}` | `scope ${ScopeRole}`

/** Why a check is skipped. Plain JSON. */
export type SkipReason =
  /** The target does not have it. */
  | { readonly kind: 'capability'; readonly capability: Exclude<Capability, 'site.stress'> }
  /** The owner of the site has to allow `site.stress`. */
  | { readonly kind: 'needs-stress' }
  /** Not refuted so far; only a run with `--slow` proves it. */
  | { readonly kind: 'needs-slow' }
  /** The standard makes a fact optional, and the server does not return it. */
  | { readonly kind: 'not-returned'; readonly fact: string }
  /** The value lives longer than a run waits. */
  | { readonly kind: 'lives-too-long'; readonly value: string; readonly seconds: number }
  /** The server's metadata do not advertise what the check is about. */
  | { readonly kind: 'not-advertised'; readonly member: string }
  /** Something in front of the server rejects unusual input, so that the server never sees it. */
  | { readonly kind: 'filtered' }
  /** The site file does not map these roles. */
  | { readonly kind: 'unmapped'; readonly roles: readonly [Role, ...Role[]] }
  /** The suite could not create these roles on the site. */
  | { readonly kind: 'not-provisioned'; readonly roles: readonly [Role, ...Role[]] }
  /** The consumer that is mapped to the role does not have the grant. */
  | { readonly kind: 'no-grant'; readonly client: ConsumerName; readonly grant: GrantType }
  /** The consumer that is mapped to the role never asks for approval, or remembers it. */
  | { readonly kind: 'no-consent'; readonly client: ClientRole }
  /** The consumer that is mapped to the role has default scopes, which a request without a scope gets. */
  | { readonly kind: 'default-scopes'; readonly client: ClientRole }
  /** The user logs in by session or link; the check needs the password. */
  | { readonly kind: 'no-password'; readonly user: UserRole }
  /** The authorization endpoint sends users to another address to log in, to which a run sends nothing. */
  | { readonly kind: 'login-elsewhere' }
  /** HTTP authentication in front of the site takes the Authorization header. */
  | { readonly kind: 'authorization-header-taken' }
  /** The server already behaved differently before its upgrade; the finding shows how. */
  | { readonly kind: 'otherwise-before'; readonly value: string }
  /** The server had no such value before its upgrade, so that none could be lost. */
  | { readonly kind: 'absent-before'; readonly value: string }
  /** Only the site's drush command can answer it. */
  | { readonly kind: 'needs-drush' }
  /** The server under test cannot fetch the key set that the suite serves on loopback. */
  | { readonly kind: 'unreachable-key-set' }

/** What went wrong in the suite itself. Plain JSON. */
export type ErrorReason =
  | { readonly kind: 'suite-error'; readonly message: string }
  /** The site was not restored, which makes every later verdict doubtful. */
  | { readonly kind: 'site-not-restored'; readonly message: string }

export type Reason = SkipReason | ErrorReason
