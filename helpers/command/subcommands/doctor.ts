import type { Subcommand } from '../subcommand.ts'

export const doctor: Subcommand = {
  name: 'doctor',
  summary: 'find out what keeps a site or a codebase from being tested',
  about:
    'Examines the layers of a site, from the web server to the resource that a token opens, and names the first problem ' +
    'with its remedy. No setting and no entity is changed; with a site file each mapped user logs in once and gets one token.',
  args: [],
  settings: ['baseUrl', 'site', 'codebase', 'php', 'drush', 'ca', 'requestTimeout'],
  flags: [{ flag: 'json', kind: 'flag', fallback: 'false', help: 'Print JSON for programs.' }],
  examples: [
    ['doctor --site site.yaml', 'a mapped site, also with the drush command of its file'],
    ['doctor --base-url https://my.site --drush "ddev drush"', 'without a site file'],
    ['doctor --codebase ~/sites/my-site', 'the codebase and what a run needs on this machine'],
  ],
  notes: ['Exit code 0: no problem found; 1: a problem; 2: nothing could be examined.'],
  act: async ({ read: { settings }, flags, say }) => {
    const [{ doctor }, { doctorText, exitCodeOf }, { readSite }, { readAuthority }, { readDotenv }] = await Promise.all(
      [
        import('../../doctor/doctor.ts'),
        import('../../doctor/report.ts'),
        import('../../targets/site/site-file.ts'),
        import('../../plan/plan.ts'),
        import('../../settings/settings.ts'),
      ],
    )
    const { codebase, php, baseUrl, drush } = settings
    const environment = { ...readDotenv('.env'), ...process.env }
    const site = settings.site === null ? null : readSite(settings.site, environment)
    const report = await doctor({
      ...{ codebase, php, baseUrl, drush, environment },
      site,
      ca: readAuthority({ ...settings, ca: settings.ca ?? site?.content.ca ?? null }),
      requestTimeout: settings.requestTimeout * 1000,
    })
    say(flags['json'] === true ? JSON.stringify(report, null, 2) : doctorText(report))
    process.exitCode = exitCodeOf(report)
  },
}
