import type { Subcommand } from '../subcommand.ts'

export const init: Subcommand = {
  name: 'init',
  summary: 'create a site file for an existing site',
  about:
    'Requests a few public pages of a site and writes a site file for it, in which every member is explained. ' +
    'Nothing on the site is changed. With --config, scopes and a policy are proposed from exported configuration, and with --drush from the consumers of the site (never their secrets); then an address is not needed.',
  args: [],
  settings: ['baseUrl', 'config', 'drush', 'ca', 'requestTimeout'],
  flags: [
    { flag: 'out', kind: 'text', fallback: 'site.yaml', shown: 'FILE', help: 'File to write.' },
    { flag: 'force', kind: 'flag', fallback: 'false', help: 'Overwrite a file that exists.' },
  ],
  examples: [
    ['init --base-url https://staging.example.org', 'write site.yaml'],
    ['init --base-url https://my.site --drush "ddev drush"', 'propose scopes and a policy from its consumers'],
    ['init --config config/sync', 'propose scopes and a policy from exported configuration'],
  ],
  notes: [],
  act: async ({ read: { settings }, flags, say }) => {
    const [{ init }, { invocation }] = await Promise.all([import('../init.ts'), import('../invocation.ts')])
    const out = typeof flags['out'] === 'string' ? flags['out'] : 'site.yaml'
    say(
      await init(settings, {
        out,
        force: flags['force'] === true,
        command: invocation(process.env),
        uncheckedTls: process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0',
        say,
      }),
    )
  },
}
