import { describe, expect, test } from 'vitest'
import { deriveControl, expectsRefusal } from '../../helpers/contract/derive-control.ts'
import * as c from '../../helpers/contract/index.ts'
import type { Step } from '../../helpers/oauth/steps.ts'

const token = c.ref('flow.access_token')
const derived: readonly (readonly [string, readonly Step[], readonly Step[] | null])[] = [
  ['every difference of the last step', [c.codeGrant({ token: { code: 'x' }, verifier: null })], [c.codeGrant()]],
  ['its client, too', [c.clientCredentials({ client: 'machine', secret: 'x' })], [c.clientCredentials()]],
  [
    'a grant in two steps is one',
    [c.authorize({ as: 'a' }), c.exchange('a', { params: { code: 'x' } })],
    [c.codeGrant()],
  ],
  [
    'with what leads there',
    [c.authorize({ as: 'a', params: { scope: 'x' } }), c.exchange('a', { secret: '' })],
    [c.codeGrant({ authorize: { scope: 'x' } })],
  ],
  ['the code of a whole grant', [c.codeGrant({ as: 'a' }), c.exchange('a')], [c.codeGrant()]],
  [
    'time passes for no control',
    [c.authorize({ as: 'a' }), c.wait('code-expiry', 'a'), c.exchange('a')],
    [c.codeGrant()],
  ],
  [
    'nor is the site changed',
    [c.codeGrant({ as: 'flow' }), c.site('keys.replace'), c.resource(token)],
    [c.codeGrant({ as: 'flow' }), c.resource(token)],
  ],
  [
    'nor is a token revoked',
    [c.codeGrant({ as: 'flow' }), c.revoke(token), c.resource(token)],
    [c.codeGrant({ as: 'flow' }), c.resource(token)],
  ],
  [
    'who asks about a token has credentials',
    [c.codeGrant({ as: 'flow' }), c.introspect(token, { caller: token, credentials: 'none' })],
    [c.codeGrant({ as: 'flow' }), c.introspect(token, { caller: token })],
  ],
  [
    'what must be refused on the way is left out',
    [c.codeGrant({ as: 'a' }), c.exchange('a', { expect: c.refused('invalid_grant') }), c.refresh('a')],
    [c.codeGrant({ as: 'a' }), c.refresh('a')],
  ],
  [
    'what is judged on the way is taken correctly',
    [c.authorize({ as: 'a', params: { x: 'y' }, expect: c.notGranted() }), c.jwks(), c.authorize({ method: 'POST' })],
    [c.authorize()],
  ],
  [
    'steps that nothing refers to are left out',
    [c.codeGrant({ as: 'flow' }), c.jwks({ as: 'keys' }), c.resource('forged')],
    [c.codeGrant({ as: 'flow' }), c.resource(token)],
  ],
  [
    'the token of the last grant opens',
    [
      c.clientCredentials({ as: 'flow' }),
      c.resource(c.tampered('flow.access_token', 'cut'), { scheme: 'JWT', at: 'userinfo' }),
    ],
    [c.clientCredentials({ as: 'flow' }), c.resource(token, { at: 'userinfo' })],
  ],
  ['an earlier step is the control', [c.codeGrant({ as: 'a' }), c.refresh('a', { as: 'b' }), c.refresh('a')], []],
  ['whatever the last one changes', [c.authorize(), c.authorize({ decision: 'stop', user: 'author' })], []],
  [
    'not where another client takes it',
    [c.clientCredentials({ client: 'machine' }), c.clientCredentials({ secret: 'x' })],
    [c.clientCredentials()],
  ],
  [
    'of several at once, one',
    [c.codeGrant({ as: 'a' }), c.race(c.refresh('a'), 4)],
    [c.codeGrant({ as: 'a' }), c.refresh('a')],
  ],
  ['none where nothing is changed', [c.authorize()], null],
  ['none of a resource without a token', [c.resource(null)], null],
  ['none of a document', [c.document('/')], null],
]

describe('a control is derived', () => {
  test.each(derived)('%s', (_, steps, control) => {
    expect(deriveControl(steps)).toEqual(control)
  })
})

const before: readonly (readonly [string, readonly Step[], readonly Step[], readonly Step[] | null])[] = [
  [
    'takes the steps before an upgrade again',
    [c.codeGrant({ as: 'kept' }), c.wait('access-token-expiry', 'kept')],
    [c.resource(c.ref('kept.access_token'))],
    [c.codeGrant({ as: 'kept' }), c.resource(c.ref('kept.access_token'))],
  ],
  [
    'even where a step before it was the correct one',
    [c.codeGrant({ as: 'first' }), c.refresh('first', { as: 'second' })],
    [c.refresh('first')],
    [c.codeGrant({ as: 'first' }), c.refresh('first')],
  ],
  ['a grant that began before it is one', [c.authorize({ as: 'kept' })], [c.exchange('kept')], [c.codeGrant()]],
  ['none where nothing is changed after it', [c.authorize({ expect: c.notGranted() })], [c.authorize()], null],
]

describe('a control of a case about an upgrade', () => {
  test.each(before)('%s', (_, earlier, when, control) => {
    expect(deriveControl(when, { before: earlier })).toEqual(control)
  })
})

describe('where nothing differs but the user', () => {
  const flow = [c.codeGrant({ as: 'flow' }), c.resource(token)]

  test('who lacks a permission, the default user takes the steps', () => {
    expect(deriveControl([c.authorize()], { user: 'member' })).toEqual([c.authorize({ user: 'editor' })])
    expect(deriveControl(flow, { user: 'author' })).toEqual([
      c.codeGrant({ as: 'flow', user: 'editor' }),
      c.resource(token),
    ])
    expect(
      deriveControl([c.authorize()], { user: 'member', before: [c.authorize({ expect: c.notGranted() })] }),
    ).toEqual([c.authorize({ user: 'editor' })])
  })

  test('but lacks none, there is no control', () => {
    expect(deriveControl(flow, { user: 'otherEditor' })).toBeNull()
    expect(deriveControl([c.clientCredentials()], { user: 'member' })).toBeNull()
  })

  test('any other difference leaves the user as it is', () => {
    expect(deriveControl([c.authorize({ verifier: null })], { user: 'author' })).toEqual([c.authorize()])
  })
})

test.each([
  ['a refusal', [c.refused('invalid_grant')], true],
  ['among others', [c.holds({}), c.denied('absent')], true],
  ['a client error', [c.holds({ status: c.between(400, 499) })], true],
  ['a failed login', [c.holds({ 'login.accepted': c.equals(false) })], true],
  ['any answer', [c.holds({ status: c.between(200, 499) })], false],
  ['a success', [c.granted(), c.holds({ 'login.accepted': c.equals(true) })], false],
] as const)('%s expects a refusal, or not', (_, then, is) => {
  expect(expectsRefusal(then)).toBe(is)
})
