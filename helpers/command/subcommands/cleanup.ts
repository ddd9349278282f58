import type { Subcommand } from '../subcommand.ts'

export const cleanup: Subcommand = {
  name: 'cleanup',
  summary: 'remove what killed runs left behind',
  about:
    'Removes what killed runs left behind: processes, folders and containers on this machine, and what they created on ' +
    'sites with --provision. Runs that are still going on are left alone.',
  args: [{ name: 'RUN', help: 'ID of a run: remove only what that run created on a site.' }],
  settings: ['cache', 'drush', 'manifest'],
  flags: [],
  examples: [
    ['cleanup', 'everything this machine knows of'],
    ['cleanup --manifest manifest.json', 'what a run on another machine created'],
  ],
  notes: [],
  act: async ({ read: { settings }, args: [run], say }) => {
    const { cleanUp } = await import('../cleanup.ts')
    say(await cleanUp(settings, process.env, run))
  },
}
