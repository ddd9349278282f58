import { suite } from '../model/package.ts'
import type { TargetInfo } from '../model/target.ts'
import type { RunHeader } from '../report/run.ts'
import type { Settings } from '../settings/settings.ts'
import { testedFiles } from './tested-files.ts'

/**
 * The header of a run's reports.
 * @param reasons Why contracts do not apply to a site, by id.
 */
export function headerOf(
  settings: Settings,
  target: TargetInfo | null,
  reasons: Readonly<Record<string, string>> = {},
): RunHeader {
  const { profile, strict, only, source, severity, group, client, contracts, baseline, ...judging } = settings
  const { allowSkipped, noKnownIssues, shard } = judging
  const files = testedFiles(settings)
  return {
    suite,
    startedAt: new Date().toISOString(),
    target: target && {
      label: target.label,
      subject: target.mapped ? target.baseUrl : target.label,
      baseUrl: target.baseUrl,
      versions: target.versions,
      ...(target.modules ? { modules: target.modules } : {}),
      ...(target.offers ? { offers: target.offers } : {}),
      endpoints: target.endpoints,
      demonstration: target.demonstration,
      ...(target.mapped ? { mapped: true } : {}),
      ...(target.stated ? { stated: true } : {}),
      ...(target.notes ? { notes: target.notes } : {}),
    },
    ...(Object.keys(files).length > 0 ? { files } : {}),
    settings: {
      ...{ profile, strict, only, source, severity, group, client, contracts, baseline },
      ...(shard === null ? {} : { shard }),
      ...(allowSkipped ? { allowSkipped } : {}),
      ...(noKnownIssues ? { noKnownIssues } : {}),
      ...(Object.keys(reasons).length > 0 ? { notApplicable: reasons } : {}),
    },
  }
}
