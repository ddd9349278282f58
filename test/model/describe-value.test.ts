import { expect, test } from 'vitest'
import { describeActual, expectedGot, valueText } from '../../helpers/model/describe-value.ts'
import { absent, type Json } from '../../helpers/model/verdict.ts'

test.each<[Json, string]>([
  [3600, '3600 (number)'],
  ['3600', '"3600" (string)'],
  [true, 'true (boolean)'],
  ['true', '"true" (string)'],
  [null, 'null'],
  ['null', '"null" (string)'],
  ['', '"" (string)'],
  [' a', '" a" (string)'],
  ['absent', '"absent" (string)'],
  ['invalid_grant', 'invalid_grant'],
  ['3600 (number)', '"3600 (number)" (string)'],
  ['"3600" (string)', '"\\"3600\\" (string)" (string)'],
  [{ status: 401 }, '{"status":401}'],
  ['{"status":401}', '"{\\"status\\":401}" (string)'],
  [['a'], '["a"]'],
  ['["a"]', '"[\\"a\\"]" (string)'],
])('%j is printed as %s', (value, text) => {
  expect(valueText(value)).toBe(text)
})

test.each<[string, Json, string]>([
  [
    'token.issued',
    { status: 200, issued: ['access_token', 'refresh_token'] },
    '200, issued access_token, refresh_token',
  ],
  ['token.issued', { status: 400, error: 'invalid_scope' }, '400, error "invalid_scope"'],
  ['token.issued', { status: 400, error: 400 }, '400, error 400 (number)'],
  ['token.issued', { status: 400, error: null }, '400, error null'],
  ['token.issued', { status: 400 }, '400, no OAuth error'],
  ['token.issued', { status: 500 }, '500, no OAuth error'],
  ['token.issued', { status: 0 }, 'no response, no OAuth error'],
  ['token.not-offered', { error: 'unauthorized_client' }, 'error "unauthorized_client"'],
  ['authorize.not-offered', { error: null }, 'no OAuth error'],
  ['token.issued', { status: 200, problems: ['/ must be object'] }, '200, not a token response: / must be object'],
  ['first: token.error', { status: 401, error: 'invalid_client' }, '401, error "invalid_client"'],
  ['authorize.issued', { status: 200, page: 'login' }, '200, page: login'],
  ['authorize.issued', { status: 200, page: null }, '200, page: none'],
  [
    'authorize.code',
    { status: 302, redirect: 'client', params: ['code', 'state'] },
    '302, redirected to the client with code, state',
  ],
  [
    'authorize.issued',
    { status: 302, redirect: 'elsewhere', params: [] },
    '302, redirected to a URI that is not registered with no parameters',
  ],
  ['authorize.error', 'unsupported_grant_type', 'unsupported_grant_type'],
  ['authorize.error', absent, 'absent'],
  ['authorize.delivery', { redirected: true }, 'redirected'],
  ['authorize.delivery', { redirected: false }, 'a page'],
  ['authorize.delivery', { redirect: 'none', status: 400 }, 'no redirect, 400'],
  ['authorize.state', { redirect: 'none' }, 'no redirect'],
  ['authorize.state', { redirect: 'client', state: 'changed' }, 'redirected to the client, state changed'],
  ['resource.access', { status: 200 }, '200'],
  ['resource.access', { status: 200, subject: 'another' }, '200, about another user'],
  ['resource.error', { status: 403, error: null }, '403, no error'],
  ['resource.error', { status: 401, error: 'access_denied' }, '401, error="access_denied"'],
  ['access_token.signature', { verified: true }, 'verified'],
  [
    'id_token.signature',
    { verified: false, code: 'ERR_JWKS_NO_MATCHING_KEY' },
    'not verified: ERR_JWKS_NO_MATCHING_KEY',
  ],
  [
    'access_token.signature',
    { verified: false, problems: ['/ must be object'] },
    'no usable key set: / must be object',
  ],
  ['status', 404, '404'],
  ['json.expires_in', 3600, '3600 (number)'],
  ['json.scope', absent, 'absent'],
  ['json.scope', { type: 'array' }, 'an array'],
  ['json.scope', { same: true }, 'the same value'],
  ['json.scope', { same: false }, 'another value'],
  ['json', { found: true }, 'found'],
  ['json', { found: false }, 'not found'],
  ['callback.code', { readable: true }, 'readable'],
  ['callback.code', { readable: false }, 'not readable'],
  ['json', { problems: [] }, 'valid'],
  ['json', { problems: ['/a must be string', '/b must be string'] }, '/a must be string; /b must be string'],
  // Not what the judge writes: a baseline may hold anything, and a claim may look like a statement.
  ['token.issued', 'status 200', 'status 200'],
  ['authorize.delivery', { status: 400 }, '{"status":400}'],
  ['json.x', { found: true, other: 1 }, '{"found":true,"other":1}'],
  ['json.x', {}, '{}'],
])('the actual of %s: %j is "%s"', (path, actual, text) => {
  expect(describeActual({ path, actual })).toBe(text)
})

test('expected and actual in one sentence', () => {
  expect(expectedGot({ path: 'status', expected: '200', actual: 404 })).toBe('expected 200, got 404')
  expect(expectedGot({ path: 'json.expires_in', expected: '3600', actual: '3600' })).toBe(
    'expected 3600, got "3600" (string)',
  )
})
