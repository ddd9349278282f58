import type { Manifest } from './manifest.ts'

export type Names = Partial<Manifest['creates']>

/** What a clean-up removed: counts of rows, names of entities. */
export type Removed = { readonly [kind in 'oauth2_token' | 'approvals' | 'flood' | 'sessions']?: number } & Names

/** The names that a clean-up did not find, counted; null if it found all of them. */
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
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}
