import type { Guidance } from '../../../fixtures/guidance/index.ts'
import { OwnProse, Prose } from './prose.tsx'

/** What a violation means and what to do, as two terms of a list; nothing for contracts of a user's own. */
export function GuidanceTerms({ guidance }: { guidance: Pick<Guidance, 'impact' | 'remedy'> | undefined }) {
  if (!guidance) return null
  return (
    <>
      <dt>Impact</dt>
      <dd>
        <Prose text={guidance.impact} />
      </dd>
      <dt>Remedy</dt>
      <dd>
        <OwnProse text={guidance.remedy} />
      </dd>
    </>
  )
}
