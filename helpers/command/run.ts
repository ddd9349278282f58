import { resolve } from 'node:path'
import type { Check } from '../contract/case.ts'
import { checkName, type CheckResult } from '../judge/result.ts'
import { createConsole } from '../report/console.ts'
import { writeReport } from '../report/json.ts'
import { summarize, type RunHeader, type RunOutcome } from '../report/run.ts'
import { openBridge } from '../target/bridge.ts'
import { chooseTarget } from '../target/choose.ts'
import type { Settings } from '../target/settings.ts'
import type { Target, TargetInfo } from '../target/target.ts'
import { collect } from './collect.ts'
import { chooseDeviations } from './ledger.ts'
import { suite } from './package.ts'
import { planOf, readLedgers } from './plan.ts'
import { select } from './select.ts'
import { prepareRunner } from './vitest.ts'

/** Exit code 2 with this message: no verdict can be reached. */
interface Failure {
  readonly code: string
  readonly message: string
}

/** One run from settings to exit code. Whatever way it ends, the target is stopped and the closing line printed. */
export async function run(settings: Settings): Promise<void> {
  const console = createConsole({
    stream: process.stdout,
    tty: process.stdout.isTTY,
    color: process.stdout.hasColors?.() ?? false,
    again: process.env['npm_lifecycle_event'] === 'contract' ? 'npm run contract --' : suite.name,
    report: settings.report,
  })
  const results = new Map<string, CheckResult>()
  let header: RunHeader = headerOf(settings, null)
  let checks: readonly Check[] = []
  let target: Target | undefined
  const outcome = (end: { interrupted?: string; failure?: Failure }): RunOutcome => ({
    header,
    results: [...results.values()],
    planned: checks.length,
    interrupted: end.interrupted ?? null,
    failure: end.failure ?? null,
  })
  const finish = (end: { interrupted?: string; failure?: Failure }): void => {
    const last = outcome(end)
    if (last.results.length > 0) writeReport(resolve(settings.report), last)
    console.finish(last)
    process.exitCode = summarize(last).exitCode
  }
  process.on('exit', () => target?.stop())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      finish({ interrupted: signal })
      process.exit()
    })
  }
  try {
    const collected = await collect()
    checks = select(collected.checks, settings.only)
    const ledger = readLedgers(settings, collected.checks)
    const files = [...new Set(checks.map((check) => collected.files.get(check.contract) ?? ''))]
    target = chooseTarget(settings, process.env)
    const [info, runner] = await Promise.all([target.start((stage) => console.stage(stage)), prepareRunner(files)])
    header = headerOf(settings, info)
    console.start(header, checks.length)
    const bridge = await openBridge(target, (result) => {
      results.set(checkName(result), result)
      console.result(result)
    })
    const deviations = chooseDeviations(ledger, info.versions, new Date())
    const { problems } = await runner.run(planOf(settings, info, bridge.address, deviations, checks))
    bridge.close()
    finish(withoutVerdict(checks, results, problems))
    await runner.close()
  } catch (error) {
    finish({ failure: failureOf(error) })
  }
  // vite and undici keep sockets and timers for later; there is no later.
  process.exit()
}

/** A check that ended without a verdict must not vanish from the counts. */
function withoutVerdict(
  checks: readonly Check[],
  results: ReadonlyMap<string, CheckResult>,
  problems: readonly string[],
): { failure?: Failure } {
  const missing = checks.filter((check) => !results.has(checkName(check)))
  if (missing.length === 0 && problems.length === 0) return {}
  const names = missing.slice(0, 5).map(checkName)
  return {
    failure: {
      code: 'runner-failed',
      message: [
        `${String(missing.length)} checks ended without a verdict${names.length > 0 ? `: ${names.join(', ')}` : ''}`,
        ...problems,
      ].join('\n'),
    },
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: 'suite-error', message: String(error) }
  // Our own errors carry a stable code and say what to do next; anything else is a fault of the suite.
  if ('code' in error && typeof error.code === 'string' && error.name !== 'Error') {
    return { code: error.code, message: error.message }
  }
  return { code: 'suite-error', message: error.stack ?? error.message }
}

function headerOf(settings: Settings, target: TargetInfo | null): RunHeader {
  const { profile, strict, only, ledger } = settings
  return {
    suite,
    startedAt: new Date().toISOString(),
    target: target && {
      label: target.label,
      baseUrl: target.baseUrl,
      versions: target.versions,
      demonstration: target.demonstration,
    },
    settings: { profile, strict, only, ledger },
  }
}
