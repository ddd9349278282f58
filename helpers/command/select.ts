import type { Check } from '../contract/case.ts'

/** The selection names nothing that exists. Exit code 2. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError'
  readonly code = 'nothing-selected'
}

/**
 * The checks of `--only`: ids, ids with a variant (`pkce.verifier-malformed [plus]`), or globs (`pkce.*`).
 * @throws SelectionError for a name that selects nothing: a run of nothing must never be green.
 */
export function select(checks: readonly Check[], only: readonly string[]): Check[] {
  if (only.length === 0) return [...checks]
  const chosen = new Set<Check>()
  for (const pattern of only) {
    const [, id = pattern, variant] = /^(.+?) \[(.+)\]$/u.exec(pattern) ?? []
    const matching = checks.filter(
      (check) => glob(id).test(check.contract) && (variant === undefined || check.variant === variant),
    )
    if (matching.length === 0)
      throw new SelectionError(`No contract is selected by "${pattern}".${closest(checks, pattern)}`)
    for (const check of matching) chosen.add(check)
  }
  return checks.filter((check) => chosen.has(check))
}

/** `*` stands for any characters, `?` for one. */
function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/gu, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u')
}

function closest(checks: readonly Check[], pattern: string): string {
  const [subject = ''] = pattern.split(/[.* [\]]/u)
  const ids = [...new Set(checks.map((check) => check.contract))]
  const relatives = ids.filter((id) => id.startsWith(`${subject}.`))
  const near = relatives.length > 0 || subject.length < 3 ? relatives : ids.filter((id) => id.includes(subject))
  return near.length > 0 ? ` Near it: ${near.join(', ')}.` : ' Run the subcommand list to see all ids.'
}
