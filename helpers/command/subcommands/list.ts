import { SettingsError } from '../../settings/settings-error.ts'
import { selectors } from '../../settings/settings-table.ts'
import type { FlagValues } from '../../settings/flags.ts'
import type { Call, Subcommand } from '../subcommand.ts'

export const list: Subcommand = {
  name: 'list',
  summary: 'list the contracts, or the site files of a folder',
  about:
    'Lists the contracts that the settings select, with severity, number of checks and sources; or, with --sites, the ' +
    'site files of a folder, as the matrix of a CI system. Runs nothing.',
  args: [],
  settings: [...selectors, 'contracts', 'shard'],
  flags: [
    { flag: 'json', kind: 'flag', fallback: 'false', help: 'Print JSON for programs.' },
    {
      flag: 'sites',
      kind: 'text',
      fallback: null,
      shown: 'DIR',
      help: 'List the site files in this folder, with --json as a matrix of GitHub or GitLab on one line.',
    },
    {
      flag: 'shards',
      kind: 'text',
      fallback: null,
      shown: 'N',
      help: 'With --sites --json: split each site into this many jobs.',
    },
  ],
  examples: [
    ['list --source rfc7636/4.6', 'contracts based on RFC 7636 §4.6'],
    ["list --client machine --only '*.scope-*'", 'by client and ID'],
    ['list --sites sites --json', 'one job for each site file in sites/'],
  ],
  notes: [],
  act: async (call) => {
    const { sites, shards } = call.flags
    if (typeof sites === 'string') return listSites(call, sites)
    if (shards !== undefined)
      throw new SettingsError('bad-value', '--shards needs --sites DIR; --shard I/N lists one part.')
    return listContracts(call)
  },
}

async function listContracts({ read: { settings }, flags, say }: Call): Promise<void> {
  const [{ collect, specFiles, upgradeFiles }, { select }, { listJson, listText }] = await Promise.all([
    import('../../plan/collect.ts'),
    import('../../plan/select.ts'),
    import('../list.ts'),
  ])
  const { checks } = await collect([...specFiles(settings.contracts), ...upgradeFiles()])
  const chosen = select(checks, settings)
  say(flags['json'] === true ? listJson(chosen) : listText(chosen, process.stdout.columns))
}

async function listSites({ flags, say }: Call, folder: string): Promise<void> {
  const shards = shardsOf(flags)
  const { sitesIn, sitesJson, sitesText } = await import('../list-sites.ts')
  const sites = sitesIn(folder)
  say(flags['json'] === true ? sitesJson(sites, shards) : sitesText(sites))
}

function shardsOf({ shards }: FlagValues): number {
  const text = typeof shards === 'string' ? shards : '1'
  if (!/^[1-9]\d{0,3}$/u.test(text))
    throw new SettingsError('bad-value', `--shards ${text} is not a number of parts. Use 1 or more.`)
  return Number(text)
}
