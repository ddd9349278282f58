import type { Subcommand } from '../subcommand.ts'

export const merge: Subcommand = {
  name: 'merge',
  summary: 'merge the reports of shards and sites into one page and one verdict',
  about:
    'Merges the parts of a run that was split with --shard, and judges several sites as one. Writes what a run ' +
    'writes for each site, and for several sites a page about all of them. Nothing is sent to a server.',
  args: [{ name: 'REPORT...', help: 'report.json files, or their folders: shards of one site, or of several.' }],
  settings: ['report', 'reporter', 'quiet', 'verbose'],
  flags: [
    {
      flag: 'sites',
      kind: 'text',
      fallback: null,
      shown: 'DIR',
      help: 'The site files that were to be tested: one without a report keeps the verdict from being reached.',
    },
  ],
  examples: [
    ['merge reports/*', 'every folder of reports/, as artifacts are downloaded'],
    ['merge reports/* --sites sites --report merged', 'no site of sites/ may be missing'],
  ],
  notes: [
    'Without --report, the merged report is in results/merged.',
    'Exit code: 1 if a site does not meet the contract, 2 if one has no verdict.',
  ],
  act: async ({ read, flags, args }) => {
    const { merge } = await import('../merge.ts')
    await merge(read, args, typeof flags['sites'] === 'string' ? flags['sites'] : null)
  },
}
