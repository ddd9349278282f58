import { describe, expect, test } from 'vitest'
import { fact } from '../../helpers/judge/facts.ts'
import type { Outcome } from '../../helpers/judge/outcome.ts'

const origin = 'https://app.example.test'

const answer = (
  headers: readonly (readonly [string, string])[],
  { body = '', url = 'http://127.0.0.1/' }: { body?: string; url?: string } = {},
): Outcome => ({
  kind: 'login',
  exchanges: [],
  last: {
    request: { method: 'GET', url, headers: [['origin', origin]], body: null },
    response: { status: 200, headers: headers.map(([name, value]) => [name, value]), body, truncated: false },
    milliseconds: 1,
  },
  callback: null,
  page: null,
  values: {},
  basic: false,
})

describe('who may read an answer in a browser', () => {
  const allow = (value: string): [string, string] => ['access-control-allow-origin', value]
  const cookies: [string, string] = ['access-control-allow-credentials', 'true']
  test.each<[string, [string, string][]]>([
    ['nobody', []],
    ['nobody', [allow('https://other.example.test'), cookies]],
    ['anyone', [allow('*')]],
    ['anyone', [allow('*'), cookies]],
    ['the origin', [allow(origin)]],
    ['the origin', [allow(origin), ['access-control-allow-credentials', 'TRUE']]],
    ['the origin, with cookies', [allow(origin), cookies]],
  ])('%s: %j', (readers, headers) => {
    expect(fact(answer(headers), 'cors.readers')).toBe(readers)
  })
})

describe('the session cookie', () => {
  const good = 'SSESSabc=1; path=/; Secure; HttpOnly; SameSite=Lax'
  const facts = (cookies: readonly string[], url = 'https://site.example/'): unknown[] => {
    const outcome = answer(
      cookies.map((cookie) => ['set-cookie', cookie] as const),
      { url },
    )
    return ['cookie.http-only', 'cookie.same-site', 'cookie.secure'].map((path) => fact(outcome, path))
  }
  test('is read by its attributes', () => {
    expect(facts([good])).toEqual([true, 'lax', true])
    expect(facts(['SSESSabc=1; path=/; samesite=None'])).toEqual([false, 'none', false])
  })
  test('is distinguished from other cookies by its name', () => {
    expect(facts(['lang=de; path=/', good, 'seen=1'])).toEqual([true, 'lax', true])
    expect(facts(['lang=de; path=/', 'seen=1'])).toEqual([undefined, undefined, undefined])
    expect(facts(['sid=1; HttpOnly'])).toEqual([true, undefined, false])
  })
  test('need not be secure on a site that is served by http', () => {
    expect(facts([good], 'http://127.0.0.1/')).toEqual([true, 'lax', undefined])
  })
})

test('a referrer policy is in a header or in the page, and of several the last counts', () => {
  expect(fact(answer([['referrer-policy', 'no-referrer, strict-origin']]), 'referrer-policy')).toBe('strict-origin')
  expect(fact(answer([], { body: '<meta name="referrer" content="origin">' }), 'referrer-policy')).toBe('origin')
  expect(fact(answer([]), 'referrer-policy')).toBeUndefined()
})
