import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Kept } from '../contract/kept.ts'
import type { CheckResult } from '../model/result.ts'
import type { TargetInfo } from '../model/target.ts'
import { privateFile, privateFolder } from '../report/private-files.ts'
import { outcomeOf, reportOf, type Report } from '../report/report.ts'
import type { RunOutcome } from '../report/run.ts'
import type { Settings } from '../settings/settings.ts'

/** What `upgrade begin` created on a site by drush, for `upgrade finish` to remove. */
interface LeftOnSite {
  /** ID of the run, part of the name of everything that it created. */
  readonly run: string
  /** The command, as a list of words. */
  readonly drush: readonly string[]
  /** A path on the machine of `upgrade begin`. */
  readonly manifest: string
}

/** Settings that both halves of an upgrade share: what is tested, and how it is judged. */
const shared = [
  ...(['only', 'source', 'severity', 'group', 'client', 'contracts', 'profile'] as const),
  ...(['strict', 'noKnownIssues', 'baseline', 'stress', 'workers'] as const),
]
type SharedSettings = Pick<Settings, (typeof shared)[number]>

export const sharedSettings = (settings: Settings): SharedSettings =>
  Object.fromEntries(shared.map((name) => [name, settings[name]])) as unknown as SharedSettings

interface AnyState {
  readonly schemaVersion: 1
  /** ISO 8601. */
  readonly begunAt: string
  readonly baseUrl: string
  /** Null on a mapped site, on which the suite creates nothing. */
  readonly left: LeftOnSite | null
}

/** The state between `upgrade begin` and `upgrade finish`. Contains secrets: passwords, tokens, sessions. */
export interface BegunUpgrade extends AnyState {
  readonly phase: 'begun'
  /** The site file; null on a provisioned site. */
  readonly site: string | null
  readonly settings: SharedSettings
  readonly target: TargetInfo
  readonly kept: Kept
  /** The report of the part `before`: JSON, gzip, Base64. Null if nothing was selected for it. */
  readonly before: string | null
  /** Names of the questions that were begun: a code cannot be redeemed twice. */
  readonly asked: readonly string[]
  readonly answered: readonly CheckResult[]
}

/** The state after `upgrade finish`: contains no secret. */
export interface FinishedUpgrade extends AnyState {
  readonly phase: 'finished'
  /** ISO 8601. */
  readonly finishedAt: string
  readonly verdict: string
  /** "37 passed, 1 failed, 0 skipped" */
  readonly closing: string
  readonly exitCode: 0 | 1 | 2
  /** The folder of the report. */
  readonly report: string
  /** Whether everything created on the site has been removed. */
  readonly removed: boolean
  /** Tokens of a mapped site that drush has not removed yet. Secret. */
  readonly tokens?: readonly string[]
}

export type UpgradeState = BegunUpgrade | FinishedUpgrade

/** A state file that cannot be used. `code` is stable; the message says what to do next. */
export class StateError extends Error {
  override readonly name = 'StateError'
  readonly code: 'state-missing' | 'state-unreadable' | 'state-unwritable' | 'already-begun'
  constructor(code: StateError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The access tokens, refresh tokens and codes kept on a mapped site. */
export const keptTokens = ({ checks }: Kept): string[] => [
  ...new Set(
    Object.values(checks).flatMap(({ results }) =>
      Object.values(results).flatMap(({ outcome: { values } }) =>
        [values['access_token'], values['refresh_token'], values['code']].filter((one) => one !== undefined),
      ),
    ),
  ),
]

export const packReport = (outcome: RunOutcome): string =>
  gzipSync(JSON.stringify(reportOf(outcome))).toString('base64')
export const unpackReport = (packed: string): RunOutcome =>
  outcomeOf(JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString()) as Report)

/** The folder for the states of upgrades, unless the user names a file. */
export const stateFolder = (cacheRoot: string): string => join(cacheRoot, 'upgrades')

/**
 * Writes a state that only its owner can read, atomically.
 * @throws StateError
 */
export function writeState(file: string, state: UpgradeState): void {
  try {
    privateFolder(dirname(file))
    privateFile(file, `${JSON.stringify(state)}\n`)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StateError('state-unwritable', `${file} cannot be written: ${why}. Name another file with --state.`, {
      cause,
    })
  }
}

/** @throws StateError */
export function readState(file: string): UpgradeState {
  const unreadable = (why: string, cause?: unknown): StateError =>
    new StateError(
      'state-unreadable',
      `${file} ${why}. Give the file that "upgrade begin" wrote with --state; copy it again if it was cut short.`,
      { cause },
    )
  let state: Partial<UpgradeState> | null
  try {
    state = JSON.parse(readFileSync(file, 'utf8')) as Partial<UpgradeState> | null
  } catch (cause) {
    throw unreadable(cause instanceof SyntaxError ? 'is not complete JSON' : 'cannot be read', cause)
  }
  const known = state?.schemaVersion === 1 && (state.phase === 'begun' || state.phase === 'finished')
  if (!known) throw unreadable('is not the state of an upgrade, or of another version of this suite')
  return state as UpgradeState
}

/**
 * The only upgrade begun on this machine, or else the last one finished.
 * @throws StateError if there is none, or more than one.
 */
export function onlyState(folder: string): string {
  const states = statesIn(folder)
  const begun = states.filter(({ state }) => state.phase === 'begun' || !state.removed)
  const [only, ...others] = begun
  if (only && others.length === 0) return only.file
  if (only) {
    const list = begun.map(({ file, state }) => `${file}: ${state.baseUrl}, begun ${state.begunAt}`)
    throw new StateError(
      'state-missing',
      ['Several upgrades were begun here. Name one with --state:', ...list].join('\n'),
    )
  }
  const last = states.sort((one, other) => (one.state.begunAt < other.state.begunAt ? 1 : -1))[0]
  if (last) return last.file
  throw new StateError(
    'state-missing',
    'No upgrade was begun on this machine. Begin one with "upgrade begin", or give the file that it wrote on another machine with --state FILE.',
  )
}

/** The unfinished upgrade of a site that was begun on this machine. */
export const begunOf = (folder: string, baseUrl: string): string | undefined =>
  statesIn(folder).find(({ state }) => state.phase === 'begun' && state.baseUrl === baseUrl)?.file

function statesIn(folder: string): { readonly file: string; readonly state: UpgradeState }[] {
  let names: string[]
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
  return names.map((name) => ({ file: join(folder, name), state: readState(join(folder, name)) }))
}
