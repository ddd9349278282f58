import type { CheckResult, SideEffects } from '../model/result.ts'
import { count, type RunOutcome } from './run.ts'
import { inline, type Paint } from './text.ts'

/** What the owner of a site is told at the end: doubts about the mapping, what to map, what does not apply, what is left there. */
export function siteLines({ header, results, left }: RunOutcome, paint: Paint): string[] {
  const blocks = [
    (header.target?.notes ?? []).map((note) => `${paint('yellow', 'note')}      ${inline(note)}`),
    toMap(results),
    notApplicable(results, header.settings.notApplicable ?? {}),
    left === undefined || results.length === 0 ? [] : [leftText(left)],
  ]
  return blocks.flatMap((lines) => (lines.length === 0 ? [] : [...lines, '']))
}

/** How the gate begins what it says of roles that are not mapped. */
const unmapped = /^not mapped in the site file: (.+)$/u

/** Roles by the number of checks that wait for them. */
function toMap(results: readonly CheckResult[]): string[] {
  const waiting = new Map<string, number>()
  for (const { verdict, reason } of results) {
    const roles = verdict === 'skipped' ? unmapped.exec(reason ?? '')?.[1]?.split(', ') : undefined
    for (const role of roles ?? []) waiting.set(role, (waiting.get(role) ?? 0) + 1)
  }
  if (waiting.size === 0) return []
  const sorted = [...waiting].sort(([, one], [, other]) => other - one)
  return [
    'to prove more, map in the site file:',
    ...sorted.map(([role, checks]) => `  ${role.padEnd(26)} ${count(checks, 'check')}`),
  ]
}

function notApplicable(results: readonly CheckResult[], reasons: Readonly<Record<string, string>>): string[] {
  return Object.entries(reasons).flatMap(([id, reason]) => {
    const own = results.filter(({ contract }) => contract === id)
    if (own.length === 0) return []
    const ran = own.some(({ verdict }) => verdict !== 'skipped')
    return [
      `not applicable  ${inline(id)}: ${inline(reason)}${ran ? ' (it ran all the same: take the reason out)' : ''}`,
    ]
  })
}

function leftText({ codes, accessTokens, refreshTokens, sessions }: SideEffects): string {
  const counts = [
    count(accessTokens, 'access token'),
    count(refreshTokens, 'refresh token'),
    count(codes, 'code'),
    count(sessions, 'session'),
  ]
  return `left there  ${counts.join(', ')}; approvals that consumers remember, log lines. Tokens and codes end with their lifetime.`
}
