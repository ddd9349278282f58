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
  settings: [],
  flags: [
    {
      flag: 'accept',
      kind: 'text',
      fallback: null,
      shown: 'FILE',
      help: 'Accepted changes (YAML), each with a reason and an owner.',
    },
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
      help: 'Folder for comparison.json, comparison.md and comparison.html; of a matrix, for matrix.md and matrix.html.',
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
    'Exit code: 0 nothing to accept, 1 a change that breaks clients or loosens a',
    'check is not accepted, 2 only a part of the reports could be compared.',
  ],
  act: async ({ read: { settings }, flags, args, say }) => {
    const [{ compare, compareOptions }, { painter }, { isColored }] = await Promise.all([
      import('../compare.ts'),
      import('../../report/text.ts'),
      import('../color.ts'),
    ])
    const paint = painter(isColored(process.stdout, process.env))
    const fromEnvironment = settings.accept === null ? {} : { accept: settings.accept }
    const options = compareOptions({ ...fromEnvironment, ...flags }, args)
    process.exitCode = compare(options, { print: say, paint, width: process.stdout.columns || 100 })
  },
}
