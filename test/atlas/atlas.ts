import { changedFacts } from '../../helpers/compare/changed-facts.ts'
import { compareRuns, type Comparison } from '../../helpers/compare/compare.ts'
import { factText, valueText, type FactName } from '../../helpers/compare/describe.ts'
import { factsOf, type CheckFacts } from '../../helpers/compare/facts.ts'
import { type Announcement, type Releases } from '../../helpers/compare/releases.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { markdown } from '../../helpers/report/escape.ts'
import { announcedText, packageText } from '../../helpers/report/comparison-text.ts'
import { pairsOf, recordedRuns, type NamedRecord } from './recorded-runs.ts'

/** A fact over all records, with the checks that show it. */
interface Row extends FactName {
  /** The contract whose request was answered; null for a fact of all answers. */
  readonly contract: string | null
  readonly title: string
  /** By record; null where it has no such check, or did not judge it. */
  readonly values: readonly (string | null)[]
  readonly checks: Set<string>
}

export interface Atlas {
  readonly records: readonly NamedRecord[]
  readonly rows: readonly Row[]
  readonly comparisons: readonly { readonly pair: readonly [number, number]; readonly comparison: Comparison }[]
}

export function atlasOf(records: readonly NamedRecord[], checks: readonly Check[], releases: Releases): Atlas {
  const runs = recordedRuns(records, checks)
  const comparisons = pairsOf(records).flatMap((pair) => {
    const [before, after] = pair.map((index) => runs[index])
    const options = { releases, accepted: [], allowPartial: true, today: '2026-11-27' }
    return before && after ? [{ pair, comparison: compareRuns(before, after, options) }] : []
  })
  return { records, rows: rowsOf(runs.map(({ run }) => factsOf(run))), comparisons }
}

function rowsOf(runs: readonly ReadonlyMap<string, CheckFacts>[]): Row[] {
  const rows = new Map<string, Row>()
  const add = (name: Omit<Row, 'checks'>, check: string): void => {
    const key = JSON.stringify([name.fact, name.endpoint, name.contract, name.values])
    const row = rows.get(key) ?? { ...name, checks: new Set() }
    row.checks.add(check)
    rows.set(key, row)
  }
  for (const name of new Set(runs.flatMap((run) => [...run.keys()]))) {
    const all = runs.map((run) => run.get(name))
    const judged = all.map((facts) => (facts?.untested === null ? facts : null))
    const known = judged.filter((facts) => facts !== null)
    const [first] = known
    if (!first) continue
    const changed = new Set(changedFacts(known).map(({ fact }) => fact))
    const answer = changed.has('answer')
    for (const fact of new Set(known.flatMap(({ observed }) => [...observed.keys()]))) {
      // If answers differ, their other members are not facts of their own.
      if (answer && !changed.has(fact)) continue
      const values = judged.map((facts) => facts && valueText(fact, facts.observed.get(fact)))
      const { endpoint, title } = first
      add({ fact, endpoint, title, contract: fact === 'answer' ? first.contract : null, values }, name)
    }
  }
  return merged([...rows.values()])
}

/** Merges rows that agree in all records that have both: a record without a check does not contradict the others. */
function merged(rows: readonly Row[]): Row[] {
  const known = ({ values }: Row): number => values.filter((value) => value !== null).length
  const result: Row[] = []
  for (const row of [...rows].sort((one, other) => known(other) - known(one))) {
    const same = result.find(
      ({ fact, endpoint, contract, values }) =>
        fact === row.fact &&
        endpoint === row.endpoint &&
        contract === row.contract &&
        row.values.every((value, index) => value === null || values[index] === value),
    )
    if (!same) result.push(row)
    else for (const check of row.checks) same.checks.add(check)
  }
  return result
}

/** Names an answer by its contract, and by variants if others have a different answer. */
function textOf({ fact, endpoint, contract, title, checks }: Row, rows: readonly Row[]): string {
  if (contract === null) return factText({ fact, endpoint })
  const others = rows.some((row) => row.contract === contract && row.checks !== checks)
  const variants = [...checks].flatMap((name) => /\[(.*)\]$/u.exec(name)?.[1] ?? [])
  const shown = variants.length > 3 ? [...variants.slice(0, 2), `${String(variants.length - 2)} more`] : variants
  return `${title} (\`${contract}\`${others && shown.length > 0 ? `: ${shown.join(', ')}` : ''})`
}

const differs = ({ values }: Row): boolean => new Set(values.filter((value) => value !== null)).size > 1

/** Facts of all answers first, then one contract after the other. */
const inOrder = (one: Row, other: Row): number =>
  Number(one.contract !== null) - Number(other.contract !== null) ||
  (one.contract === null
    ? other.checks.size - one.checks.size || compare(one.fact, other.fact)
    : compare(one.contract, other.contract ?? '') || other.checks.size - one.checks.size)

/** By code unit: a locale would give another order on another machine. */
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** "6.0.9", "6.0.9, league 9.4.1", "6.1.0, Drupal 11", "6.1.0 with simple_oauth_21, Drupal 11": versions that differ from most records. */
export function columnName(
  { record: { versions, modules = [] } }: NamedRecord,
  records: readonly NamedRecord[],
): string {
  const usual = (of: (one: NamedRecord) => string): string => {
    const own = records.filter(({ record }) => record.versions.simple_oauth === versions.simple_oauth).map(of)
    return own.sort((a, b) => own.filter((one) => one === b).length - own.filter((one) => one === a).length)[0] ?? ''
  }
  const league = (one: NamedRecord): string => one.record.versions.league ?? ''
  const [first] = modules
  return [
    `${versions.simple_oauth ?? ''}${first === undefined ? '' : ` with ${first}`}`,
    ...(versions.league === usual(league) ? [] : [`league ${versions.league ?? ''}`]),
    ...(versions.drupal?.startsWith('10.') ? [] : [`Drupal ${versions.drupal?.split('.')[0] ?? ''}`]),
  ].join(', ')
}

/** The generated part of docs/compatibility.md. */
export function atlasSections(atlas: Atlas, releases: Releases): string {
  const { records, rows } = atlas
  const names = records.map((one) => columnName(one, records))
  const differing = rows.filter(differs).sort(inOrder)
  const same = rows.filter((row) => !differs(row)).sort(inOrder)
  return [
    '## Recorded releases',
    'Each column below is one server that every contract was run against, with `php -S`, SQLite and the minimal profile. Its record is in [fixtures/observed](../fixtures/observed); a run is compared with the record of its release. Contracts of the groups in [fixtures/withheld.ts](../fixtures/withheld.ts) are in no record, nor are checks that failed and are no known issue.',
    table(
      ['column', 'Simple OAuth', 'league/oauth2-server', 'Consumers', 'Drupal', 'PHP', 'modules', 'checks'],
      records.map(({ name, record: { versions, modules = [], checks } }, index) => [
        `[${names[index] ?? ''}](../fixtures/observed/${name})`,
        ...[versions.simple_oauth, versions.league, versions.consumers, versions.drupal, versions.php].map(
          (version) => version ?? '',
        ),
        modules.map((module) => `\`${module}\``).join(', '),
        `${String(checks.length)}, of which ${String(checks.filter(({ verdict }) => verdict === 'skipped').length)} skipped`,
      ]),
    ),
    `## What differs between them (${String(differing.length)} facts)`,
    'One row a fact that OAuth clients can see. A contract in brackets stands for its request: `explain ID` shows it. **Bold** is a value that differs from the one in most columns. A dot: the release lacks what the check needs, or the check was not recorded. Below a fact stands what announced it.',
    table(
      ['fact', 'checks', ...names],
      differing.map((row) => [withSources(row, atlas), String(row.checks.size), ...cells(row)]),
    ),
    `## What is the same in all of them (${String(same.length)} facts)`,
    table(
      ['fact', 'checks', 'value'],
      same.map((row) => [textOf(row, rows), String(row.checks.size), cell(row.values.find((value) => value !== null))]),
    ),
    '## What releases announced',
    'Every change of behaviour that the release notes, change records, advisories and changelogs of these packages tell and that could be read ([fixtures/releases.yaml](../fixtures/releases.yaml)), and in which pair of records it shows.',
    table(
      ['package', 'version', 'change', 'shown by'],
      releases.announcements.map((one) => [
        packageText(one.package),
        one.versions.every((version) => version === '0.0.0') ? 'any' : one.versions.join(', '),
        `[${markdown(one.what)}](${one.source})`,
        shownBy(one, atlas, names),
      ]),
    ),
    '## What nothing announced',
    'Changes between two records that none of these announcements explains. A release whose notes could not be read may have announced them.',
    table(['from', 'to', 'change', 'checks'], unexplained(atlas)),
    'Releases whose notes could not be read:',
    releases.unread.map(({ package: name, versions, why }) => `- ${packageText(name)} ${versions}: ${why}`).join('\n'),
  ].join('\n\n')
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const cell = (value: string | null | undefined): string =>
  value === null || value === undefined ? '·' : markdown(value.length > 110 ? `${value.slice(0, 110)}…` : value)

function cells({ values }: Row): string[] {
  const known = values.filter((value) => value !== null)
  const times = (value: string): number => known.filter((one) => one === value).length
  const most = Math.max(...known.map(times))
  const usual = known.findLast((value) => times(value) === most)
  return values.map((value) => (value === null || value === usual ? cell(value) : `**${cell(value)}**`))
}

function withSources(row: Row, { comparisons, rows }: Atlas): string {
  const links = comparisons.flatMap(({ comparison }) =>
    comparison.changes
      .filter((change) => change.checks.some(({ name }) => row.checks.has(name)) && change.fact === row.fact)
      .flatMap(({ announced }) => announced.map((one) => `[${announcedText(one)}](${one.source})`)),
  )
  return [textOf(row, rows), ...new Set(links)].join('<br>')
}

/** The pairs of records in which an announcement explains something, or why there is none. */
function shownBy(announcement: Announcement, { comparisons }: Atlas, names: readonly string[]): string {
  const isSame = (one: Announcement): boolean => one.package === announcement.package && one.what === announcement.what
  const between = comparisons.filter(({ comparison: { changes, notSeen } }) =>
    [...notSeen, ...changes.flatMap(({ announced }) => announced)].some(isSame),
  )
  const seen = between.filter(({ comparison }) => comparison.changes.some(({ announced }) => announced.some(isSame)))
  if (seen.length > 0)
    return seen.map(({ pair: [before, after] }) => `${names[before] ?? ''} → ${names[after] ?? ''}`).join('<br>')
  return between.length > 0 ? 'no contract' : 'no record: none is of such a release'
}

/** Changes between pairs of records that no announcement explains. That a module is enabled needs none. */
function unexplained({ comparisons, records }: Atlas): readonly (readonly string[])[] {
  const names = records.map((one) => columnName(one, records))
  return comparisons.flatMap(({ pair: [before, after], comparison }) =>
    comparison.changes
      .filter(({ announced, fact }) => announced.length === 0 && !/^(?:verdict|tested|module\..*)$/u.test(fact))
      .map((change) => [
        names[before] ?? '',
        names[after] ?? '',
        `${factText(change)}: ${cell(valueText(change.fact, change.before))} → ${cell(valueText(change.fact, change.after))}`,
        String(change.checks.length),
      ]),
  )
}

const marked = /(<!-- atlas -->\n).*?(<!-- \/atlas -->)/su

/** A page with the generated part between its marks. */
export function withAtlas(page: string, sections: string): string {
  if (!marked.test(page)) throw new Error('the page has no marks <!-- atlas --> and <!-- /atlas -->')
  const text = `\n<!-- prettier-ignore-start -->\n\n${sections}\n\n<!-- prettier-ignore-end -->\n\n`
  return page.replace(marked, (_, start: string, end: string) => start + text + end)
}
