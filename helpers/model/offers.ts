import type { OptionalEndpoint } from '../../fixtures/endpoints.ts'

/** What a site offers to whoever uses it, beyond what the clients of the suite use. */
export interface Offers {
  /**
   * Grants that a consumer of the site has, with the client IDs of those that have it; on a site of the suite's own, grants for which there is
   * a plugin, without any. Undefined where only the wire can be asked.
   */
  readonly grants?: Readonly<Record<string, readonly string[]>>
  /** Optional endpoints that answer, by name. */
  readonly endpoints?: readonly OptionalEndpoint[]
}

const used: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token', 'client_credentials'])

/** What nothing in the contract uses, each in a few words. */
export function unusedOffers({ grants = {}, endpoints = [] }: Offers): readonly string[] {
  return [
    ...Object.entries(grants)
      .filter(([grant]) => !used.has(grant))
      .map(([grant, consumers]) => `the grant ${grant}${consumers.length > 0 ? ` (${consumers.join(', ')})` : ''}`),
    ...endpoints,
  ]
}
