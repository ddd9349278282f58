import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../helpers/model/package.ts'
import type { Verdict } from '../../helpers/model/verdict.ts'

/** One run of `npm run web-servers`, as its report has it. */
export interface WebServerRun {
  readonly server: string
  readonly database: string
  readonly setting: string
  readonly versions: Readonly<Record<string, string>>
  /** By the name of the check. */
  readonly verdicts: Readonly<Record<string, Verdict>>
}

/** The recorded summary of a run. */
export interface WebServerSummary extends Omit<WebServerRun, 'verdicts'> {
  /** How many checks have each verdict. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>
  /** Checks whose verdict differs from that with `php -S`: the latter, then this one. What only one of them skips is not among them. */
  readonly differences: Readonly<Record<string, readonly [Verdict, Verdict]>>
}

/** @param plain The run that the others are compared with. */
export function summarize({ verdicts, ...run }: WebServerRun, plain: WebServerRun): WebServerSummary {
  const count: Partial<Record<Verdict, number>> = {}
  for (const verdict of Object.values(verdicts)) count[verdict] = (count[verdict] ?? 0) + 1
  const differences = Object.entries(verdicts).flatMap(([name, verdict]): [string, readonly [Verdict, Verdict]][] => {
    const other = plain.verdicts[name]
    return other === undefined || other === verdict || [other, verdict].includes('skipped')
      ? []
      : [[name, [other, verdict]]]
  })
  return { ...run, verdicts: count, differences: Object.fromEntries(differences) }
}

const names: Readonly<Record<string, string>> = { sqlite: 'SQLite', mariadb: 'MariaDB', postgres: 'PostgreSQL' }

/** The table of docs/compatibility.md. */
export function webServersTable(runs: Readonly<Record<string, WebServerSummary>>): string {
  const rows = Object.values(runs).map(({ server, database, setting, versions, verdicts, differences }) => {
    const all = Object.values(verdicts).reduce((sum, count) => sum + count, 0)
    const counts = Object.entries(verdicts).map(([verdict, count]) => `${String(count)} ${verdict}`)
    const others = Object.entries(differences).map(([name, [plain, here]]) => `\`${name}\` is ${here}, not ${plain}`)
    const same = server === 'php -S' && setting === '' ? '' : others.join('<br>') || 'none'
    const what = setting === '' ? server : `${server}: ${setting}`
    return `| ${what} | ${names[database] ?? database} | ${versions['simple_oauth'] ?? '?'} | ${String(all)}: ${counts.join(', ')} | ${same} |`
  })
  return [
    '| server | database | Simple OAuth | checks | verdicts that differ from `php -S` |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

export const webServersFile = join(packageRoot, 'fixtures/web-servers.json')

export const readWebServers = (): Readonly<Record<string, WebServerSummary>> =>
  JSON.parse(readFileSync(webServersFile, 'utf8')) as Readonly<Record<string, WebServerSummary>>
