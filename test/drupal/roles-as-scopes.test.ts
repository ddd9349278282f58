import { describe, expect, test } from 'vitest'
import { clients, scopes, users, type ClientRole, type ScopeRole, type UserRole } from '../../fixtures/roles.ts'
import { namedForRun, provisionData, withoutContent } from '../../helpers/drupal/provision.ts'
import { asRoles } from '../../helpers/drupal/roles-as-scopes.ts'

const lifetimes = { accessTokenLifetime: 300, refreshTokenLifetime: 1_209_600 }
const data = provisionData({ random: () => '' })
const fitted = asRoles(data, lifetimes)
const scopeOf = (role: ScopeRole) => fitted.scopes.find((scope) => scope.role === role)?.name
const rolesOf = (role: UserRole) => fitted.users.find((user) => user.role === role)?.roles ?? {}
const clientOf = (role: ClientRole) => fitted.clients.find((client) => client.role === role)

describe('the fixtures for Simple OAuth 5.2', () => {
  test('have roles as scopes, named as roles can be, and leave out scopes that no role can be', () => {
    expect(scopeOf('debug')).toBe('contract_debug')
    expect(scopeOf('role')).toBe('contract_editor')
    expect(scopeOf('groupA')).toBe('contract_group_a')
    expect(fitted.scopes.every(({ name }) => /^[a-z0-9_]{1,64}$/.test(name))).toBe(true)
    expect(scopeOf('contentCreate')).toBe('contract_create')
    const left = Object.entries(scopes).filter(
      ([, { requires = 'resource.jsonapi' }]) => requires !== 'resource.jsonapi',
    )
    expect(left.map(([role]) => scopeOf(role as ScopeRole))).toEqual(left.map(() => undefined))
    expect(fitted.scopes).toHaveLength(Object.keys(scopes).length - left.length)
  })

  test('give every user the roles of the scopes whose permission the user has, and no other', () => {
    expect(rolesOf('author')).toMatchObject({ contract_content: ['access content'] })
    expect(rolesOf('author')).not.toHaveProperty('contract_debug')
    expect(rolesOf('administrator')).toMatchObject({ contract_debug: ['debug simple_oauth tokens'] })
    for (const { role, roles } of fitted.users) {
      const { permissions, admin } = users[role]
      if (admin === undefined) expect([...new Set(Object.values(roles).flat())].sort()).toEqual([...permissions].sort())
    }
  })

  test('have the lifetimes of the site, one redirect URI, and no scope that is left out', () => {
    expect(clientOf('shortLived')).toMatchObject(lifetimes)
    expect(clientOf('severalRedirects')?.redirectUris).toEqual(clients.severalRedirects.redirectUris.slice(0, 1))
    expect(clientOf('machine')).toMatchObject({
      scopes: ['contract_debug', 'contract_content'],
      redirectUris: [expect.any(String)],
    })
    expect(clientOf('publicPkce')?.requests).toEqual(['contract_debug', 'contract_content'])
  })

  test('keep names that belong to one run', () => {
    const text = JSON.stringify(asRoles(namedForRun(withoutContent(data), '0123456789ab'), lifetimes))
    expect(text.match(/contract[_:]\w*/g)?.filter((name) => !name.startsWith('contract_0123456789ab'))).toEqual([])
  })
})
