import type { Subcommand } from '../subcommand.ts'

export const baseline: Subcommand = {
  name: 'baseline',
  summary: 'migrate known issues of your own from an earlier version',
  about:
    'Rewrites a file of your own known issues in place: the actual values of an earlier version become data. Comments stay. Nothing is sent to a server.',
  args: [
    { name: 'migrate', help: 'The action.' },
    { name: 'FILE', help: 'The file that --baseline names.' },
  ],
  settings: ['contracts'],
  flags: [],
  examples: [['baseline migrate known-issues.yaml', 'bring one file up to date']],
  notes: [],
  act: async ({ read: { settings }, args: [action, file], say }) => {
    const { baseline } = await import('../baseline.ts')
    say(await baseline(settings, action, file))
  },
}
