import { expect, test } from 'vitest'
import { aboutUser } from '../../helpers/judge/about-user.ts'
import { judge } from '../../helpers/judge/judge.ts'
import * as expected from '../../helpers/judge/expectation.ts'
import type { Outcome } from '../../helpers/judge/outcome.ts'
import { answered, context } from '../support/outcomes.ts'

const mine = { uid: '7', name: 'alice', mail: 'alice@example.test' }
const others = [{ uid: '8', name: 'bob', mail: 'bob@example.test' }, { name: 'carol' }]

test.each([
  ['claims of the user', 200, { sub: '7', name: 'alice', email: 'alice@example.test' }, { ok: true }],
  ['rejected', 403, { message: 'no' }, { ok: true }],
  ['an answer about nobody', 200, { name: 'alice' }, { ok: false, actual: { status: 200, missing: ['sub'] } }],
  ['a page', 200, '<html>', { ok: false, actual: { status: 200, missing: ['sub'] } }],
  ['another subject', 200, { sub: '8' }, { ok: false, granted: true, actual: { status: 200, wrong: ['sub'] } }],
  ['a number instead of the ID', 200, { sub: 7 }, { ok: false, granted: true }],
  [
    "another's name and address beside the right subject",
    200,
    { sub: '7', preferred_username: 'carol', email: 'bob@example.test' },
    { ok: false, granted: true, actual: { status: 200, wrong: ['email', 'preferred_username'] } },
  ],
])('UserInfo: %s', (_, status, body, finding) => {
  expect(aboutUser(answered(status, body), mine, others)).toMatchObject({ path: 'userinfo.user', ...finding })
})

test('without a known ID, a user only must not be somebody else', () => {
  const known = { name: 'alice' }
  expect(aboutUser(answered(200, { sub: 'a-uuid' }), known, others).ok).toBe(true)
  expect(aboutUser(answered(200, { sub: '8' }), known, others)).toMatchObject({ ok: false, granted: true })
})

test('a subject that is not a Drupal ID has to be that of the token', () => {
  const jwt = (sub: string) =>
    `${['{"alg":"RS256"}', JSON.stringify({ sub })].map((part) => Buffer.from(part).toString('base64url')).join('.')}.x`
  const asked = (sub: string): Outcome => {
    const { last, ...outcome } = answered(200, { sub: 'a-uuid' })
    if (!last) throw new Error('no answer')
    const headers = [['authorization', `Bearer ${jwt(sub)}`]] as const
    return { ...outcome, last: { ...last, request: { ...last.request, headers } } }
  }
  expect(aboutUser(asked('a-uuid'), mine, others).ok).toBe(true)
  expect(aboutUser(asked('another-uuid'), mine, others)).toMatchObject({ ok: false, granted: true })
})

test('the values of the claims are not in the finding', () => {
  const finding = aboutUser(answered(200, { sub: '8', email: 'bob@example.test' }), mine, others)
  expect(JSON.stringify(finding)).not.toMatch(/bob/u)
})

test.each([
  [403, true],
  [401, true],
  [400, true],
  [404, false],
  [500, false],
])('a resource that answers %i without a challenge stays closed: %s', async (status, ok) => {
  const findings = await judge(expected.notOpened(), answered(status, {}), context())
  expect(findings).toEqual([expect.objectContaining({ path: 'resource.access', ok, severity: 'high' })])
  expect(findings[0]?.granted).toBeUndefined()
})

test.each([200, 204])('a resource that answers %i is opened', async (status) => {
  const [finding] = await judge(expected.notOpened(), answered(status, {}), context())
  expect(finding).toMatchObject({ ok: false, granted: true })
})

test('a resource that redirects is not opened, and clients get no error', async () => {
  const [finding] = await judge(expected.notOpened(), answered(302, {}), context())
  expect(finding).toMatchObject({ path: 'resource.redirect', ok: false, level: 'SHOULD' })
  expect(finding?.granted).toBeUndefined()
})
