import { join } from 'node:path'
import { describeReason } from '../model/describe-reason.ts'
import { suite } from '../model/package.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import { escapeJson } from '../report/escape.ts'
import { privateFile, privateFolder, ReportError } from '../report/private-files.ts'
import { summarize } from '../report/run.ts'
import { concludeUpgrade, type UpgradeOutcome } from './outcome.ts'
import { partNames } from './part.ts'
import { announcementOf, whyLost } from './causes.ts'
import { upgradeHtml } from './page.ts'
import { resultText } from './text.ts'

/** Incremented by every change that breaks readers of the previous version. */
const schemaVersion = 1

/** `upgrade.json`; its form is fixtures/schemas/upgrade.schema.json. */
export function upgradeJson(outcome: UpgradeOutcome): string {
  const summary = concludeUpgrade(outcome)
  const { from, to, startedAt, updated, broken, interrupted, failure, comparison } = outcome
  const content = {
    ...{ schemaVersion, suite, startedAt, from, to },
    conclusion: summary.conclusion,
    exitCode: summary.exitCode,
    verdict: resultText(outcome, summary),
    demonstration: summary.demonstration,
    ...{ updated, broken, interrupted, failure },
    versions: comparison?.versions ?? [],
    parts: Object.fromEntries(
      partNames.map((name) => [
        name,
        outcome[name] && { counts: summarize(outcome[name]).counts, report: `${name}/report.json` },
      ]),
    ),
    lost: summary.lost.map((result) => ({
      ...{ name: checkName(result), severity: result.severity, why: whyLost(result) },
      ...announcedJson(result, outcome),
    })),
    notProven: summary.unproven.map((result) => ({
      ...{ name: checkName(result), why: whyLost(result) },
      ...announcedJson(result, outcome),
    })),
    notAsked: summary.skipped.map((result) => ({
      name: checkName(result),
      why: result.reason && describeReason(result.reason),
    })),
    openChanges: summary.open.map(({ id, class: name }) => ({ id, class: name })),
  }
  return `${escapeJson(JSON.stringify(content, null, 2))}\n`
}

function announcedJson(result: CheckResult, { announced = [] }: UpgradeOutcome): object {
  const cause = announcementOf(result, announced)
  if (cause === undefined) return {}
  const { package: name, versions, what, source, remedy } = cause
  return { announced: { package: name, versions, what, source, ...(remedy === undefined ? {} : { remedy }) } }
}

/**
 * Writes upgrade.json and upgrade.html for their owner alone.
 * @throws ReportError
 */
export function writeUpgrade(folder: string, outcome: UpgradeOutcome): void {
  try {
    privateFolder(folder)
    privateFile(join(folder, 'upgrade.html'), upgradeHtml(outcome))
    privateFile(join(folder, 'upgrade.json'), upgradeJson(outcome))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ReportError(
      `The report could not be written to ${folder}: ${why}. Choose another folder with --report.`,
      {
        cause,
      },
    )
  }
}
