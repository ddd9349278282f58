import type { Check } from '../contract/case.ts'
import { describeStep } from '../contract/describe-step.ts'
import { Runner } from '../contract/runner.ts'
import type { Phase, Watch } from '../contract/watch.ts'
import { suite } from '../model/package.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import type { Target } from '../model/target.ts'
import { collect, specFiles } from '../plan/collect.ts'
import { contractsOf } from '../plan/contracts.ts'
import { findContract } from '../plan/find-contract.ts'
import { knownIssuesOf, planOf, readKnownLists } from '../plan/plan.ts'
import type { RunContext } from '../plan/run-context.ts'
import { headerOf } from '../plan/run-header.ts'
import { SelectionError } from '../plan/select.ts'
import { describeReason } from '../model/describe-reason.ts'
import { briefLine, failureMessage } from '../report/failure-message.ts'
import { exchangeLines } from '../report/replay-text.ts'
import { closingLine, summarize } from '../report/run.ts'
import { inline, painter, type Paint } from '../report/text.ts'
import { chooseTarget } from '../targets/choose.ts'
import { policyOf } from '../targets/site/policy.ts'
import { isColored } from './color.ts'
import { failureOf, stop } from './failure.ts'
import { invocation } from './invocation.ts'
import type { Step } from '../oauth/steps.ts'

/**
 * Runs one check and shows each step, request and response as it happens; writes no report. Sets the exit code as a run does.
 * @param until The step to stop after, by number or name; nothing is judged then.
 */
export async function replay({ settings, site, ca }: RunContext, id: string, until: string | null): Promise<void> {
  const print = (text: string): void => void process.stdout.write(`${text}\n`)
  const paint = painter(isColored(process.stdout, process.env))
  let target: Target | undefined
  let ended = false
  const end = (code: 0 | 1 | 2, closing: string, error?: unknown): void => {
    if (ended) return
    ended = true
    const failure = stop(target, error === undefined ? null : failureOf(error))
    if (failure) print(`${paint('red', `REPLAY FAILED ${inline(failure.code)}`)}\n${failure.message}\n`)
    print(closing)
    process.exitCode = failure ? 2 : code
  }
  const none = '0 passed, 0 failed, 0 skipped'
  process.on('exit', () => end(2, none))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit())
  try {
    const { checks } = await collect(specFiles(settings.contracts), policyOf(site?.content ?? {}))
    if (/^upgrade\b/u.test(id))
      throw new SelectionError(`Contracts about an upgrade are run by "${suite.name} upgrade" alone, not "${id}".`)
    const { contract, check: whole } = findContract(id, contractsOf(checks))
    const last = until === null ? null : stepOf(until, whole)
    const check = last === null ? whole : cutAfter(whole, last)
    const lists = readKnownLists(settings, checks)
    const started = await chooseTarget(settings, process.env, { site, ca })
    target = started
    const info = await started.start(
      (stage) => void process.stderr.write(`· ${inline(stage)}\n`),
      (text) => print(paint('yellow', `· ${inline(text)}`)),
    )
    print(
      [
        `${paint('bold', inline(checkName(check)))}   ${check.severity}`,
        inline(check.title),
        ...(contract.checks.length > 1
          ? [
              `One of ${String(contract.checks.length)} variants; for another: replay '${inline(contract.id)} [VARIANT]'`,
            ]
          : []),
        `${inline(info.label)} · ${inline(info.baseUrl)}`,
        '',
      ].join('\n'),
    )
    const knownIssues = knownIssuesOf(lists, settings, info.versions, new Date())
    const runner = new Runner({
      ...planOf(settings, { target: info, knownIssues, ca }),
      changeSite: (request) => started.changeSite(request),
      errorLog: () => Promise.resolve(started.errorLog()),
      watch: watching(check, settings.verbose, paint, print),
    })
    let result: CheckResult | undefined
    await runner.run([check], (judged) => (result = judged))
    if (!result) throw new Error(`${check.contract} ended without a result`)
    if (last !== null && result.blocker === null && result.verdict !== 'error' && result.verdict !== 'skipped') {
      print(`Stopped after step ${String(last + 1)} of ${String(whole.when.length)}. Nothing was judged.\n`)
      end(0, none)
    } else {
      const header = headerOf(settings, info)
      print(
        `${verdictText(result, { header, paint, report: settings.report, rerunCommand: invocation(process.env) })}\n`,
      )
      const summary = summarize({ header, results: [result], planned: 1, interrupted: null, failure: null })
      end(summary.exitCode, closingLine(summary))
    }
  } catch (error) {
    end(2, none, error)
  }
  process.exit()
}

function watching(check: Check, whole: boolean, paint: Paint, print: (text: string) => void): Watch {
  return {
    step: (phase, index, step) => {
      print(`${paint('cyan', `${stepTitle(check, phase, index)}: ${inline(describeStep(step))}`)}\n`)
    },
    exchange: (exchange) => {
      print(exchangeLines(exchange, whole, paint).join('\n'))
    },
  }
}

const phases: Readonly<Record<Phase, string>> = {
  control: 'Control, step',
  when: 'Step',
  afterwards: 'Afterwards, step',
}

const stepTitle = (check: Check, phase: Phase, index: number): string =>
  `${phases[phase]} ${String(index + 1)} of ${String(check[phase].length)}`

/** The verdict, without paths to a report: a replay writes none. */
function verdictText(result: CheckResult, context: Parameters<typeof failureMessage>[1]): string {
  const { verdict, reason, findings } = result
  if (verdict === 'pass')
    return `${context.paint('green', 'PASS')} ${inline(checkName(result))}: ${inline(findings.map(({ expected }) => expected).join('; ') || 'recorded, without right or wrong')}`
  if (verdict === 'skipped')
    return `${briefLine(result, context.paint)}${reason === null ? '' : ` (${describeReason(reason)})`}`
  return failureMessage(result, context)
    .split('\n')
    .filter((line) => !/^\S*  evidence /u.test(line))
    .join('\n')
}

/**
 * The index of a step by its number, from 1, or by the name it has for later steps.
 * @throws SelectionError
 */
function stepOf(text: string, { contract, when }: Check): number {
  const found = /^\d+$/u.test(text) ? Number(text) - 1 : when.findIndex(({ as }) => as === text)
  if (found >= 0 && found < when.length) return found
  const valid = when
    .map((step: Step, index) => `${String(index + 1)}${step.as === undefined ? '' : ` (${step.as})`}`)
    .join(', ')
  throw new SelectionError(`${contract} has no step "${text}". Valid values: ${valid}.`)
}

/** The check up to a step, and what restores the site. */
const cutAfter = ({ slow: _, ...check }: Check, last: number): Check => ({
  ...check,
  control: [],
  when: check.when.slice(0, last + 1).map(({ expect: __, ...step }) => step as Step),
  then: [],
  observe: [],
})
