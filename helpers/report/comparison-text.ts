import { changeClasses, type ChangeClass } from '../../fixtures/change-classes.ts'
import { guidanceOf, type Guidance } from '../../fixtures/guidance/index.ts'
import type { Announced } from '../compare/releases.ts'
import { mustBeAccepted, type Comparison, type JudgedChange, type VersionChange } from '../compare/compare.ts'
import { factText, valueText } from '../compare/describe.ts'
import { isComplete, type NamedRun } from '../compare/reported-run.ts'
import { count } from './run.ts'
import { inline } from './text.ts'

/** "`iss` in access tokens: absent → string" */
export const changeText = ({ fact, endpoint, before, after }: JudgedChange): string => {
  const [one, other] = [valueText(fact, before), valueText(fact, after)]
  if (fact === 'tested')
    return other === 'judged'
      ? `can be judged now; before: ${untestedText(one)}`
      : `can no longer be judged: ${untestedText(other)}`
  // Whether a requirement is met may change although the value does not.
  return one === other
    ? `${factText({ fact, endpoint })}: ${one}, required otherwise`
    : `${factText({ fact, endpoint })}: ${one} → ${other}`
}

/** What comes before the judged step, by the cause of `blocked`. */
const causes: Readonly<Record<string, string>> = {
  'step-failed': 'a step before the judged one fails',
  'control-failed': 'the correct request fails, too',
  'no-code': 'no code is issued',
  'no-token': 'no token is issued',
  'login-failed': 'nobody can log in',
  'no-consent-form': 'there is no consent form',
  timeout: 'no response in time',
}

const untestedText = (value: string): string => {
  const [, cause] = /^blocked: (.+)$/u.exec(value) ?? []
  return cause === undefined ? value : (causes[cause] ?? `blocked (${cause})`)
}

/** "(87 checks)"; empty for a change of the whole server. */
export const checksText = ({ checks }: JudgedChange): string =>
  checks.length === 0 ? '' : `(${count(checks.length, 'check')})`

const packages: Readonly<Record<string, string>> = {
  'drupal/core': 'Drupal',
  'drupal/simple_oauth': 'Simple OAuth',
  'drupal/consumers': 'Consumers',
}

export const packageText = (name: string): string => packages[name] ?? name.replace(/^drupal\//u, '')

/** "Simple OAuth 6.1.5" */
export const announcedText = ({ package: name, versions, reversed }: Announced): string => {
  const version = versions.every((one) => one === '0.0.0') ? '' : ` ${versions.join(', ')}`
  return `${reversed ? 'undoes ' : ''}${packageText(name)}${version}`
}

/** Whether its cause is not a release: the suite judges differently, or the site has other modules. */
export const needsNoAnnouncement = (fact: string): boolean => /^(?:verdict|tested|module\..*)$/u.test(fact)

/** "accepted by …", "announced: Simple OAuth 6.1.5", "not announced"; null where the server did not change. */
export function explanationText({ fact, accepted, announced }: JudgedChange): string | null {
  if (accepted !== null) return `accepted by ${inline(accepted.owner)}: ${inline(accepted.reason)}`
  if (needsNoAnnouncement(fact) && announced.length === 0) return null
  return announced.length > 0 ? `announced: ${announced.map(announcedText).join(', ')}` : 'not announced'
}

const versionNames: Readonly<Record<VersionChange['name'], string>> = {
  simple_oauth: 'Simple OAuth',
  league: 'league/oauth2-server',
  consumers: 'Consumers',
  drupal: 'Drupal',
  php: 'PHP',
  webServer: 'web server',
  database: 'database',
}

/** "Simple OAuth 6.0.0 → 6.0.9, PHP 8.2.1 → 8.3.6, with simple_oauth_pkce" */
export function versionsLine({ versions, changes }: Comparison): string {
  const modules = changes.flatMap(({ fact, after }) => {
    const name = /^module\.(.+)$/u.exec(fact)?.[1]
    return name === undefined ? [] : [`${after === undefined ? 'without' : 'with'} ${name}`]
  })
  const changed = versions.map(
    ({ name, before, after }) => `${versionNames[name]} ${before ?? 'unknown'} → ${after ?? 'unknown'}`,
  )
  const [first, second, ...more] = modules
  const some = more.length === 0 ? [first, second] : [first, `and ${String(more.length + 1)} more modules`]
  const named = some.filter((text) => text !== undefined).join(more.length === 0 ? ', ' : ' ')
  return [...changed, ...(named === '' ? [] : [named])].join(', ') || 'all versions are the same'
}

export const classesOf = ({ changes }: Comparison): readonly (readonly [ChangeClass, readonly JudgedChange[]])[] =>
  (Object.keys(changeClasses) as ChangeClass[]).flatMap((name) => {
    const own = changes.filter((change) => change.class === name)
    return own.length === 0 ? [] : [[name, own] as const]
  })

/** "2 loosened, 4 breaking, 1 added" */
export const countsLine = (comparison: Comparison): string =>
  classesOf(comparison)
    .map(([name, changes]) => `${String(changes.length)} ${name}`)
    .join(', ')

/** The verdict in one sentence. */
export function verdictLine(comparison: Comparison): string {
  const { changes, compared, partial, exitCode } = comparison
  if (exitCode === 2)
    return compared === 0 ? 'Not comparable.' : 'Only a part could be compared; --allow-partial accepts that.'
  const open = changes.filter(mustBeAccepted).length
  const part = partial.length > 0 ? ', in the part that could be compared' : ''
  if (changes.length === 0) return `No change that OAuth clients can see${part}.`
  const accepted = changes.filter((change) => change.accepted !== null).length
  const also = accepted === 0 ? '' : ` (${String(accepted)} accepted)`
  return open === 0
    ? `${count(changes.length, 'change')}${also}; nothing left that breaks a client or loosens a check${part}.`
    : `${count(open, 'change')} may break clients or open more than before${also}${part}.`
}

/**
 * What else a reader must know; whole sentences.
 * @param brief Leaves out what the pages say.
 */
export function remarks(comparison: Comparison, brief = false): string[] {
  const { partial, notes, unusedAccepted, expiredAccepted, unread, changes } = comparison
  const unexplained = changes.some(({ announced, class: name }) => announced.length === 0 && name !== 'neutral')
  return [
    ...partial,
    ...notes,
    ...unusedAccepted.map(({ change }) => `Accepted, but did not occur: ${change}`),
    ...expiredAccepted.map(({ change, until }) => `No longer accepted since ${until ?? ''}: ${change}`),
    ...(unexplained && unread.length > 0 && !brief
      ? [
          `Release notes not read: ${[...new Set(unread.map(({ package: name }) => packageText(name)))].join(', ')}; there "not announced" means that nothing is known.`,
        ]
      : []),
  ]
}

/** "php, a copy of /srv/site · 2026-11-27 03:11 · 515 checks" */
export const runLine = ({ run }: NamedRun): string => {
  const at = run.startedAt.slice(0, 16).replace('T', ' ')
  const done = isComplete(run)
    ? count(run.checks.length, 'check')
    : `${String(run.checks.length)} of ${count(run.planned, 'check')}`
  return [`${at} UTC`, done, run.target?.label ?? 'no target'].join(' · ')
}

/** What it means and what to do, where a contract fails that did not fail before. */
export function guidanceOfChange({ checks }: JudgedChange): Guidance | undefined {
  const lost = checks.find(({ verdicts: [before, after] }) => before !== 'fail' && after === 'fail')
  return lost && guidanceOf(lost.contract)
}

/** Contracts of a change with their titles, by descending number of checks. */
export function contractsOf({
  checks,
}: JudgedChange): { readonly id: string; readonly title: string; readonly checks: number }[] {
  const groups = new Map<string, { id: string; title: string; checks: number }>()
  for (const { contract, title } of checks) {
    const group = groups.get(contract) ?? { id: contract, title, checks: 0 }
    groups.set(contract, { ...group, checks: group.checks + 1 })
  }
  return [...groups.values()].sort((one, other) => other.checks - one.checks)
}
