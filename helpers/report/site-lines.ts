import type { CheckResult, SideEffects } from '../model/result.ts'
import { wrap } from './fit.ts'
import { count, type RunOutcome } from './run.ts'
import { inline, type Paint } from './text.ts'

/** Lines for the owner of a site: doubts about the mapping, what to map, what does not apply, what is left on the site. */
export function siteLines({ header, results, sideEffects }: RunOutcome, paint: Paint): string[] {
  const blocks = [
    (header.target?.notes ?? []).map((note) => `${paint('yellow', 'note')}        ${inline(note)}`),
    toMap(results),
    notApplicable(results, header.settings.notApplicable ?? {}),
    sideEffects === undefined || results.length === 0 ? [] : [sideEffectsText(sideEffects)],
  ]
  return blocks.flatMap((lines) => (lines.length === 0 ? [] : [...lines, '']))
}

/** The same, shorter. */
export function briefSiteLines({ header, results, sideEffects }: RunOutcome, paint: Paint, columns: number): string[] {
  const waiting = waitingRoles(results).map(([role, checks]) => `${role} (${checks})`)
  const lines = [
    ...(waiting.length > 0 ? [`to map      in the site file, to prove more: ${waiting.join(', ')}`] : []),
    ...notApplicable(results, header.settings.notApplicable ?? {}),
    ...(sideEffects === undefined || results.length === 0 ? [] : [sideEffectsText(sideEffects)]),
  ]
  const noted = (header.target?.notes ?? []).map((note) =>
    wrap(`${paint('yellow', 'note')}        ${inline(note)}`, columns),
  )
  return [...noted, ...lines.map((line) => wrap(line, columns))]
}

/** Unmapped roles with the number of checks that need them, the most needed first. */
function waitingRoles(results: readonly CheckResult[]): [role: string, checks: number][] {
  const waiting = new Map<string, number>()
  for (const { reason } of results) {
    const roles = reason?.kind === 'unmapped' ? reason.roles : []
    for (const role of roles) waiting.set(role, (waiting.get(role) ?? 0) + 1)
  }
  return [...waiting].sort(([, a], [, b]) => b - a)
}

function toMap(results: readonly CheckResult[]): string[] {
  const sorted = waitingRoles(results)
  if (sorted.length === 0) return []
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
    return [`not applicable  ${inline(id)}: ${inline(reason)}${ran ? ' (it ran nevertheless: remove the entry)' : ''}`]
  })
}

function sideEffectsText({ codes, accessTokens, refreshTokens, sessions }: SideEffects): string {
  const counts = [
    count(accessTokens, 'access token'),
    count(refreshTokens, 'refresh token'),
    count(codes, 'code'),
    count(sessions, 'session'),
  ]
  return `left on the site  ${counts.join(', ')}; remembered approvals, log lines. Tokens and codes expire with their lifetime.`
}
