import { selectors } from '../../settings/settings-table.ts'
import type { Subcommand } from '../subcommand.ts'

export const list: Subcommand = {
  name: 'list',
  summary: 'list the contracts',
  about: 'Lists the contracts that the settings select, with severity, number of checks and sources. Runs nothing.',
  args: [],
  settings: [...selectors, 'contracts'],
  flags: [{ flag: 'json', kind: 'flag', fallback: 'false', help: 'Print JSON for programs.' }],
  examples: [
    ['list --source rfc7636/4.6', 'contracts based on RFC 7636 §4.6'],
    ["list --client machine --only '*.scope-*'", 'by client and ID'],
  ],
  notes: [],
  act: async ({ read: { settings }, flags, say }) => {
    const [{ collect, specFiles, upgradeFiles }, { select }, { listJson, listText }] = await Promise.all([
      import('../../plan/collect.ts'),
      import('../../plan/select.ts'),
      import('../list.ts'),
    ])
    const { checks } = await collect([...specFiles(settings.contracts), ...upgradeFiles()])
    const chosen = select(checks, settings)
    say(flags['json'] === true ? listJson(chosen) : listText(chosen, process.stdout.columns))
  },
}
