import { join, resolve } from 'node:path'
import type { Target } from '../model/target.ts'
import type { RunContext } from '../plan/run-context.ts'
import { named } from '../report/brief-lists.ts'
import { wrap } from '../report/fit.ts'
import { closingLine, count, summarize } from '../report/run.ts'
import { shellQuote } from '../report/escape.ts'
import { inline } from '../report/text.ts'
import { cacheFolder } from '../settings/cache-folder.ts'
import { chooseTarget } from '../targets/choose.ts'
import {
  begunOf,
  packReport,
  sharedSettings,
  StateError,
  stateFolder,
  writeState,
  type BegunUpgrade,
} from '../upgrade/state.ts'
import { partText } from '../upgrade/text.ts'
import { conductUpgrade, type Ending } from './conduct-upgrade.ts'
import { invocation } from './invocation.ts'
import { nothingKnown, type UpgradeRun } from './upgrade-run.ts'

/**
 * The first half of an upgrade of an existing site: runs the contract, then creates what has to survive, and leaves it on the site with its
 * users and consumers. If interrupted, it removes everything again.
 * @param file The state file; null for one in the cache.
 * @throws ReportError, StateError before anything starts.
 */
export function beginUpgrade(context: RunContext, file: string | null): Promise<void> {
  const { settings, site, ca } = context
  const folder = stateFolder(cacheFolder(settings, process.env))
  const known = nothingKnown({ from: 'the site', to: 'its upgrade', tried: false })
  let written: string | null = null
  let keptChecks = 0
  const ending: Ending = ({ before, failure, interrupted }, { paint, width, quiet }) => {
    if (written === null || failure !== null || interrupted !== null) return null
    const command = `${invocation(process.env)} upgrade finish`
    // Without the flag, only the cache is searched.
    const state = file === null ? '' : ` --state ${shellQuote(written)}`
    const elsewhere =
      file === null ? 'or with --state FILE from another machine' : 'also from another machine that has the file'
    const lines = [
      ...(before ? [`${named('before')} ${partText(before)}`] : []),
      `${named('kept')} what ${count(keptChecks, 'check')} will ask about, and users, scopes and consumers that hold it`,
      `${named('secrets')} ${inline(written)} has passwords and tokens, for its owner alone (mode 600)`,
      `${named('result')} ${paint('bold', 'begun: upgrade the site now, and then finish')}`,
      `${named('next')} ${command}${inline(state)}, ${elsewhere}; "upgrade abort" gives up`,
    ].map((line) => wrap(line, width))
    const closing = before ? closingLine(summarize(before)) : '0 passed, 0 failed, 0 skipped'
    return { text: [...(quiet ? lines.slice(-2) : lines), closing].join('\n'), exitCode: 0 }
  }
  return conductUpgrade(
    context,
    known,
    async (run) => {
      const { asked, contract, upgrading: prepared } = await run.prepare()
      const target = await chooseTarget(run.settings, process.env, { site, ca, longLived: true })
      run.stopping = target
      const upgrading = { ...prepared, target }
      const info = await run.doing('asking the site before the upgrade', () =>
        target.start(run.stage, run.progress.warn),
      )
      known.from = `${info.baseUrl} before`
      known.to = 'after'
      const earlier = begunOf(folder, info.baseUrl)
      if (earlier !== undefined)
        throw new StateError(
          'already-begun',
          `An upgrade of ${info.baseUrl} was begun already. Finish it with "upgrade finish --state ${earlier}", or give it up with "upgrade abort --state ${earlier}".`,
        )
      if (!(await run.run('before', upgrading, info, contract))) return
      const kept = await run.keep(upgrading, info, asked)
      keptChecks = Object.values(kept.checks).filter(({ skip, blocker }) => skip === null && blocker === null).length
      written = finishBegin(
        run,
        target,
        {
          ...{ schemaVersion: 1, phase: 'begun', begunAt: known.startedAt, baseUrl: info.baseUrl, left: null },
          ...{ site: target.leave ? null : resolve(settings.site ?? ''), settings: sharedSettings(run.settings) },
          ...{ target: info, kept, before: known.before && packReport(known.before), asked: [], answered: [] },
        },
        file === null ? folder : null,
        file,
      )
      run.stopping = undefined
    },
    ending,
  )
}

/** Writes the state file, and only then lets everything stay: `cleanup` removes what no state file mentions. @returns its path. */
function finishBegin(
  run: UpgradeRun,
  target: Target,
  state: BegunUpgrade,
  folder: string | null,
  file: string | null,
): string {
  const path =
    file === null ? join(folder ?? '', `${state.begunAt.replace(/[^\d]/gu, '').slice(0, 14)}.json`) : resolve(file)
  writeState(path, state)
  const left = target.leave?.(path) ?? null
  if (left) writeState(path, { ...state, left })
  run.stage(`kept in ${path}`)
  return path
}
