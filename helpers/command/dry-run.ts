import type { ProvisionData } from '../drupal/provision.ts'
import { namesSite } from '../targets/choose.ts'
import { allowedProvision } from '../targets/site/provision-permission.ts'
import { baseUrlOf } from '../targets/site/probe-site.ts'
import { SiteProvision } from '../targets/site/provision-site.ts'
import { TargetError } from '../model/target.ts'
import type { RunContext } from '../plan/run-context.ts'

/**
 * Lists what a run with `--provision` would create on a site, after asking Drush whether it could. Creates and tests nothing.
 * @throws {TargetError} `provision-refused`, and those of Drush.
 */
export async function dryRun(
  { settings, site }: RunContext,
  environment: Readonly<Record<string, string | undefined>>,
  progress: (stage: string) => void,
): Promise<string> {
  const baseUrl = settings.baseUrl ?? site?.content.baseUrl
  if (!namesSite(settings) || baseUrl === undefined) {
    throw new TargetError(
      'provision-refused',
      'A dry run requires a site: --base-url URL, or --site FILE with baseUrl.',
    )
  }
  const options = allowedProvision(settings, site?.content ?? {}, environment)
  if (!options) throw new TargetError('provision-refused', 'A dry run requires --provision.')
  const provision = new SiteProvision({ ...options, baseUrl: baseUrlOf(baseUrl) })
  const { data, leftOut } = await provision.plan(progress)
  // The ID differs from run to run.
  const named = (name: string) => name.replace(provision.run, 'RUN')
  return [
    `Nothing was created. A run would create on ${baseUrl}, with its own ID instead of RUN:`,
    ...listed(data, named),
    ...leftOut.map(({ role, why }) => `The user ${role} is left out: ${why}.`),
    'After the run all of this is removed, with the tokens, approvals, sessions and failed logins that belong to it.',
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
      'scopes, each with what it grants',
      scopes.map(({ name, permission, grantsRole }) => {
        const role =
          grantsRole === undefined ? 'permissions of its child scopes' : `permissions of the role ${named(grantsRole)}`
        return `${named(name)}: ${permission ?? role}`
      }),
    ),
    ...part(
      'users, each with a role of the same name',
      users.map(({ name, permissions }) => `${named(name)}: ${permissions.join(', ')}`),
    ),
    ...part(
      'roles without permissions that several of them share',
      [...new Set(users.flatMap(({ name, roles }) => Object.keys(roles).filter((role) => role !== name)))].map(named),
    ),
    ...part(
      'consumers',
      clients.map(({ client_id, grantTypes }) => `${named(client_id)}: ${grantTypes.join(', ')}`),
    ),
    '',
  ]
}
