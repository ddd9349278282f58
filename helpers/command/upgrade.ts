import { UpgradeError, type Target, type TargetInfo } from '../model/target.ts'
import type { RunContext } from '../plan/run-context.ts'
import { chooseTarget, type ChosenUpgrade } from '../targets/choose.ts'
import { readAccepted } from './compare-inputs.ts'
import { conductUpgrade } from './conduct-upgrade.ts'
import { nothingKnown, type UpgradeRun } from './upgrade-run.ts'

/** What the flags of the subcommand say. */
export interface UpgradeOptions extends ChosenUpgrade {
  /** The old code, for people. */
  readonly from: string
  /** A file of accepted changes. */
  readonly accept: string | null
}

/**
 * One upgrade on copies: the contract, what has to survive, the upgrade, the questions, the contract again, the comparison.
 * @throws ReportError before anything starts, where the report could not be written.
 */
export function upgrade(context: RunContext, options: UpgradeOptions): Promise<void> {
  const { from, to } = options
  return conductUpgrade(context, nothingKnown({ from, to, tried: true }), async (run) => {
    const accepted = options.accept === null ? [] : readAccepted(options.accept)
    const started: { target?: Target } = {}
    const { asked, contract, upgrading: prepared } = await run.prepare(() => started.target?.composerLock?.())
    const { site, ca } = context
    const target = await chooseTarget(run.settings, process.env, { site, ca }, options)
    started.target = target
    run.stopping = target
    const upgrading = { ...prepared, target }
    const old = await run.doing('starting the site before the upgrade', () => target.start(run.stage))
    if (!(await run.run('before', upgrading, old, contract))) return
    const kept = await run.keep(upgrading, old, asked)
    const upgraded = await upgradeSite(run, target)
    if (upgraded === null) return
    if (!(await run.run('survival', upgrading, upgraded, asked, { kept }))) return
    if (!(await run.run('after', upgrading, upgraded, contract))) return
    if (contract.length > 0) run.known.comparison = run.compare(accepted)
  })
}

async function upgradeSite(run: UpgradeRun, target: Target): Promise<TargetInfo | null> {
  const begun = performance.now()
  try {
    const info = await run.doing('upgrading the site', async () => target.upgrade?.(run.stage))
    if (!info) throw new Error('the target cannot be upgraded')
    run.known.updated = performance.now() - begun
    return info
  } catch (error) {
    if (!(error instanceof UpgradeError)) throw error
    const { code, message, lines } = error
    run.known.broken = { code, message, lines }
    return null
  }
}
