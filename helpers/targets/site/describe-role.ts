import type { ClientFixture, ScopeFixture } from '../../../fixtures/roles.ts'

/** The settings that a scope needs for its role, with the labels of Drupal's form. */
export function scopeWords({ grantTypes, permission, roleOf, group, parent }: ScopeFixture): string {
  const kind =
    permission !== undefined
      ? `granularity "permission" with the permission "${permission}"`
      : roleOf !== undefined
        ? `granularity "role" with the Drupal role of the user ${roleOf}`
        : group !== undefined
          ? `granularity "role" with a Drupal role without permissions that every user with ${group} has`
          : 'umbrella scope'
  return `${kind}${parent === undefined ? '' : `, child of the scope mapped as ${parent}`}; grant types: ${grantTypes.join(', ')}`
}

/** Whether a consumer has a secret in this role. */
export const hasSecret = ({ confidential, withoutSecret }: ClientFixture): boolean =>
  confidential && withoutSecret !== true

/** The settings that a consumer needs for its role, with the labels of Drupal's form. */
export function consumerSettings(client: ClientFixture): string[] {
  const codes = client.grantTypes.includes('authorization_code')
  const onOff = (on: boolean | undefined): string => (on ? 'on' : 'off')
  return [
    ...(client.label === undefined ? [] : [`the label ${client.label}`]),
    `"Is Confidential?" ${onOff(client.confidential)}`,
    ...(client.withoutSecret ? ['no secret'] : []),
    ...(codes
      ? [
          `"Use PKCE?" ${onOff(client.pkce)}`,
          `"Automatic authorization" ${onOff(client.automaticAuthorization)}`,
          `"Remember previous approval" ${onOff(client.rememberApproval)}`,
        ]
      : [
          client.scopes.length > 0 ? `the scopes mapped as ${client.scopes.join(', ')}` : 'no scopes',
          client.user === undefined ? 'no user' : `a user with the permissions of ${client.user}`,
        ]),
    `grant types ${client.grantTypes.join(', ')}`,
  ]
}
