import { resolve } from 'node:path'
import { commandWords } from '../drupal/site-drush.ts'
import { checkName } from '../model/result.ts'
import { TargetError, UpgradeError, type TargetInfo } from '../model/target.ts'
import type { RunContext } from '../plan/run-context.ts'
import { named } from '../report/brief-lists.ts'
import { count } from '../report/run.ts'
import { shellQuote } from '../report/escape.ts'
import { inline } from '../report/text.ts'
import { cacheFolder, type Settings } from '../settings/settings.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { forgetTokens } from '../targets/site/forget-tokens.ts'
import { removeLeft } from '../targets/site/begun-site.ts'
import { concludeUpgrade } from '../upgrade/outcome.ts'
import type { Progress } from '../upgrade/progress.ts'
import {
  keptTokens,
  onlyState,
  stateFolder,
  unpackReport,
  writeState,
  type BegunUpgrade,
  type FinishedUpgrade,
  type UpgradeState,
} from '../upgrade/state.ts'
import { closingText, resultText } from '../upgrade/text.ts'
import { begunSite } from './begun-site.ts'
import { readAccepted } from './compare-inputs.ts'
import { conductUpgrade } from './conduct-upgrade.ts'
import { invocation } from './invocation.ts'
import { nothingKnown, type UpgradeRun } from './upgrade-run.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The state file: the one that the user names, else the only one of this machine. @throws StateError */
export const stateFile = (named: string | null, settings: Settings, environment: Environment): string =>
  named === null ? onlyState(stateFolder(cacheFolder(settings, environment))) : resolve(named)

/** What the flags of the second half say. */
export interface FinishOptions {
  readonly file: string
  readonly state: UpgradeState
  readonly accept: string | null
  /** The user's drush command. */
  readonly drush: string | null
  /** Whether the user named the file: then it has to be named again. */
  readonly stateNamed: boolean
}

/**
 * The second half: asks what survived, runs the contract again and compares; then everything is removed from the site. It may be repeated:
 * no question is asked twice, and after a finished upgrade it only says so.
 * @throws ReportError before anything starts.
 */
export async function finishUpgrade(
  context: RunContext,
  { file, state, accept, drush, stateNamed }: FinishOptions,
): Promise<void> {
  if (state.phase === 'finished') {
    process.exitCode = tellFinished(file, state, drush)
    return
  }
  const { begunAt, baseUrl } = state
  const known = nothingKnown({ from: `${baseUrl}, begun ${begunAt}`, to: 'today', tried: false })
  const command = (phase: string): string =>
    `${invocation(process.env)} upgrade ${phase}${stateNamed ? ` --state ${inline(shellQuote(file))}` : ''}`
  known.next = `what "upgrade begin" created is still on the site. Once the cause is gone: ${command('finish')}; to give up: ${command('abort')}`
  await conductUpgrade(context, known, async (run) => {
    const accepted = accept === null ? [] : readAccepted(accept)
    const { asked, contract, upgrading } = await run.prepare()
    if (state.before !== null) {
      known.before = unpackReport(state.before)
      upgrading.reports.before(known.before)
    }
    const going = askSite(run, context, state, file, { asked, contract, upgrading }).catch((error: unknown) => {
      if (error instanceof TargetError && error.code === 'nothing-left')
        known.next = `remove the secrets from this copy of the file: ${command('abort')}`
      throw error
    })
    if (await going) if (contract.length > 0) known.comparison = run.compare(accepted)
    // After what can be fixed, such as maintenance mode or a wrong database, the questions may be asked again.
    if (known.broken !== null) return
    known.next = null
    run.stopping = {
      stop: () => {
        settle(run, { file, state, drush, report: context.settings.report })
      },
    }
  })
}

type Questions = Awaited<ReturnType<UpgradeRun['prepare']>>

/** @returns whether both parts completed. */
async function askSite(
  run: UpgradeRun,
  context: RunContext,
  state: BegunUpgrade,
  file: string,
  { asked, contract, upgrading: prepared }: Questions,
): Promise<boolean> {
  const target = await begunSite(run.settings, context, state)
  let info: TargetInfo
  try {
    info = await run.doing('asking the site after the upgrade', () => target.start(run.stage, run.progress.warn))
  } catch (error) {
    if (!(error instanceof UpgradeError)) throw error
    run.known.broken = { code: error.code, message: error.message, lines: error.lines }
    return false
  }
  run.announce(state.target, info)
  const upgrading = { ...prepared, target }
  const notes = noted(state, file)
  const asking = { kept: withoutAsked(state), answered: state.answered, note: notes }
  if (!(await run.run('survival', upgrading, info, asked, asking))) return false
  return run.run('after', upgrading, info, contract)
}

/** A question that an earlier process began but did not complete is not asked again: its code or refresh token may be used up. */
function withoutAsked({ kept, asked, answered }: BegunUpgrade): BegunUpgrade['kept'] {
  const done = new Set(answered.map(checkName))
  const blocker = {
    cause: 'asked-before',
    message:
      'an earlier "upgrade finish" was interrupted while it asked this, and codes and refresh tokens can be used once',
  }
  const checks = Object.entries(kept.checks).map(([name, check]) =>
    asked.includes(name) && !done.has(name) ? [name, { ...check, blocker }] : [name, check],
  )
  return { ...kept, checks: Object.fromEntries(checks) as BegunUpgrade['kept']['checks'] }
}

/** Records what was asked and answered, for a later `upgrade finish`. */
function noted(state: BegunUpgrade, file: string): Pick<Progress, 'begin' | 'result'> {
  let { asked, answered } = state
  const write = (): void => {
    writeState(file, { ...state, asked, answered })
  }
  return {
    begin: (name) => {
      asked = [...asked, name]
      write()
    },
    result: (result) => {
      answered = [...answered, result]
      write()
    },
  }
}

/** The verdict comes first, so that a removal that fails can be repeated without asking again. */
function settle(
  run: UpgradeRun,
  { file, state, drush, report }: Pick<FinishOptions, 'file' | 'drush'> & { state: BegunUpgrade; report: string },
): void {
  const { begunAt, baseUrl, left } = state
  const summary = concludeUpgrade(run.known)
  const finished: FinishedUpgrade = {
    ...{ schemaVersion: 1, phase: 'finished', begunAt, baseUrl, left, finishedAt: new Date().toISOString() },
    ...{ verdict: resultText(run.known, summary), closing: closingText(summary), exitCode: summary.exitCode },
    ...{ report: resolve(report), removed: false },
  }
  const tokens = left === null ? keptTokens(state.kept) : []
  if (left === null && (drush === null || tokens.length === 0)) {
    writeState(file, { ...finished, removed: true })
    if (tokens.length > 0) run.stage(staying(tokens))
    return
  }
  const pending = left === null ? { ...finished, tokens } : finished
  writeState(file, pending)
  run.known.next = 'run "upgrade finish" again: the verdict is kept, and only the removal is repeated'
  run.stage(`removed from the site: ${removed(pending, drush)}`)
  writeState(file, { ...finished, removed: true })
  run.known.next = null
}

const staying = (tokens: readonly string[]): string =>
  `${count(tokens.length, 'token')} and codes of the mapped clients stay on the site until they expire: without --drush nothing can remove them`

/** Removes what was created on the site; on a mapped site, the kept tokens. @returns what was removed, for people. */
function removed({ left, tokens = [] }: Pick<FinishedUpgrade, 'left' | 'tokens'>, drush: string | null): string {
  if (left !== null) return removeLeft({ ...left, drush: drush === null ? left.drush : commandWords(drush) })
  if (drush === null)
    throw new SettingsError('bad-value', 'The tokens of the mapped clients can be removed with --drush COMMAND alone.')
  return `${count(forgetTokens(commandWords(drush), tokens), 'token')} of the mapped clients`
}

/** One that was given up has no report. */
const ended = ({ report }: FinishedUpgrade): string => (report === '' ? 'given up' : 'finished')

/** @returns the exit code of the verdict. */
function tellFinished(file: string, state: FinishedUpgrade, drush: string | null): 0 | 1 | 2 {
  const { baseUrl, finishedAt, verdict, closing, report } = state
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  say(`The upgrade of ${inline(baseUrl)} was ${ended(state)} at ${inline(finishedAt)}; nothing was asked again.`)
  if (!state.removed) {
    say(`· removed from the site: ${removed(state, drush)}`)
    writeState(file, withoutTokens(state))
  }
  say(`${named('result')} ${inline(verdict)}`)
  if (report !== '') say(`${named('report')} ${inline(report)}/upgrade.html`)
  say(closing)
  return state.exitCode
}

/**
 * Abandons an upgrade: removes from the site what "upgrade begin" made, and the secrets from this machine.
 * @returns What was done, for the user.
 * @throws TargetError `cleanup-failed`; the state is kept then.
 */
export function abortUpgrade(file: string, state: UpgradeState, settings: Settings): string {
  const { baseUrl, begunAt, left } = state
  if (state.phase === 'finished' && state.removed)
    return `The upgrade of ${baseUrl} was ${ended(state)} at ${state.finishedAt}: nothing is left to remove.`
  if (left === null && state.phase === 'begun' && settings.drush === null) {
    writeState(file, finishedBy('given up', state))
    return `The upgrade of ${baseUrl}, begun ${begunAt}, was given up. Tokens, codes and an approval of the mapped user stay on the site until they expire; with --drush COMMAND, "upgrade abort" removes the tokens and codes.`
  }
  const what = removed(
    state.phase === 'finished' ? state : { left, tokens: left === null ? keptTokens(state.kept) : [] },
    settings.drush,
  )
  writeState(file, state.phase === 'finished' ? withoutTokens(state) : finishedBy('given up', state))
  return `The upgrade of ${baseUrl}, begun ${begunAt}, was given up. Removed from the site: ${what}.`
}

const withoutTokens = ({ tokens: _, ...state }: FinishedUpgrade): FinishedUpgrade => ({ ...state, removed: true })

const finishedBy = (verdict: string, { begunAt, baseUrl, left }: BegunUpgrade): FinishedUpgrade => ({
  ...{ schemaVersion: 1, phase: 'finished', begunAt, baseUrl, left, finishedAt: new Date().toISOString() },
  ...{
    verdict: `no verdict: ${verdict}`,
    closing: '0 passed, 0 failed, 0 skipped',
    exitCode: 2,
    report: '',
    removed: true,
  },
})
