import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { collect } from '../../helpers/plan/collect.ts'
import { formerActual } from '../../helpers/plan/former-actual.ts'
import { readKnownIssues } from '../../helpers/plan/known-issues.ts'
import { migrateBaseline } from '../../helpers/plan/migrate-baseline.ts'
import type { Matcher } from '../../helpers/judge/expectation.ts'
import { absent, type Json } from '../../helpers/model/verdict.ts'

const { checks } = await collect()

function written(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'baseline.yaml')
  writeFileSync(file, text)
  return file
}

const rest = `
  versions: { simple_oauth: '>=6.0.0 <6.2.0' }
  reason: The library answers so.
  source: https://example.org/issue/1
`

/** As 0.1.0 wrote it, with everything YAML allows around a value. */
const former = `# Differences of our site.
- contract: code.replay-revokes   # tracked
  path: resource.access
  actual: status 200, application/json # seen in May${rest}  owner: me
  until: '2099-01-01'

-   contract: 'refresh.reuse-ends-grant'
    path: token.issued
    actual: 'status 200, issued: access_token, refresh_token'
    versions: {simple_oauth: "*"}
    reason: >
      A rotated refresh token
      is rejected.
    source: here
- contract: bearer.missing
  path: resource.error
  actual: &none { status: 403, error: absent }${rest}
- contract: bearer.in-query
  path: resource.error
  actual: *none${rest}
- contract: refresh.code-as-refresh-token
  path: token.issued
  actual: >-
    status 500, text/html,
    no JSON object${rest}
- contract: code.other-client
  path: token.error
  actual: { status: 400,   error: invalid_request } # of the present form${rest}
# the end
`

const migrated = former
  .replace('status 200, application/json #', '{ status: 200 } #')
  .replace(
    "'status 200, issued: access_token, refresh_token'",
    '{ status: 200, issued: [access_token, refresh_token] }',
  )
  .replace('{ status: 403, error: absent }', '{ status: 403, error: null }')
  .replace('*none', '{ status: 403, error: null }')
  .replace('>-\n    status 500, text/html,\n    no JSON object', '{ status: 500 }')
  .replaceAll("simple_oauth: '>=6.0.0 <6.2.0'", 'simple_oauth: { seen: [], assumed: ">=6.0.0 <6.2.0" }')
  .replace('{simple_oauth: "*"}', '{simple_oauth: { seen: [], assumed: "*" }}')
  .replace(/^- contract: .*$/gmu, '$&\n  kind: difference')
  .replace(/^- {3}contract: .*$/gmu, '$&\n    kind: difference')
  // Only what was granted needed an owner.
  .replace('kind: difference', 'kind: weakness')

test('a baseline of version 0.1.0 is rewritten in place: its values, and nothing else', () => {
  const file = written(former)
  expect(migrateBaseline(file, checks)).toBe(`${file}: 6 entries migrated, 0 unchanged.`)
  expect(readFileSync(file, 'utf8')).toBe(migrated)
  expect(readKnownIssues(file, checks).map(({ actual }) => actual)).toEqual([
    { status: 200 },
    { status: 200, issued: ['access_token', 'refresh_token'] },
    { status: 403, error: null },
    { status: 403, error: null },
    { status: 500 },
    { status: 400, error: 'invalid_request' },
  ])
})

test('one that is up to date is not touched', () => {
  const file = written(migrated)
  expect(migrateBaseline(file, checks)).toBe(`${file} is up to date.`)
  expect(readFileSync(file, 'utf8')).toBe(migrated)
})

test('entries in flow style, with a kind, or that accept drift', () => {
  const flow =
    "- { contract: bearer.missing, path: p, actual: 1, versions: { simple_oauth: '*' }, reason: Because it is so., source: here }\n"
  const drift =
    '- { drift: a change, contracts: [bearer.missing], reason: We wanted it so, owner: me, until: 2099-01-01 }\n'
  const kind = flow.replace('path', 'kind: difference, path')
  const file = written(flow + drift + kind)
  expect(migrateBaseline(file, checks)).toBe(`${file}: 2 entries migrated, 1 unchanged.`)
  const now = kind.replace("'*'", '{ seen: [], assumed: "*" }')
  expect(readFileSync(file, 'utf8')).toBe(now + drift + now)
})

test('a run refuses the former form with the place and the command', () => {
  const file = written(former)
  expect(() => readKnownIssues(file, checks)).toThrow(
    `${file}:2:3: kind is missing: weakness for something issued, opened or disclosed, else difference. Run: simple-oauth-contract baseline migrate ${file}`,
  )
})

test('a run refuses a former value in a current entry', () => {
  const file = written(migrated.replace('{ status: 200 } #', '{ status: 200, type: application/json } #'))
  expect(() => readKnownIssues(file, checks)).toThrow(
    `${file}:5:11: the value is in the form of an earlier version. Run: simple-oauth-contract baseline migrate ${file}`,
  )
})

test('a value that was never reported is refused, and the file stays as it was', () => {
  const text = former.replace('status 200, application/json', 'status OK')
  const file = written(text)
  expect(() => migrateBaseline(file, checks)).toThrow(
    `${file}:4:11: no version has reported this value. Copy the value from report.json.`,
  )
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('a value that comes from a merge key is refused', () => {
  const [first = ''] = former.split('\n-   ')
  const file = written(
    `${first.replace('- contract', '- &first\n  contract')}- <<: *first\n  contract: bearer.several-tokens\n`,
  )
  expect(() => migrateBaseline(file, checks)).toThrow(`${file}: entry 2 has no "actual" of its own. Write it out.`)
})

const matcher = (is: Matcher['is']): Matcher[] => [{ is } as Matcher]

test.each<[string, Json, Matcher[], Json]>([
  ['token.issued', 'status 400, error "invalid_scope": string', [], { status: 400, error: 'invalid_scope' }],
  ['token.issued', 'status 400, error "a \\"b\\"": string', [], { status: 400, error: 'a "b"' }],
  ['token.issued', 'status 400, error 400: integer', [], { status: 400, error: 400 }],
  ['token.issued', 'status 400, error {"a":[1]}: object', [], { status: 400, error: { a: [1] } }],
  ['token.issued', 'status 400, error null: null', [], { status: 400, error: null }],
  ['token.issued', 'status 400, error null: absent', [], { status: 400 }],
  ['token.issued', 'status 302, no content type, no JSON object', [], { status: 302 }],
  [
    'token.issued',
    'status 200, not a token response: / must be object; and so on',
    [],
    { status: 200, problems: ['/ must be object', 'and so on'] },
  ],
  ['first: token.issued', 'status 200, issued: access_token', [], { status: 200, issued: ['access_token'] }],
  ['authorize.issued', 'status 200, page: none', [], { status: 200, page: null }],
  ['authorize.issued', 'status 200, page: login', [], { status: 200, page: 'login' }],
  [
    'authorize.code',
    'status 302, redirected to a URI that is not registered with no parameters',
    [],
    { status: 302, redirect: 'elsewhere', params: [] },
  ],
  ['authorize.error', 'absent', [], absent],
  ['authorize.delivery', 'redirected', [], { redirected: true }],
  ['authorize.delivery', 'redirect, state changed', [], { redirect: 'client', state: 'changed' }],
  [
    'authorize.delivery',
    'redirect to a URI that is not registered, state absent',
    [],
    { redirect: 'elsewhere', state: 'absent' },
  ],
  ['authorize.state', 'no redirect', [], { redirect: 'none' }],
  ['resource.access', 'status 204, no content type', [], { status: 204 }],
  ['resource.challenge', 'absent', [], absent],
  ['id_token.signature', 'ERR_JWKS_NO_MATCHING_KEY', [], { verified: false, code: 'ERR_JWKS_NO_MATCHING_KEY' }],
  [
    'access_token.signature',
    'no usable key set: /keys must be array',
    [],
    { verified: false, problems: ['/keys must be array'] },
  ],
  ['framing', 'ABSENT', matcher('equal'), absent],
  ['token.issued', { status: 500, type: 'text/html' }, [], { status: 500 }],
  ['first: resource.access', { status: 403, type: null }, [], { status: 403 }],
  ['json.a', 'integer', matcher('type'), { type: 'integer' }],
  ['json.a', 'absent', matcher('type'), absent],
  ['json.a', 'the same value', matcher('different-from-ref'), { same: true }],
  ['json.a', 'another value', matcher('equal-to-ref'), { same: false }],
  ['json.a', 'found', matcher('without'), { found: true }],
  ['json.a', 'readable', matcher('concealing'), { readable: true }],
  [
    'json',
    '/a must be string; /b must be string',
    matcher('schema'),
    { problems: ['/a must be string', '/b must be string'] },
  ],
])('%s: %j is migrated', (path, actual, matchers, now) => {
  expect(formerActual(path, actual, matchers)).toEqual({ now })
})

test.each<[string, Json, Matcher[]]>([
  ['token.error', { status: 400, error: 'invalid_request' }, []],
  ['token.issued', { status: 500 }, []],
  ['token.issued', { status: 200, issued: ['access_token'] }, []],
  ['resource.error', { status: 401, error: 'access_denied' }, []],
  ['resource.error', null, []],
  ['authorize.error', 'unsupported_grant_type', []],
  ['resource.challenge', 'Basic', []],
  ['framing', 'SAMEORIGIN', matcher('equal')],
  ['json.a', 'found', matcher('equal')],
  ['json.a', 404, matcher('equal')],
  ['json.a', { type: 'integer' }, matcher('type')],
  ['json.a', { problems: [] }, matcher('schema')],
])('%s: %j is of the present form', (path, actual, matchers) => {
  expect(formerActual(path, actual, matchers)).toBeUndefined()
})
