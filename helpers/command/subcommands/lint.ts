import { SettingsError } from '../../settings/settings-error.ts'
import type { Subcommand } from '../subcommand.ts'

export const lint: Subcommand = {
  name: 'lint',
  summary: 'check exported configuration before anything runs',
  about:
    'Reads the files of an exported configuration that concern Simple OAuth, and reports, with file and line, what does not ' +
    'work as it seems to: settings that nothing reads, scopes that open nothing, keys below the docroot, metadata of a development host.',
  args: [],
  settings: ['config'],
  flags: [{ flag: 'json', kind: 'flag', fallback: 'false', help: 'Print JSON for programs.' }],
  examples: [['lint --config config/sync', 'the folder that "drush config:export" writes']],
  notes: ['Exit code 0: notes at most; 1: a problem; 2: the configuration cannot be read.'],
  act: async ({ read: { settings }, flags, say }) => {
    if (settings.config === null) throw new SettingsError('bad-value', '"lint" requires --config DIR.')
    const [{ lint, lintText }, { readConfig }] = await Promise.all([
      import('../../exported-config/lint.ts'),
      import('../../exported-config/read-config.ts'),
    ])
    const config = readConfig(settings.config)
    const findings = lint(config)
    say(flags['json'] === true ? JSON.stringify(findings, null, 2) : lintText(findings, config.length))
    process.exitCode = findings.some(({ level }) => level === 'problem') ? 1 : 0
  },
}
