import { settingNames } from '../../settings/settings-table.ts'
import type { Call, Subcommand } from '../subcommand.ts'

export const run: Subcommand = {
  name: 'run',
  summary: 'test a server against the contracts (default)',
  about:
    'Runs the contracts against a server, judges its answers, and writes a report with the evidence. ' +
    'Without a subcommand, this is what the command does.',
  args: [],
  settings: settingNames,
  flags: [],
  examples: [
    ['--codebase ~/sites/my-site', 'test a copy of a codebase'],
    ['--site site.yaml --severity high+', 'test an existing site, severe contracts only'],
  ],
  notes: [
    'Exit code: 0 the contract is met, 1 it is not, 2 no verdict could be reached.',
    'The last line is always "N passed, N failed, N skipped".',
  ],
  act: (call) => runContracts(call, null),
}

/** @param recordTo The folder for the observed facts of a complete run; null for none. */
export async function runContracts(call: Call, recordTo: string | null): Promise<void> {
  const { read, flags, say, loaded } = call
  const [{ run }, { siteContext }, { readDotenv }] = await Promise.all([
    import('../run.ts'),
    import('../../plan/run-context.ts'),
    import('../../settings/settings.ts'),
  ])
  const context = siteContext(read, { ...readDotenv('.env'), ...process.env })
  if (context.settings.dryRun) {
    const { dryRun } = await import('../dry-run.ts')
    say(await dryRun(context, process.env, (stage) => process.stderr.write(`· ${stage}\n`)))
    return
  }
  const running = run(context, flags, recordTo)
  loaded()
  await running
}
