import { beforeAll, describe, expect, test } from 'vitest'
import type { Check } from '../../helpers/contract/case.ts'
import { skipReason } from '../../helpers/contract/skip-reason.ts'
import type { Role, SkipReason } from '../../helpers/model/reason.ts'
import { provisionData, targetRoles } from '../../helpers/drupal/provision.ts'
import type { TargetInfo } from '../../helpers/model/target.ts'
import { capabilities, type Capability } from '../../fixtures/capabilities.ts'
import { allChecks } from '../mutation/run-against.ts'

let checks: readonly Check[]
beforeAll(async () => {
  checks = await allChecks()
})

const data = provisionData()
const everything: TargetInfo = {
  label: 'site',
  baseUrl: 'http://127.0.0.1',
  versions: {},
  capabilities: Object.keys(capabilities) as Capability[],
  endpoints: { authorize: '', token: '', jwks: '', resource: '', userinfo: '', login: '' },
  ...targetRoles(data, Object.fromEntries(data.users.map(({ name }, index) => [name, String(index + 2)]))),
  workers: 1,
  demonstration: false,
  mapped: true,
}
const without = (...absent: Capability[]): TargetInfo => ({
  ...everything,
  capabilities: everything.capabilities.filter((capability) => !absent.includes(capability)),
})

/** Why each skipped contract is skipped. */
const reasons = (target: TargetInfo): Record<string, SkipReason> =>
  Object.fromEntries(
    checks.flatMap((check) => {
      const reason = skipReason(check, target)
      return reason === null ? [] : [[check.contract, reason]]
    }),
  )

const distinct = (found: Record<string, SkipReason>): SkipReason[] =>
  [...new Set(Object.values(found).map((reason) => JSON.stringify(reason)))].map(
    (text) => JSON.parse(text) as SkipReason,
  )
const unmapped = (...roles: [Role, ...Role[]]): SkipReason => ({ kind: 'unmapped', roles })

test('what the clients and scopes of a check need is skipped by name', () => {
  const needs = (capability: Capability): string[] => {
    const found = reasons(without(capability))
    const one = { kind: 'capability', capability }
    expect(distinct(found)).toEqual([one])
    return Object.keys(found)
  }
  expect(needs('consumer.redirect-uris')).toEqual(expect.arrayContaining(['authorize.redirect-uri-several']))
  expect(needs('consumer.lifetimes')).toEqual(expect.arrayContaining(['code.expired', 'refresh.expired']))
  expect(needs('scope.umbrella')).toEqual(['scope.umbrella', 'scope.child-alone', 'scope.machine-umbrella'])
  expect(needs('consent.deny')).toEqual(['consent.denial-asked-again', 'authorize.issuer-advertised', 'consent.denied'])
})

describe('on a third-party site', () => {
  test('nothing is skipped where everything is mapped and allowed', () => {
    expect(reasons(everything)).toEqual({})
  })

  test('what is not mapped is skipped by name, and nothing else is', () => {
    const { machine: _, ...clients } = everything.clients
    const found = reasons({ ...everything, clients })
    expect(found['client-credentials.wrong-secret']).toEqual(unmapped('client machine'))
    expect(found['code.replay']).toBeUndefined()
    expect(distinct(found)).toEqual([unmapped('client machine')])
  })

  test('a user and a scope are named, too', () => {
    const { member: _, ...users } = everything.users
    const alone = reasons({ ...everything, users })
    expect(alone['consent.permission']).toEqual(unmapped('user member'))
    expect(distinct(alone)).toEqual([unmapped('user member')])
    const { profiles: __, ...scopes } = everything.scopes
    expect(distinct(reasons({ ...everything, scopes }))).toEqual([unmapped('scope profiles')])
  })

  test('contracts that need no mapping run without one', () => {
    const bare = reasons({ ...everything, clients: {}, users: {}, scopes: {} })
    const free = checks.filter(({ contract }) => !(contract in bare)).map(({ contract }) => contract)
    expect(free).toContain('access-token.keys-public')
    expect(free).not.toContain('code.replay')
  })

  test('a consumer without a grant skips what needs that grant', () => {
    const publicPkce = everything.clients.publicPkce
    if (!publicPkce) throw new Error('the role is missing')
    const clients = {
      ...everything.clients,
      publicPkce: { ...publicPkce, grantTypes: ['authorization_code'] as const },
    }
    const found = reasons({ ...everything, clients })
    expect(found['refresh.reuse']).toEqual({ kind: 'no-grant', client: 'publicPkce', grant: 'refresh_token' })
    expect(found['code.replay']).toBeUndefined()
  })

  test('nobody logs in twice unless the owner allows it', () => {
    const found = reasons(without('site.stress'))
    expect(found['authorize.code-issued']).toEqual({ kind: 'needs-stress' })
    expect(found['code.replay']).toBeUndefined()
  })

  test('a user without a password never has to type it', () => {
    const editor = { role: 'editor', name: 'editor', cookie: 'SESSabc=def' } as const
    expect(reasons({ ...everything, users: { ...everything.users, editor } })).toMatchObject({
      'authorize.code-issued': { kind: 'no-password', user: 'editor' },
    })
  })

  test('a proxy that takes the Authorization header skips what needs it', () => {
    const found = reasons({ ...everything, takesAuthorization: true })
    expect(found['bearer.forged']).toEqual({ kind: 'authorization-header-taken' })
    expect(found['code.replay']).toBeUndefined()
  })
})

test('where users of our own were provisioned, they log in again and again, and one left out is named', () => {
  const { member: _, ...users } = everything.users
  const found = reasons({ ...without('site.stress', 'site.control'), provisioned: true, users })
  expect(found['consent.permission']).toEqual({ kind: 'not-provisioned', roles: ['user member'] })
  expect(distinct(found)).toHaveLength(3)
  expect(distinct(found)).toEqual(
    expect.arrayContaining([
      { kind: 'not-provisioned', roles: ['user member'] },
      { kind: 'capability', capability: 'site.control' },
      { kind: 'needs-stress' },
    ]),
  )
  const own = reasons({ ...without('site.stress', 'site.control'), provisioned: true })
  const foreign = reasons(without('site.stress', 'site.control'))
  expect(Object.keys(own).length).toBeLessThan(Object.keys(foreign).length)
})

test('on a target of our own only an absent capability skips', () => {
  const { mapped: _, ...own } = without('jwks')
  expect(distinct(reasons({ ...own, clients: {}, users: {}, scopes: {} }))).toEqual([
    { kind: 'capability', capability: 'jwks' },
  ])
})
