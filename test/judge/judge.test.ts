import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import * as expected from '../../helpers/judge/expectation.ts'
import type { Expectation } from '../../helpers/judge/expectation.ts'
import { fact } from '../../helpers/judge/facts.ts'
import { describeExpectation, judge } from '../../helpers/judge/judge.ts'
import { checkSchema } from '../../helpers/judge/schemas.ts'
import type { Json } from '../../helpers/model/verdict.ts'
import type { Outcome } from '../../helpers/judge/outcome.ts'
import { missingPrerequisite } from '../../helpers/judge/prerequisite.ts'
import { should } from '../../helpers/model/source.ts'
import { answered, context, page, redirected, tokenResponse } from '../support/outcomes.ts'

const wrong = async (expectation: Expectation, outcome: Outcome, given = context()): Promise<string[]> =>
  (await judge(expectation, outcome, given)).filter((finding) => !finding.ok).map((finding) => finding.path)

const invalidGrant = { error: 'invalid_grant' }

test('every finding has the source of its expectation, or none', async () => {
  const source = should('RFC6749', '5.2')
  const sources = async (one: Expectation) =>
    (await judge(one, answered(400, invalidGrant), context())).map((finding) => finding.source)
  expect(await sources(expected.refused('invalid_grant', { source }))).toEqual([source, source])
  expect(await sources(expected.granted({ source }))).toEqual([source])
  expect(await sources(expected.granted())).toEqual([undefined])
})

describe('refused at the token endpoint', () => {
  const due = expected.refused('invalid_grant')
  test.each<[string, Outcome, string[]]>([
    ['the standard answer', answered(400, invalidGrant), []],
    ['tokens', answered(200, { access_token: 'a', token_type: 'Bearer' }), ['token.issued']],
    ['tokens beside an error', answered(400, { ...invalidGrant, refresh_token: 'r' }), ['token.issued']],
    ['a 500 with an error', answered(500, invalidGrant), ['token.issued']],
    ['a login page', answered(200, '<form>'), ['token.issued']],
    ['a 404 page', answered(404, '<html>'), ['token.issued']],
    ['JSON that is not an object', answered(400, ['invalid_grant']), ['token.issued']],
    ['an error that is not a string', answered(400, { error: 400 }), ['token.issued']],
    ['an error outside the allowed characters', answered(400, { error: 'invalid"grant' }), ['token.issued']],
    ['another error', answered(400, { error: 'invalid_request' }), ['token.error']],
    ['another status', answered(401, invalidGrant), ['token.error']],
  ])('%s', async (_name, outcome, paths) => {
    expect(await wrong(due, outcome)).toEqual(paths)
  })

  test('what was issued is marked as granted, a 500 is not', async () => {
    const [issued] = await judge(due, answered(200, { access_token: 'a' }), context())
    const [broken] = await judge(due, answered(500, '<html>'), context())
    expect([issued?.granted, broken?.granted]).toEqual([true, undefined])
  })

  test.each([
    [400, false, []],
    [401, false, []],
    [401, true, []],
    [400, true, ['token.error']],
    [403, false, ['token.error']],
  ])('invalid_client with %s, Authorization header: %s', async (status, basic, paths) => {
    const outcome = { ...answered(status, { error: 'invalid_client' }), basic }
    expect(await wrong(expected.refused('invalid_client'), outcome)).toEqual(paths)
  })
})

describe('a grant that is not offered', () => {
  const due = expected.grantNotOffered()
  test.each<[string, Outcome, string[]]>([
    ['unsupported', answered(400, { error: 'unsupported_grant_type' }), []],
    ['not for this client', answered(400, { error: 'unauthorized_client' }), []],
    ['a parameter that the grant misses', answered(400, { error: 'invalid_request' }), ['token.not-offered']],
    ['credentials that the grant rejects', answered(400, invalidGrant), ['token.not-offered']],
    ['a client that failed to authenticate', answered(401, { error: 'invalid_client' }), ['token.not-offered']],
    ['tokens', answered(200, { access_token: 'a', token_type: 'Bearer' }), ['token.issued']],
    ['response type unsupported', redirected({ error: 'unsupported_response_type' }), []],
    ['response type not for this client', redirected({ error: 'unauthorized_client' }), []],
    ['unsupported, on a page', page(400, 'error', { error: 'unsupported_grant_type' }), []],
    ['consent denied', redirected({ error: 'access_denied' }), ['authorize.not-offered']],
    ['the consent form', page(200, 'consent'), ['authorize.not-offered']],
    ['a token in the redirect', redirected({ access_token: 't' }), ['authorize.issued']],
  ])('%s', async (_name, outcome, paths) => {
    expect(await wrong(due, outcome)).toEqual(paths)
  })
})

describe('refused at the authorization endpoint', () => {
  const byRedirect = expected.refusedByRedirect('access_denied')
  const withPage = expected.refusedWithPage()
  const denied = { error: 'access_denied', state: 'the-state' }
  test.each<[string, Expectation, Outcome, string[]]>([
    ['redirect as due', byRedirect, redirected(denied), []],
    ['a code', byRedirect, redirected({ code: 'c', state: 'the-state' }), ['authorize.issued']],
    ['a code beside the error', byRedirect, redirected({ ...denied, code: 'c' }), ['authorize.issued']],
    ['a token', byRedirect, redirected({ access_token: 't' }), ['authorize.issued']],
    ['redirect without an error', byRedirect, redirected({ state: 'the-state' }), ['authorize.issued']],
    ['another error', byRedirect, redirected({ ...denied, error: 'server_error' }), ['authorize.error']],
    ['another state', byRedirect, redirected({ ...denied, state: 'other' }), ['authorize.delivery']],
    ['no state', byRedirect, redirected({ error: 'access_denied' }), ['authorize.delivery']],
    ['to a URI not registered', byRedirect, redirected(denied, { registered: false }), ['authorize.delivery']],
    ['an error page', byRedirect, page(400, 'error', { error: 'access_denied' }), ['authorize.delivery']],
    ['a 500', byRedirect, page(500, 'error'), ['authorize.issued']],
    ['the consent form', byRedirect, page(200, 'consent'), ['authorize.issued']],
    ['page as due', withPage, page(401, 'error'), []],
    ['error sent to the client', withPage, redirected(denied), ['authorize.delivery']],
    [
      'code sent there',
      withPage,
      redirected({ code: 'c' }, { registered: false }),
      ['authorize.issued', 'authorize.delivery'],
    ],
    ['the login form', withPage, page(200, 'login'), ['authorize.issued']],
  ])('%s', async (_name, expectation, outcome, paths) => {
    expect(await wrong(expectation, outcome)).toEqual(paths)
  })

  test.each<[string, Outcome, string[]]>([
    ['the login form', page(200, 'login'), []],
    ['the form again', page(200, 'consent'), []],
    ['a code', redirected({ code: 'c' }), ['authorize.issued']],
    ['a 500', page(500, 'error'), ['authorize.issued']],
  ])('not granted: %s', async (_name, outcome, paths) => {
    expect(await wrong(expected.notGranted(), outcome)).toEqual(paths)
  })
})

describe('granted', () => {
  test.each<[string, Expectation, Outcome, string[]]>([
    ['code and state', expected.codeIssued(), redirected({ code: 'c', state: 'the-state' }), []],
    ['no code', expected.codeIssued(), redirected({ state: 'the-state' }), ['authorize.code']],
    ['another state', expected.codeIssued(), redirected({ code: 'c', state: 'x' }), ['authorize.state']],
    [
      'elsewhere',
      expected.codeIssued(),
      redirected({ code: 'c', state: 'the-state' }, { registered: false }),
      ['authorize.code'],
    ],
    ['token response', expected.granted(), tokenResponse({}), []],
    ['expires_in as a string', expected.granted(), tokenResponse({}, { expires_in: '300' }), ['token.issued']],
    ['no token_type', expected.granted(), answered(200, { access_token: 'a' }), ['token.issued']],
    ['status 201', expected.granted(), answered(201, { access_token: 'a', token_type: 'Bearer' }), ['token.issued']],
    ['resource', expected.opened(), answered(200, {}), []],
    ['resource as a page', expected.opened(), answered(200, '<html>'), ['resource.access']],
    ['resource closed', expected.opened(), answered(403, {}), ['resource.access']],
  ])('%s', async (_name, expectation, outcome, paths) => {
    expect(await wrong(expectation, outcome)).toEqual(paths)
  })
})

describe('denied at the resource', () => {
  const due = expected.denied('invalid_token')
  const challenge = (value: string): Record<string, string> => ({ 'www-authenticate': value })
  test.each<[string, Outcome, string[]]>([
    ['as RFC 6750', answered(401, '', challenge('Bearer realm="x", error="invalid_token"')), []],
    ['served', answered(200, {}), ['resource.access']],
    ['redirected', answered(302, ''), ['resource.redirect']],
    ['a 500', answered(500, ''), ['resource.access']],
    ['a 404', answered(404, ''), ['resource.access']],
    ['another error', answered(401, '', challenge('Bearer error="access_denied"')), ['resource.error']],
    ['another scheme', answered(401, '', challenge('Basic error="invalid_token"')), ['resource.challenge']],
    ['no challenge', answered(401, ''), ['resource.challenge', 'resource.error']],
    ['another status', answered(403, '', challenge('Bearer error="invalid_token"')), ['resource.error']],
  ])('%s', async (_name, outcome, paths) => {
    expect(await wrong(due, outcome)).toEqual(paths)
  })

  test('a redirect to a login opens nothing: RFC 6750 §3.1 only recommends another status', async () => {
    expect(await judge(due, answered(302, ''), context())).toMatchObject([
      { path: 'resource.redirect', level: 'SHOULD' },
    ])
  })
})

describe('facts', () => {
  const token = tokenResponse({
    exp: 1300.5,
    iat: 1000,
    sub: '7',
    aud: 'a-client',
    scope: ['scope:debug', 'scope:content'],
  })
  const { equals, isA, oneOf, matching, absent, between, exactScopes, differsFrom, sameAs, without, ofSchema } =
    expected
  test.each<[string, expected.Matcher, expected.Matcher]>([
    ['status', equals(200), equals('200')],
    ['json.expires_in', isA('integer'), isA('string')],
    ['access_token.claims.exp', isA('number'), isA('integer')],
    ['access_token.claims.sub', expected.subject(), expected.clientId()],
    ['access_token.claims.sub', sameAs('first.sub'), expected.audienceOfClient()],
    ['access_token.claims.aud', expected.clientId(), sameAs('first.audiences')],
    ['access_token.claims.aud', expected.audienceOfClient(), sameAs('first.sub')],
    ['access_token.claims.scope', sameAs('first.scope'), expected.audienceOfClient()],
    ['shared-cache', equals('unsaid'), equals('forbidden')],
    ['body', expected.withoutSecret('not-sent'), expected.withoutSecret('a-client')],
    ['access_token.claims.scope', exactScopes('content', 'debug'), exactScopes('debug')],
    ['access_token.claims.scope', exactScopes('content', 'debug'), exactScopes('debug', 'content', 'profiles')],
    ['access_token.lifetime', expected.configuredLifetime(), between(1, 2)],
    ['access_token.header.alg', oneOf('RS256', 'ES256'), oneOf('none')],
    ['access_token.claims', without('"email"', 'mail'), without('"sub"', 'a subject')],
    ['header.content-type', matching('^application/json', 'JSON'), matching('^text/html', 'HTML')],
    ['header.set-cookie', absent(), equals('x')],
    ['json.token_type', sameAs('first.token_type'), differsFrom('first.token_type')],
    ['json.expires_in', between(299, 301), between(1, 10)],
    ['json.scope', absent(), exactScopes('debug')],
    ['json', ofSchema('token-response'), ofSchema('jwks')],
    ['framing', absent(), oneOf('DENY', 'SAMEORIGIN')],
  ])('%s', async (path, right, notRight) => {
    const given = context({
      'first.token_type': 'Bearer',
      'first.sub': '7',
      'first.scope': '["scope:debug","scope:content"]',
      'first.audiences': '["a-client"]',
    })
    expect(await wrong(expected.holds({ [path]: right }), token, given)).toEqual([])
    expect(await wrong(expected.holds({ [path]: notRight }), token, given)).toEqual([path])
  })

  test('the age of a token is measured by the clock of the server', async () => {
    const issued = '{"alg":"none"}.{"iat":1000}'.split('.').map((part) => Buffer.from(part).toString('base64url'))
    const body = { access_token: `${issued.join('.')}.x` }
    const at = (date: string) => answered(200, body, { date })
    const now = expected.holds({ 'access_token.age': between(-1, 15) })
    expect(await wrong(now, at('Thu, 01 Jan 1970 00:16:42 GMT'))).toEqual([])
    expect(await wrong(now, at('Thu, 01 Jan 1970 01:00:00 GMT'))).toEqual(['access_token.age'])
    expect(await wrong(now, at('yesterday'))).toEqual(['access_token.age'])
  })

  test('a token is not from the future where the answer is dated by the arrival of a request that took long', async () => {
    const issued = '{"alg":"none"}.{"iat":1000}'.split('.').map((part) => Buffer.from(part).toString('base64url'))
    const at = (date: string, milliseconds: number) => {
      const outcome = answered(200, { access_token: `${issued.join('.')}.x` }, { date })
      return { ...outcome, last: outcome.last && { ...outcome.last, milliseconds } }
    }
    const now = expected.holds({ 'access_token.age': between(-1, 15) })
    expect(await wrong(now, at('Thu, 01 Jan 1970 00:16:38 GMT', 1500))).toEqual([])
    expect(await wrong(now, at('Thu, 01 Jan 1970 00:16:38 GMT', 50))).toEqual(['access_token.age'])
    expect(await wrong(now, at('Thu, 01 Jan 1970 00:16:30 GMT', 1500))).toEqual(['access_token.age'])
  })

  test.each<[string, unknown, boolean]>([
    ['a code alone', { error: 'invalid_grant' }, true],
    ['a code of another type', { error: 400 }, false],
    ['no code', { error_description: 'no' }, false],
    ['a quote in the description', { error: 'invalid_grant', error_description: 'the "code"' }, false],
    ['a line break in the description', { error: 'invalid_grant', error_description: 'the\ncode' }, false],
    ['a token beside the code', { error: 'invalid_grant', access_token: 'a' }, false],
  ])('an error of the token endpoint: %s', async (_name, body, ok) => {
    expect(await wrong(expected.holds({ json: ofSchema('token-error') }), answered(400, body))).toEqual(
      ok ? [] : ['json'],
    )
  })

  test('a missing value neither differs from nor equals anything', async () => {
    const facts = { 'json.refresh_token': differsFrom('first.refresh_token') }
    expect(await wrong(expected.holds(facts), token, context({ 'first.refresh_token': 'r' }))).toEqual([
      'json.refresh_token',
    ])
    expect(await wrong(expected.holds({ 'access_token.claims.none': without('x', 'x') }), token)).toHaveLength(1)
  })

  test('a finding about a secret does not hold it', async () => {
    const secret = answered(200, { refresh_token: 'the-secret' })
    for (const matcher of [sameAs('first.refresh_token'), differsFrom('first.refresh_token')]) {
      const findings = await judge(
        expected.holds({ 'json.refresh_token': matcher }),
        secret,
        context({ 'first.refresh_token': 'the-secret' }),
      )
      expect(JSON.stringify(findings)).not.toContain('the-secret')
    }
  })

  test('a consent page that was not served has no facts', async () => {
    const facts = { 'consent.scopes': equals(1), 'consent.foreign': equals(0) }
    expect(await wrong(expected.holds(facts), token)).toEqual(['consent.scopes', 'consent.foreign'])
  })

  test('a member inside another one is found by the way to it, a name with dots by itself', async () => {
    const claim = 'https://example.test/roles'
    const body = answered(200, { user: { mail: 'a@b.test', [claim]: ['x'] }, 'a.b': 1, a: { b: 2 } })
    const isWrong = (path: string, matcher: expected.Matcher): Promise<string[]> =>
      wrong(expected.holds({ [path]: matcher }), body)
    expect(await isWrong('json.user.mail', absent())).toEqual(['json.user.mail'])
    expect(await isWrong('json.user.mail', equals('a@b.test'))).toEqual([])
    expect(await isWrong(`json.user.${claim}`, isA('array'))).toEqual([])
    expect(await isWrong('json.a.b', equals(1))).toEqual([])
    expect(await isWrong('json.user.name', absent())).toEqual([])
    expect(await isWrong('json.user.mail.more', absent())).toEqual([])
  })

  test('an unknown fact is a mistake of the case, not of the server', async () => {
    await expect(wrong(expected.holds({ 'no.such': absent() }), token)).rejects.toThrow('unknown fact')
  })
})

test('the `iss` of a response is not part of what a known issue states (RFC 9207)', async () => {
  const [finding] = await judge(
    expected.notGranted(),
    redirected({ code: 'c', state: 's', iss: 'https://x' }),
    context(),
  )
  expect(finding?.actual).toEqual({ status: 302, redirect: 'client', params: ['code', 'state'] })
})

test.each([
  ['invalid_request', 400, []],
  ['invalid_token', 401, []],
  ['invalid_token', 400, ['resource.error']],
  ['insufficient_scope', 403, ['resource.error']],
])('of several errors of a resource, each has its own status: %s, %i', async (error, status, found) => {
  const outcome = answered(status, {}, { 'www-authenticate': `Bearer error="${error}"` })
  expect(await wrong(expected.denied(['invalid_request', 'invalid_token']), outcome)).toEqual(found)
})

describe('at_hash', () => {
  // The example of OpenID Connect Core, appendix A.3.
  const access_token = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y'
  const beside = (claims: object, header = { alg: 'RS256' }) => {
    const idToken = tokenResponse(claims, {}, header)
    return tokenResponse({}, { access_token, id_token: fact(idToken, 'json.access_token') as string })
  }

  test.each([
    [{ at_hash: '77QmUPtjPfzWtF2AnpK9RQ' }, 'matches'],
    [{ at_hash: '77QmUPtjPfzWtF2AnpK9Rg' }, 'differs'],
    [{ at_hash: 7 }, 'differs'],
    [{}, undefined],
  ])('%j: %s', (claims, found) => {
    expect(fact(beside(claims), 'id_token.at-hash')).toBe(found)
  })

  test('is made with the hash of the algorithm that signs', () => {
    const whole = createHash('sha384').update(access_token).digest()
    const at_hash = whole.subarray(0, 24).toString('base64url')
    expect(fact(beside({ at_hash }, { alg: 'ES384' }), 'id_token.at-hash')).toBe('matches')
  })
})

describe('a JSON Schema of the case itself', () => {
  const roles = expected.ofSchema({
    title: 'the roles of the shop',
    type: 'array',
    items: { enum: ['customer', 'clerk'] },
    minItems: 1,
  })
  const due = expected.holds({ 'json.roles': roles })
  test.each<[string, unknown, Json]>([
    ['a valid value', ['clerk'], { problems: [] }],
    ['another value', ['boss'], { problems: ['/0 must be equal to one of the allowed values'] }],
    ['none', [], { problems: ['/ must NOT have fewer than 1 items'] }],
    ['another type, which is not coerced', 'clerk', { problems: ['/ must be array'] }],
    ['nothing', undefined, { absent: true }],
  ])('%s', async (name, value, actual) => {
    const [finding] = await judge(due, answered(200, { roles: value }), context())
    expect(finding).toMatchObject({
      ok: name === 'a valid value',
      expected: 'the roles of the shop',
      actual,
    })
  })

  test('that allows everything still needs a fact', async () => {
    const anything = expected.holds({ 'json.roles': expected.ofSchema({}) })
    expect(await wrong(anything, answered(200, {}))).toEqual(['json.roles'])
    expect(await wrong(anything, answered(200, { roles: null }))).toEqual([])
  })

  test('checks formats, and is refused if it is invalid', () => {
    expect(() => checkSchema({ type: 'string', format: 'uri' })).not.toThrow()
    expect(() => checkSchema({ type: 'text' })).toThrow(/^not a valid JSON Schema: /)
    expect(() => checkSchema({ type: 'string', maxLenght: 3 })).toThrow(/unknown keyword: "maxLenght"/)
  })
})

describe('in words, with nothing having happened yet', () => {
  const facts = (matcher: expected.Matcher): Expectation => expected.holds({ 'json.a': matcher })
  test.each<[Expectation, string[]]>([
    [
      expected.refused('invalid_grant'),
      ['token.issued: rejected: an OAuth error, nothing issued', 'token.error: 400, error "invalid_grant"'],
    ],
    [
      expected.refused(['invalid_client', 'invalid_request']),
      [
        'token.issued: rejected: an OAuth error, nothing issued',
        'token.error: 400 or 401 (401 to an Authorization header), error "invalid_client" or "invalid_request"',
      ],
    ],
    [
      expected.refusedByRedirect('access_denied'),
      [
        'authorize.issued: rejected: an error, no code and no token issued',
        'authorize.error: error "access_denied"',
        'authorize.delivery: a redirect to the client with the exact state',
      ],
    ],
    [
      expected.refusedWithPage(),
      [
        'authorize.issued: rejected: an error, no code and no token issued',
        'authorize.delivery: a page, nothing sent to the redirect URI',
      ],
    ],
    [expected.notGranted(), ['token.issued: rejected: an OAuth error, nothing issued']],
    [
      expected.codeIssued(),
      ['authorize.code: a code at the redirect URI of the client', 'authorize.state: the exact state'],
    ],
    [expected.granted(), ['token.issued: 200 and a token response']],
    [expected.opened(), ['resource.access: 200 and a JSON object']],
    [
      expected.denied('absent'),
      [
        'resource.access: rejected: 401, 403 or 400',
        'resource.redirect: no redirect',
        'resource.challenge: a WWW-Authenticate header with the scheme Bearer',
        'resource.error: 401, no error in the challenge',
      ],
    ],
    [expected.signedBy('keys', 'id_token'), ['id_token.signature: verified with the published keys']],
    [facts(expected.equals('{baseUrl}/a')), ['json.a: "https://site.example/a"']],
    [facts(expected.sameAs('first.code')), ['json.a: the same value as first.code']],
    [facts(expected.differsFrom('first.code')), ['json.a: a value other than first.code']],
    [facts(expected.oneOf('a', 1)), ['json.a: "a" or 1']],
    [facts(expected.isA('integer')), ['json.a: an integer']],
    [facts(expected.matching('^a', 'an a at its beginning')), ['json.a: an a at its beginning']],
    [facts(expected.absent()), ['json.a: absent']],
    [facts(expected.exactScopes('debug', 'content')), ['json.a: exactly the scopes scope:content scope:debug']],
    [facts(expected.scopeNames('b a')), ['json.a: exactly the scopes a b']],
    [facts(expected.configuredLifetime()), ['json.a: 300 seconds, ±1']],
    [facts(expected.clientId()), ['json.a: the client_id of the client']],
    [facts(expected.audienceOfClient()), ['json.a: the client_id of the client, or an array that contains it']],
    [
      facts(expected.subject()),
      ['json.a: the ID of the user, as a string, or another identifier that is not a user ID'],
    ],
    [facts(expected.withoutSecret('a-secret')), ['json.a: without the secret that was sent']],
    [expected.holds({ 'json.a': expected.absent() }, { ifPresent: 'json.b' }), ['json.a: absent, if there is json.b']],
    [
      expected.holds({ 'json.a': expected.isA('string') }, { ifPresent: true }),
      ['json.a: a string, if there is json.a'],
    ],
    [facts(expected.between(1, 2)), ['json.a: a number from 1 to 2']],
    [facts(expected.ofSchema('jwks')), ['json.a: a valid JWK Set']],
    [facts(expected.ofSchema({ type: 'string' })), ['json.a: valid against its JSON Schema']],
    [facts(expected.without('x', 'an x')), ['json.a: without an x']],
    [facts(expected.concealing('first.code')), ['json.a: nothing from which first.code can be read']],
  ])('%j', (expectation, lines) => {
    const requirements = describeExpectation(expectation, context(), 'token')
    expect(requirements.map(({ path, expected: text }) => `${path}: ${text}`)).toEqual(lines)
  })
})

describe('a subject identifier', () => {
  test.each<[string, Json, boolean]>([
    ['the ID of the user', '7', true],
    ['a UUID', '0e9d4a4e-6a3b-4f0e-9d2c-6a5b1c2d3e4f', true],
    ['the ID of another user', '8', false],
    ['a number', 7, false],
    ['nothing', '', false],
  ])('%s', async (_name, sub, ok) => {
    expect(await wrong(expected.holds({ 'json.sub': expected.subject() }), answered(200, { sub }), context())).toEqual(
      ok ? [] : ['json.sub'],
    )
  })
})

test('an audience may be an array of strings with the client in it', async () => {
  const judged = (aud: Json) =>
    wrong(expected.holds({ 'json.aud': expected.audienceOfClient() }), answered(200, { aud }), context())
  expect(await judged(['x', 'a-client'])).toEqual([])
  expect(await judged(['x'])).toEqual(['json.aud'])
  expect(await judged(['a-client', 1])).toEqual(['json.aud'])
})

describe('what Cache-Control says to shared caches', () => {
  test.each([
    ['private, max-age=60', 'forbidden'],
    ['must-revalidate, no-cache, private', 'forbidden'],
    ['public, max-age=600', 'allowed'],
    ['Public', 'allowed'],
    ['max-age=60, s-maxage=60', 'allowed'],
    ['must-revalidate', 'allowed'],
    ['private="set-cookie", public', 'allowed'],
    ['max-age=60', 'unsaid'],
  ])('%s', async (value, said) => {
    const facts = { 'shared-cache': expected.equals(said) }
    expect(await wrong(expected.holds(facts), answered(200, {}, { 'cache-control': value }), context())).toEqual([])
  })
})

test('an optional fact is judged only if it is present', async () => {
  const optional = expected.holds({ 'json.b': expected.equals(1) }, { ifPresent: 'json.b' })
  expect(await judge(optional, answered(200, {}), context())).toEqual([])
  expect(await wrong(optional, answered(200, { b: 2 }), context())).toEqual(['json.b'])
})

test('a token that must be absent, a login that must fail and a value that must be concealed are given away', async () => {
  const of = async (facts: Parameters<typeof expected.holds>[0], outcome: Outcome) =>
    (await judge(expected.holds(facts), outcome, context({ verifier: 'the-verifier' }))).map(({ granted }) => granted)
  expect(await of({ 'json.refresh_token': expected.absent() }, answered(200, { refresh_token: 'r' }))).toEqual([true])
  expect(await of({ 'json.refresh_token': expected.absent() }, answered(200, {}))).toEqual([undefined])
  expect(await of({ 'json.extra': expected.absent() }, answered(200, { extra: 1 }))).toEqual([undefined])
  expect(await of({ body: expected.concealing('verifier') }, answered(400, 'the-verifier'))).toEqual([true])
  expect(await of({ body: expected.withoutSecret('s3cret') }, answered(400, 'not s3cret'))).toEqual([true])
  const accepted = answered(200, '', {}, { facts: { 'login.accepted': true } })
  expect(await of({ 'login.accepted': expected.equals(false) }, accepted)).toEqual([true])
})

test('UserInfo about somebody else is another answer than UserInfo about the user of the token', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ alg: 'RS256' })}.${part({ sub: '7' })}.c2ln`
  const about = async (sub: string) => {
    const outcome = answered(200, { sub }, { 'content-type': 'application/json' }, { kind: 'resource' })
    if (!outcome.last) throw new Error('no exchange')
    const request = { ...outcome.last.request, headers: [['authorization', `Bearer ${token}`] as const] }
    const [access] = await judge(
      expected.denied('invalid_token'),
      { ...outcome, last: { ...outcome.last, request } },
      context(),
    )
    return access?.actual
  }
  expect(await about('7')).toEqual({ status: 200 })
  expect(await about('8')).toEqual({ status: 200, subject: 'another' })
})

test.each([
  ["frame-ancestors 'self'", 'frame-ancestors'],
  ["default-src 'self'; frame-ancestors 'none'", 'frame-ancestors'],
  ['frame-ancestors https://app.example', 'frame-ancestors'],
  ['frame-ancestors *', 'frame-ancestors of every site'],
  ["frame-ancestors 'self' https:", 'frame-ancestors of every site'],
  ['frame-ancestors http://*', 'frame-ancestors of every site'],
])('%s is %s', async (policy, framing) => {
  const outcome = answered(200, '', { 'content-security-policy': policy })
  const [found] = await judge(expected.holds({ framing: expected.equals('frame-ancestors') }), outcome, context())
  expect(found?.actual).toBe(framing)
})

describe('what a scope opens', () => {
  const asked = (method: string, status: number): Outcome => {
    const { last, ...outcome } = answered(status, {})
    if (last === null) throw new Error('no answer')
    return { ...outcome, kind: 'resource', last: { ...last, request: { ...last.request, method } } }
  }
  const permitted = expected.permitted()
  const forbidden = expected.forbidden()
  test.each<[string, Expectation, Outcome, string[]]>([
    ['a reading request that succeeds', permitted, asked('GET', 200), []],
    ['one without content', permitted, asked('HEAD', 204), []],
    ['one that is rejected for its form', permitted, asked('GET', 400), ['resource.access']],
    ['one that leads elsewhere', permitted, asked('GET', 302), ['resource.access']],
    ['a writing request that is rejected for its empty body', permitted, asked('POST', 422), []],
    ['a writing request without permission', permitted, asked('PATCH', 403), ['resource.access']],
    ['a writing request to no path', permitted, asked('PATCH', 405), ['resource.access']],
    ['403 where it has to stay closed', forbidden, asked('GET', 403), []],
    ['200 where it has to stay closed', forbidden, asked('GET', 200), ['resource.access']],
    ['422 where it has to stay closed', forbidden, asked('POST', 422), ['resource.access']],
    ['500 where it has to stay closed', forbidden, asked('GET', 500), ['resource.access']],
  ])('%s', async (_name, expectation, outcome, paths) => {
    expect(await wrong(expectation, outcome)).toEqual(paths)
  })

  test.each<[number, string]>([
    [401, 'token-not-accepted'],
    [404, 'no-such-path'],
    [405, 'no-such-path'],
    [415, 'no-such-path'],
    [302, 'path-redirects'],
  ])('%i decides nothing where it has to stay closed', (status, cause) => {
    expect(missingPrerequisite([forbidden], asked('GET', status))?.cause).toBe(cause)
    expect(missingPrerequisite([permitted], asked('GET', status))).toBeNull()
  })
})

test.each<[string, Expectation, string[]]>([
  ['noneOf: absent', expected.holds({ 'json.other': expected.noneOf('a') }), []],
  ['noneOf: another', expected.holds({ 'json.error': expected.noneOf('a') }), []],
  ['noneOf: that', expected.holds({ 'json.error': expected.noneOf('a', 'invalid_grant') }), ['json.error']],
  ['within: all of them', expected.holds({ 'json.list': expected.within(['a', 'b', 'c']) }), []],
  ['within: one more', expected.holds({ 'json.list': expected.within(['a']) }), ['json.list']],
  ['within: no list', expected.holds({ 'json.error': expected.within(['invalid_grant']) }), ['json.error']],
])('%s', async (_name, expectation, paths) => {
  expect(await wrong(expectation, answered(400, { ...invalidGrant, list: ['a', 'b'] }))).toEqual(paths)
})
