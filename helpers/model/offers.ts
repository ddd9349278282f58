import type { OptionalEndpoint } from '../../fixtures/endpoints.ts'

/** What a site offers to any client. */
export interface Offers {
  /**
   * Each grant that a consumer of the site has, with the client IDs of those consumers. On a site of the suite's own: each grant with a
   * plugin, without client IDs. Undefined if the site can only be asked over HTTP.
   */
  readonly grants?: Readonly<Record<string, readonly string[]>>
  /** Optional endpoints that answer, by name. */
  readonly endpoints?: readonly OptionalEndpoint[]
}

const used: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token', 'client_credentials'])

/** What no contract uses, each in a few words. */
export function unusedOffers({ grants = {}, endpoints = [] }: Offers): readonly string[] {
  return [
    ...Object.entries(grants)
      .filter(([grant]) => !used.has(grant))
      .map(([grant, consumers]) => `the grant ${grant}${consumers.length > 0 ? ` (${consumers.join(', ')})` : ''}`),
    ...endpoints,
  ]
}
