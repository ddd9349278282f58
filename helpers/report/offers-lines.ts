import { unusedOffers } from '../model/offers.ts'
import type { RunHeader } from './run.ts'
import { inline } from './text.ts'

/** What the site offers that no client of the suite uses; empty if nothing, or if it is unknown. */
export function offersLines(target: RunHeader['target']): string[] {
  const unused = unusedOffers(target?.offers ?? {})
  return unused.length === 0
    ? []
    : [
        `offers      besides: ${inline(unused.join(', '))}. The promises grantsOffered and endpoints of a policy can forbid them.`,
      ]
}
