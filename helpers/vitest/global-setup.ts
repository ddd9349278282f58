import type { TestProject } from 'vitest/node'
import { failureOf } from '../command/failure.ts'
import { prepareReports } from '../command/run-reports.ts'
import { suite } from '../model/package.ts'
import { collect, specFiles } from '../plan/collect.ts'
import { expectationsOf, requireNewBaseline } from '../plan/conclude-run.ts'
import { knownIssuesOf, planOf, readKnownLists } from '../plan/plan.ts'
import { notApplicable, siteContext } from '../plan/run-context.ts'
import { headerOf } from '../plan/run-header.ts'
import { select } from '../plan/select.ts'
import { readDotenv, readSettings } from '../settings/settings.ts'
import { chooseTarget } from '../targets/choose.ts'
import { policyOf } from '../targets/site/policy.ts'
import { openBridge } from './bridge.ts'
import { RunEnd } from './run-end.ts'

/** Begins a run as the command does: settings, selection, known issues and target. vitest then runs and reports it. */
export async function setup(project: TestProject): Promise<() => void> {
  const dotenv = readDotenv('.env')
  const end = new RunEnd()
  try {
    const read = readSettings([], process.env, dotenv)
    const context = siteContext(read, { ...dotenv, ...process.env })
    const { settings, site, ca } = context
    end.begin(context, await prepareReports(settings, context.runs, process.env, suite.name))
    const collected = await collect(specFiles(settings.contracts), policyOf(site?.content ?? {}))
    const checks = select(collected.checks, settings)
    requireNewBaseline(settings)
    const lists = readKnownLists(settings, collected.checks)
    const reasons = notApplicable(site, collected.checks)
    const target = await chooseTarget(settings, process.env, { site, ca })
    end.stopping(target)
    const info = await target.start((stage) => end.stage(stage))
    const header = headerOf(settings, info, reasons)
    end.started(header, info, expectationsOf(lists, header.target))
    const bridge = await openBridge({
      changeSite: (request) => target.changeSite(request),
      errorLog: () => target.errorLog(),
      planned: (count) => end.planned(count),
      concluded: (conclusion) => end.concluded(conclusion),
    })
    const knownIssues = knownIssuesOf(lists, settings, info.versions, new Date())
    project.provide('contract', {
      plan: planOf(settings, { target: info, knownIssues, ca }),
      bridge: bridge.address,
      checks,
      header,
      report: settings.report,
    })
    return () => {
      bridge.close()
      end.finish()
    }
  } catch (error) {
    const { message } = end.failed(failureOf(error))
    // Without a stack: vitest would show its own code.
    throw Object.assign(new Error(message), { stack: '' })
  }
}
