import type { Subcommand } from '../subcommand.ts'

export const explain: Subcommand = {
  name: 'explain',
  summary: 'show what a contract requires, why, and how it is tested',
  about:
    'Shows what a contract requires, why it matters, its steps, the requests it sends and the faults that make it fail. ' +
    'Nothing is sent to a server.',
  args: [{ name: 'ID', help: 'ID of a contract, with or without a variant, or the beginning of one ID.' }],
  settings: ['contracts', 'baseline'],
  flags: [],
  examples: [
    ['explain pkce.plain', 'one contract'],
    ["explain 'code.redirect-uri-missing [empty]'", 'one variant of it'],
  ],
  notes: [],
  act: async ({ read: { settings }, args: [id], say }) => {
    const [{ collect, specFiles, upgradeFiles }, { findContract }, { contractsOf }, { SelectionError }] =
      await Promise.all([
        import('../../plan/collect.ts'),
        import('../../plan/find-contract.ts'),
        import('../../plan/contracts.ts'),
        import('../../plan/select.ts'),
      ])
    if (id === undefined)
      throw new SelectionError('"explain" requires the ID of a contract. "simple-oauth-contract list" lists all IDs.')
    const { checks } = await collect([...specFiles(settings.contracts), ...upgradeFiles()])
    const { contract, check } = findContract(id, contractsOf(checks))
    const [{ explain }, { readKnownLists }, { painter }, { isColored }] = await Promise.all([
      import('../explain.ts'),
      import('../../plan/plan.ts'),
      import('../../report/text.ts'),
      import('../color.ts'),
    ])
    if (check.when.some((step) => step.do === 'wait')) process.stderr.write('· waiting a few seconds for an expiry\n')
    const paint = painter(isColored(process.stdout, process.env))
    // Longer lines are hard to read.
    const width = Math.min(process.stdout.columns || 100, 100)
    const { released, baseline } = readKnownLists(settings, checks)
    say(await explain(contract, check, { knownIssues: [...released, ...baseline.issues], width, paint }))
  },
}
