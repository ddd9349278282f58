import type { ProvisionData } from '../drupal/provision.ts'
import { namesSite } from '../targets/choose.ts'
import { allowedProvision } from '../targets/site/provision-permission.ts'
import { baseUrlOf } from '../targets/site/probe-site.ts'
import { SiteProvision } from '../targets/site/provision-site.ts'
import { TargetError } from '../model/target.ts'
import type { RunContext } from '../plan/run-context.ts'

/**
 * What a run with `--provision` would make on a site. Drush is asked whether it can; nothing is made, no contract run.
 * @throws {TargetError}
 */
export async function dryRun(
  { settings, site }: RunContext,
  environment: Readonly<Record<string, string | undefined>>,
  progress: (stage: string) => void,
): Promise<string> {
  const baseUrl = settings.baseUrl ?? site?.content.baseUrl
  if (!namesSite(settings) || baseUrl === undefined) {
    throw new TargetError('provision-refused', '--dry-run needs the site: --base-url URL, or --site FILE with baseUrl.')
  }
  const options = allowedProvision(settings, site?.content ?? {}, environment)
  if (!options) throw new TargetError('provision-refused', '--dry-run needs --provision.')
  const provision = new SiteProvision({ ...options, baseUrl: baseUrlOf(baseUrl) })
  const { data, leftOut } = await provision.plan(progress)
  // The id differs from run to run.
  const named = (name: string) => name.replace(provision.run, 'RUN')
  return [
    `Nothing was made. A run would make on ${baseUrl}, with an id of its own in the place of RUN:`,
    ...listed(data, named),
    ...leftOut.map(({ role, why }) => `Left out is the user ${role}: ${why}.`),
    'At its end all of that is removed, with the tokens, approvals, sessions and failed logins that belong to it.',
  ].join('\n')
}

function listed({ scopes, users, clients }: ProvisionData, named: (name: string) => string): string[] {
  const part = (title: string, lines: readonly string[]) => [
    '',
    `${lines.length} ${title}`,
    ...lines.map((line) => `  ${line}`),
  ]
  return [
    ...part(
      'scopes, with what each opens',
      scopes.map(({ name, permission, grantsRole }) => {
        const role = grantsRole === undefined ? 'what its children open' : `what the role ${named(grantsRole)} may`
        return `${named(name)}: ${permission ?? role}`
      }),
    ),
    ...part(
      'users, each with a role of the same name',
      users.map(({ name, permissions }) => `${named(name)}: ${permissions.join(', ')}`),
    ),
    ...part(
      'consumers',
      clients.map(({ client_id, grantTypes }) => `${named(client_id)}: ${grantTypes.join(', ')}`),
    ),
    '',
  ]
}
