import type { ClientFixture, ScopeFixture } from '../../../fixtures/roles.ts'

/** What a scope has to be like for its role, in the words of Drupal's form. */
export function scopeWords({ grantTypes, permission, roleOf, parent }: ScopeFixture): string {
  const opens =
    permission !== undefined
      ? `gives the permission "${permission}"`
      : roleOf !== undefined
        ? `of granularity "role": gives what the role of the user ${roleOf} may`
        : 'an umbrella scope'
  return `${opens}${parent === undefined ? '' : `, below the scope of the role ${parent}`}; grants: ${grantTypes.join(', ')}`
}

/** The settings of a consumer that make it fit for its role, in the words of Drupal's form. */
export function consumerSettings(client: ClientFixture): string[] {
  const codes = client.grantTypes.includes('authorization_code')
  const onOff = (on: boolean | undefined): string => (on ? 'on' : 'off')
  return [
    ...(client.label === undefined ? [] : [`Label ${client.label}`]),
    `Is confidential ${onOff(client.confidential)}`,
    ...(codes
      ? [
          `Use PKCE ${onOff(client.pkce)}`,
          `Automatic authorization ${onOff(client.automaticAuthorization)}`,
          `Remember previous approval ${onOff(client.rememberApproval)}`,
        ]
      : [
          client.scopes.length > 0 ? `Scopes those of ${client.scopes.join(', ')}` : 'no Scopes',
          client.user === undefined ? 'no User' : `a User who may what ${client.user} may`,
        ]),
    `grant types ${client.grantTypes.join(', ')}`,
  ]
}
