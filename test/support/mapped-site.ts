import { writeFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import type { ClientRole } from '../../fixtures/roles.ts'
import { referenceTarget, type ReferenceTargetOptions } from '../../helpers/targets/reference-target.ts'
import type { TargetInfo } from '../../helpers/model/target.ts'
import type { Place } from './command.ts'

/** The reference server as an existing site; stopped after the test. */
export async function runningSite(options: Partial<ReferenceTargetOptions> = {}): Promise<TargetInfo> {
  const target = referenceTarget({ profile: 'simple-oauth-6.0', ...options })
  onTestFinished(() => {
    target.stop()
  })
  return target.start(() => undefined)
}

const variable = (role: string): string => `SECRET_OF_${role}`

/** Variables that a site file of these roles names. */
export function secretsOf({ clients, users }: TargetInfo): Record<string, string> {
  const secrets: Record<string, string> = {}
  for (const { role, client_secret = '' } of Object.values(clients)) secrets[variable(role)] = client_secret
  for (const { role, password = '' } of Object.values(users)) secrets[variable(role)] = password
  return secrets
}

/** Members of a site file that map some roles of a site. */
export function mapping(
  site: TargetInfo,
  roles: readonly ClientRole[],
  users: readonly 'editor'[] = ['editor'],
): object {
  return {
    scopes: site.scopes,
    users: Object.fromEntries(
      users.map((role) => [role, { name: site.users[role]?.name, password: `\${${variable(role)}}` }]),
    ),
    clients: Object.fromEntries(
      roles.map((role) => {
        const {
          client_id,
          client_secret,
          redirectUris,
          accessTokenLifetime,
          grantTypes = [],
        } = site.clients[role] ?? {}
        return [
          role,
          {
            ...{ client_id, accessTokenLifetime },
            ...(client_secret === undefined ? {} : { client_secret: `\${${variable(role)}}` }),
            ...(grantTypes.includes('authorization_code') ? { redirectUris } : {}),
          },
        ]
      }),
    ),
  }
}

/** JSON is YAML; spread over lines, so that places differ. */
export function writeSite(place: Place, content: object, name = 'site.yaml'): void {
  writeFileSync(place.at(name), JSON.stringify(content, null, 2))
}
