import { join } from 'node:path'
import { SettingsError } from '../../settings/settings-error.ts'
import { variableOf } from '../../settings/setting-row.ts'
import { rowOf, selectors, settingNames, type SettingName } from '../../settings/settings-table.ts'
import { packageRoot } from '../../model/package.ts'
import type { Subcommand } from '../subcommand.ts'
import { runContracts } from './run.ts'

/** Settings that would record only some contracts, or contracts of a user's own. */
const excluded: readonly SettingName[] = [...selectors, 'contracts', 'shard']

export const record: Subcommand = {
  name: 'record',
  summary: 'run, and record the observed facts for the fidelity test',
  about:
    "Runs every contract of the suite and writes the observed facts to fixtures/observed/, with which the suite's own " +
    'tests compare the reference server.',
  args: [],
  settings: settingNames.filter((name) => !excluded.includes(name)),
  flags: [],
  examples: [['record --target php --codebase ~/sites/my-site', 'record the release that a codebase contains']],
  notes: [],
  act: async (call) => {
    const given = excluded.filter((name) => call.read.origins[name] !== 'default').map(rowOf)
    if (given.length === 0) return runContracts(call, join(packageRoot, 'fixtures', 'observed'))
    const variables = given.map(variableOf).join(', ')
    throw new SettingsError('bad-value', `A record contains every contract of the suite: unset ${variables}.`)
  },
}
