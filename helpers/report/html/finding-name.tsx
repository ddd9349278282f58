import { findingName } from '../finding-name.ts'
import { Prose } from './prose.tsx'
import { seen } from './text.ts'

/** What a finding is about in words, and its path for those who look it up. */
export function FindingName({ path }: { path: string }) {
  const name = findingName(path)
  if (name === undefined) return <code>{seen(path)}</code>
  return (
    <>
      <Prose text={name} />{' '}
      <span class="names">
        (<code>{seen(path)}</code>)
      </span>
    </>
  )
}
