import type { Subcommand } from '../subcommand.ts'

export const compare: Subcommand = {
  name: 'compare',
  summary: 'show what changed between two reports',
  about:
    'Shows which changes between two reports OAuth clients can see, what each of them means, and whether a release ' +
    'announced it. Without reports, it compares the last two runs of one server. Of more than two reports it prints a ' +
    'matrix. Nothing is sent to a server.',
  args: [
    { name: 'BEFORE', help: 'An earlier report.json, or its folder.' },
    { name: 'AFTER', help: 'A later one.' },
    { name: 'MORE...', help: 'Further reports, for a matrix.' },
  ],
  settings: ['accept'],
  flags: [
    {
      flag: 'write-accept',
      kind: 'text',
      fallback: null,
      shown: 'FILE',
      help: 'Write the changes that have to be accepted to a new file for --accept, to fill in reasons and owners.',
    },
    {
      flag: 'allow-partial',
      kind: 'flag',
      fallback: 'false',
      help: 'Judge the common part of reports that cannot be compared as a whole.',
    },
    {
      flag: 'out',
      kind: 'text',
      fallback: null,
      shown: 'DIR',
      help: 'Folder for comparison.json, comparison.md and comparison.html.',
    },
    {
      flag: 'results',
      kind: 'text',
      fallback: 'results',
      shown: 'DIR',
      help: 'Folder of runs to take the last two from.',
    },
    { flag: 'verbose', kind: 'flag', fallback: 'false', help: 'Print every change in full, with its checks.' },
  ],
  examples: [
    ['compare', 'what changed between the last two runs'],
    ['compare results/before results/after --out changes', 'two reports, with files for colleagues and programs'],
  ],
  notes: [
    'Exit code: 1 if a change breaks clients or loosens a check and is neither',
    'announced nor accepted, 2 if only a part could be compared, else 0.',
  ],
  act: async ({ read: { settings }, flags, args, say }) => {
    const [{ compare, compareOptions }, { painter }, { isColored }] = await Promise.all([
      import('../compare.ts'),
      import('../../report/text.ts'),
      import('../color.ts'),
    ])
    const paint = painter(isColored(process.stdout, process.env))
    const options = compareOptions(flags, args, settings.accept)
    process.exitCode = compare(options, { print: say, paint, width: process.stdout.columns || 100 })
  },
}
