import { describe, expect, test } from 'vitest'
import * as expected from '../../helpers/judge/expectation.ts'
import type { Expectation } from '../../helpers/judge/expectation.ts'
import type { Outcome } from '../../helpers/judge/outcome.ts'
import { missingPrerequisite } from '../../helpers/judge/prerequisite.ts'
import { answered, page, redirected, tokenResponse } from '../support/outcomes.ts'

const { holds, absent, equals, granted, signedBy, codeIssued, refusedByRedirect, matching } = expected
const refusal = answered(401, { error: 'invalid_client', error_description: 'Client authentication failed' })
const broken = page(500, 'error', { error: 'server_error', error_description: 'Hash salt too short' })
const words = 'got 401, error "invalid_client": Client authentication failed'

describe('what is missing', () => {
  test.each<[string, readonly Expectation[], Outcome, string]>([
    ['a claim without a token', [holds({ 'access_token.claims.sub': absent() })], refusal, `no-token ${words}`],
    [
      'a token, where it may leave out what is judged with its response',
      [
        holds({ 'access_token.lifetime': equals(60) }, { ifPresent: 'access_token.lifetime' }),
        holds({ 'json.expires_in': equals(60) }),
      ],
      refusal,
      `no-token ${words}`,
    ],
    ['a signature without a token', [signedBy('keys')], refusal, `no-token ${words}`],
    [
      'a claim of an id_token',
      [granted(), holds({ 'id_token.claims.nonce': matching('.', 'a code') })],
      tokenResponse({}),
      'no-token got 200',
    ],
    ['a refresh token', [holds({ 'refresh_token.claims': absent() })], tokenResponse({}), 'no-token got 200'],
    [
      'claims of a string that is not a JWT',
      [holds({ 'access_token.claims': expected.without('@', 'an at sign') })],
      answered(200, { access_token: 'opaque' }),
      'no-token got a string that is not one',
    ],
    [
      'a code',
      [holds({ 'callback.code': matching('.', 'a code') })],
      broken,
      'no-code got 500, error "server_error", page: error: Hash salt too short',
    ],
    [
      'a code of a redirect with an error',
      [holds({ 'callback.code': matching('.', 'a code') })],
      redirected({ error: 'access_denied' }),
      'no-code got a redirect with error (error "access_denied")',
    ],
    ['a redirect', [holds({ 'callback.state': absent() })], page(200, 'login'), 'no-redirect got 200, page: login'],
    [
      'the consent form',
      [holds({ page: equals('consent'), 'header.access-control-allow-origin': absent() })],
      page(404, 'error'),
      'no-consent-form got 404, page: error',
    ],
  ])('%s', (_name, then, outcome, said) => {
    const missing = missingPrerequisite(then, outcome)
    expect(`${missing?.cause ?? ''} ${missing?.message.replace(/^.*(?=got )/u, '') ?? ''}`).toBe(said)
  })
})

describe('nothing is missing where the contract itself turns red', () => {
  test.each<[string, readonly Expectation[], Outcome]>([
    ['no token response', [granted(), holds({ 'access_token.claims.sub': matching('.', 'a code') })], refusal],
    [
      'no id_token',
      [granted(), holds({ 'json.id_token': matching('.', 'a code'), 'id_token.claims.sub': matching('.', 'a code') })],
      tokenResponse({}),
    ],
    [
      'a token that is not signed as one',
      [signedBy('keys'), holds({ 'access_token.header.alg': equals('RS256') })],
      answered(200, { access_token: 'opaque' }),
    ],
    [
      'no `expires_in` beside a token that shows no lifetime',
      [
        holds({ 'access_token.lifetime': equals(60) }, { ifPresent: 'access_token.lifetime' }),
        holds({ 'json.expires_in': equals(60) }),
      ],
      answered(200, { access_token: 'opaque' }),
    ],
    [
      'a refusal that the contract allows, where a claim would be judged',
      [
        holds({ status: expected.between(200, 499) }),
        holds({ 'access_token.claims.iss': equals('x') }, { ifPresent: 'access_token.claims.iss' }),
      ],
      refusal,
    ],
    ['no code', [codeIssued(), holds({ 'callback.code': matching('.', 'a code') })], broken],
    ['no redirect', [refusedByRedirect('access_denied'), holds({ 'callback.iss': matching('.', 'a code') })], broken],
    ['another page, which alone is judged', [holds({ page: equals('consent') })], page(200, 'login')],
  ])('%s', (_name, then, outcome) => {
    expect(missingPrerequisite(then, outcome)).toBeNull()
  })

  test('nor where everything is there', () => {
    const then = [signedBy('keys'), holds({ 'access_token.claims.sub': matching('.', 'a code'), status: equals(200) })]
    expect(missingPrerequisite(then, tokenResponse({ sub: '1' }))).toBeNull()
    expect(
      missingPrerequisite([holds({ 'callback.code': matching('.', 'a code') })], redirected({ code: 'c' })),
    ).toBeNull()
  })
})
