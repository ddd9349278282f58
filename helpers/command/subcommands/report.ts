import { formatNames } from '../../report/formats/table.ts'
import type { Subcommand } from '../subcommand.ts'

export const report: Subcommand = {
  name: 'report',
  summary: 'show the report of a run in another format',
  about:
    'Makes another format from the report.json of an earlier run: what a run with --reporter writes. ' +
    'Nothing is sent to a server.',
  args: [
    { name: 'FORMAT', help: `One of ${formatNames.join(', ')}.` },
    { name: 'REPORT', help: 'A report.json, or its folder. Without it, the newest one in results.' },
  ],
  settings: [],
  flags: [
    {
      flag: 'output',
      kind: 'text',
      fallback: null,
      shown: 'FILE',
      help: 'Write to this file instead of the standard output.',
    },
  ],
  examples: [['report console', 'the summary of the newest run']],
  notes: [],
  act: async ({ flags, args, say }) => {
    const { showReport } = await import('../report.ts')
    await showReport(args, typeof flags['output'] === 'string' ? flags['output'] : null, say)
  },
}
