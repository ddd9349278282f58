import type { CheckResult } from '../../model/result.ts'

/** The part of the contract that a check belongs to, by folder and file: `token/pkce`; `own` for a user's own contracts. */
export function areaOf({ group, location }: Pick<CheckResult, 'group' | 'location'>): string {
  const file = /([^/\\]+?)\.spec\.\w+(?::\d+)*$/u.exec(location)?.[1]
  return group === 'own' || file === undefined || file === group ? group : `${group}/${file}`
}
