import { selectors, settingNames, type SettingName } from '../../settings/settings-table.ts'
import type { Subcommand } from '../subcommand.ts'

/** Settings that select contracts or write reports: a replay does neither. */
const ofRuns: readonly SettingName[] = [
  ...selectors,
  ...([
    'shard',
    'report',
    'reporter',
    'compareWith',
    'accept',
    'quiet',
    'generateBaseline',
    'dryRun',
    'allowSkipped',
  ] as const),
]

export const replay: Subcommand = {
  name: 'replay',
  summary: 'run one contract step by step, and show every request and response',
  about:
    'Runs one contract against the server under test and prints each step, request and response as they happen, with labels ' +
    'instead of secrets. Writes no report.',
  args: [{ name: 'ID', help: 'ID of a contract, with or without a variant, or the beginning of one ID.' }],
  settings: settingNames.filter((name) => !ofRuns.includes(name)),
  flags: [
    {
      flag: 'until',
      kind: 'text',
      fallback: null,
      shown: 'STEP',
      help: 'The last step to take, by its number or name. Nothing is judged then.',
    },
  ],
  examples: [
    ['replay pkce.verifier-mismatch --codebase ~/sites/my-site', 'one contract on a copy of a codebase'],
    ['replay code.replay --site site.yaml --until 1', 'only its first step'],
  ],
  notes: ['"explain ID" lists the steps, and sends nothing.'],
  act: async ({ read, flags, args: [id], loaded }) => {
    const [{ replay }, { siteContext }, { readDotenv }, { SelectionError }] = await Promise.all([
      import('../replay.ts'),
      import('../../plan/run-context.ts'),
      import('../../settings/settings.ts'),
      import('../../plan/select.ts'),
    ])
    if (id === undefined)
      throw new SelectionError('"replay" requires the ID of a contract. "simple-oauth-contract list" lists all IDs.')
    const context = siteContext(read, { ...readDotenv('.env'), ...process.env })
    const replaying = replay(context, id, typeof flags['until'] === 'string' ? flags['until'] : null)
    loaded()
    await replaying
  },
}
