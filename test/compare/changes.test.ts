import { describe, expect, test } from 'vitest'
import type { ReportedRun } from '../../helpers/compare/reported-run.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import type { Endpoints } from '../../helpers/model/target.ts'
import { changeText } from '../../helpers/report/comparison-text.ts'
import { check, exchange, finding } from '../support/report-factory.ts'
import { brief, comparisonOf, issued, refused, runOf, tokenCheck } from '../support/compare-factory.ts'

const compared = (before: readonly CheckResult[], after: readonly CheckResult[]): string[] =>
  brief(comparisonOf(runOf(before), runOf(after)))

const one = (observed: CheckResult['observed'], difference: Partial<CheckResult> = {}): CheckResult[] => [
  tokenCheck('a.b', observed, difference),
]
const met = [finding({ ok: true })]
const unmet = [finding({ ok: false, granted: false })]
const granted = [finding({ ok: false, granted: true })]

describe('a change of what a request comes to', () => {
  test.each<[string, CheckResult[], CheckResult[], string[]]>([
    ['nothing', one(issued()), one(issued()), []],
    [
      'a request that worked is refused',
      one(issued()),
      one(refused(400, 'invalid_grant')),
      ['breaking answer at token: 200, tokens issued -> 400 invalid_grant (1)'],
    ],
    [
      'a refused request is granted where a refusal is due',
      one(refused(400, 'invalid_grant'), { findings: met }),
      one(issued(), { findings: granted, verdict: 'fail' }),
      ['loosened answer at token: 400 invalid_grant -> 200, tokens issued (1)'],
    ],
    [
      'a refused request is granted where nothing says that it has to be',
      one(refused(400, 'invalid_scope'), { findings: met }),
      one(issued(), { findings: met }),
      ['loosened answer at token: 400 invalid_scope -> 200, tokens issued (1)'],
    ],
    [
      'the server no longer fails, although it does not yet answer as it must',
      one({ status: 500, page: 'error' }, { findings: unmet, verdict: 'fail' }),
      one(refused(400, 'invalid_request'), { findings: unmet, verdict: 'fail' }),
      ['fixed answer at token: 500, error page -> 400 invalid_request (1)'],
    ],
    [
      'an endpoint is new, even where it refuses the request',
      one(refused(404, 'x')),
      one(refused(405, 'x')),
      ['added answer at token: 404 x -> 405 x (1)'],
    ],
    [
      'an endpoint is gone',
      one(refused(405, 'x')),
      one(refused(404, 'x')),
      ['breaking answer at token: 405 x -> 404 x (1)'],
    ],
    [
      'a request that has to succeed succeeds now',
      one(refused(401, 'invalid_client'), { findings: unmet, verdict: 'fail' }),
      one(issued(), { findings: met }),
      ['fixed answer at token: 401 invalid_client -> 200, tokens issued (1)'],
    ],
    [
      'what must not be granted is refused now',
      one(issued(), { findings: granted, verdict: 'fail' }),
      one(refused(400, 'invalid_grant'), { findings: met }),
      ['fixed answer at token: 200, tokens issued -> 400 invalid_grant (1)'],
    ],
    [
      'another error code, both allowed',
      one(refused(400, 'invalid_request'), { findings: met }),
      one(refused(401, 'invalid_client'), { findings: met }),
      ['breaking answer at token: 400 invalid_request -> 401 invalid_client (1)'],
    ],
    [
      'the error code that the standard asks for',
      one(refused(401, 'invalid_request'), { findings: unmet }),
      one(refused(400, 'invalid_grant'), { findings: met }),
      ['fixed answer at token: 401 invalid_request -> 400 invalid_grant (1)'],
    ],
    [
      'a refusal becomes an error of the server',
      one(refused(400, 'invalid_grant'), { findings: met }),
      one({ status: 500 }, { findings: unmet }),
      ['breaking answer at token: 400 invalid_grant -> 500 (1)'],
    ],
    [
      'the plain flow fails',
      one(issued()),
      one({}, { verdict: 'blocked', blocker: { cause: 'control-failed', message: '' }, findings: [] }),
      ['breaking tested: judged -> blocked: control-failed (1)'],
    ],
    [
      'a capability is gone',
      one(issued()),
      one({}, { verdict: 'skipped', reason: { kind: 'capability', capability: 'oidc' }, findings: [] }),
      ['risky tested: judged -> skipped: needs oidc (1)'],
    ],
    [
      'a check can be judged now',
      one({}, { verdict: 'blocked', blocker: { cause: 'x', message: '' }, findings: [] }),
      one(issued()),
      ['neutral tested: blocked: x -> judged (1)'],
    ],
    [
      'a check fails now and could not be judged before',
      one({}, { verdict: 'blocked', blocker: { cause: 'x', message: '' }, findings: [] }),
      one(issued(), { findings: granted, verdict: 'fail' }),
      ['risky tested: blocked: x -> judged (1)'],
    ],
    [
      'another verdict on the same answer',
      one(issued(), { verdict: 'fail', findings: unmet }),
      one(issued(), { verdict: 'known', findings: unmet }),
      ['neutral verdict: fail -> known (1)'],
    ],
  ])('%s', (_name, before, after, expected) => {
    expect(compared(before, after)).toEqual(expected)
  })

  test('the key set opens to everybody: loosened, although a contract asks for it', () => {
    const jwks = (status: number, ok: boolean): CheckResult =>
      check({
        contract: 'keys.public',
        observed: { status },
        exchanges: [exchange({ request: { url: 'http://127.0.0.1:8080/oauth/jwks' } })],
        findings: [finding({ path: 'status', ok })],
      })
    expect(compared([jwks(403, false)], [jwks(200, true)])).toEqual(['loosened answer at jwks: 403 -> 200 (1)'])
  })

  test('the key set needs no token any more, and needs one again', () => {
    const [needed, open] = [one({ ...issued(), 'keys.anonymous': 403 }), one(issued())]
    expect(compared(needed, open)).toEqual(['loosened keys.anonymous at token: 403 -> allowed (1)'])
    expect(compared(open, needed)).toEqual(['breaking keys.anonymous at token: allowed -> 403 (1)'])
  })

  test('a finding of an earlier step is described in words', () => {
    const opened = (status: number): CheckResult[] =>
      one(issued(), {
        findings: [finding({ path: 'opened: resource.access', ok: status === 200, actual: { status } })],
      })
    const [change] = comparisonOf(runOf(opened(200)), runOf(opened(403))).changes
    expect(change && changeText(change)).toBe('access to the protected resource, in the step "opened": 200 → 403')
  })

  test('the user is no longer asked', () => {
    const authorize = (observed: CheckResult['observed']): CheckResult =>
      check({
        observed,
        exchanges: [exchange({ request: { url: 'http://127.0.0.1:8080/oauth/authorize?client_id=a' } })],
      })
    expect(
      compared(
        [authorize({ status: 200, page: 'consent' })],
        [authorize({ status: 302, 'callback.params': ['code', 'state'] })],
      ),
    ).toEqual(['loosened answer at authorize: 200, consent page -> 302 redirect, code (1)'])
  })
})

describe('a change of members, claims and headers', () => {
  test.each<[string, CheckResult['observed'], CheckResult['observed'], string[]]>([
    [
      'a claim is gone',
      issued({ sub: 'string', iss: 'string' }),
      issued({ sub: 'string' }),
      ['breaking access_token.claims.iss at token: string -> absent (1)'],
    ],
    [
      'a claim has another type',
      issued({ scope: 'array' }),
      issued({ scope: 'string' }),
      ['breaking access_token.claims.scope at token: array -> string (1)'],
    ],
    [
      'a member is gone',
      { status: 200, json: { access_token: 'string', refresh_token: 'string' } },
      { status: 200, json: { access_token: 'string' } },
      ['breaking json.refresh_token at token: string -> absent (1)'],
    ],
    [
      'text for people is gone',
      { status: 400, json: { error: 'string', hint: 'string' } },
      { status: 400, json: { error: 'string' } },
      ['neutral json.hint at token: string -> absent (1)'],
    ],
    [
      'a cache may keep the answer',
      { status: 200, 'header.cache-control': 'no-store' },
      { status: 200, 'header.cache-control': 'private' },
      ['risky header.cache-control at token: no-store -> private (1)'],
    ],
    [
      'another media type',
      { status: 200, 'header.content-type': 'application/json; charset=UTF-8' },
      { status: 200, 'header.content-type': 'text/html' },
      ['breaking header.content-type at token: application/json -> text/html (1)'],
    ],
    [
      'another charset is not a change',
      { status: 200, 'header.content-type': 'application/json; charset=UTF-8' },
      { status: 200, 'header.content-type': 'application/json' },
      [],
    ],
    [
      'an independent header is listed with another answer, and what follows from it is not',
      { ...issued(), 'header.access-control-allow-origin': 'absent', 'header.cache-control': 'no-store' },
      {
        ...refused(400, 'invalid_grant'),
        'header.access-control-allow-origin': '*',
        'header.cache-control': 'private',
      },
      [
        'breaking answer at token: 200, tokens issued -> 400 invalid_grant (1)',
        'risky header.access-control-allow-origin at token: absent -> * (1)',
      ],
    ],
  ])('%s', (_name, before, after, expected) => {
    expect(compared(one(before), one(after))).toEqual(expected)
  })

  test('a shorter lifetime breaks, a longer one is risky', () => {
    const lasting = (seconds: number): CheckResult[] =>
      one(issued(), { findings: [finding({ path: 'access_token.lifetime', ok: true, actual: seconds })] })
    expect(compared(lasting(300), lasting(60))).toEqual(['breaking access_token.lifetime at token: 300 -> 60 (1)'])
    expect(compared(lasting(60), lasting(300))).toEqual(['risky access_token.lifetime at token: 60 -> 300 (1)'])
    expect(compared(lasting(300), lasting(298))).toHaveLength(1)
    // The server read its clock twice, and a second began in between.
    expect(compared(lasting(300), lasting(299))).toEqual([])
  })

  test('a type becomes the one that is required: fixed', () => {
    const exp = (type: string, ok: boolean): CheckResult[] =>
      one(issued({ exp: type }), { findings: [finding({ path: 'access_token.claims.exp', ok, actual: type })] })
    expect(compared(exp('number', false), exp('integer', true))).toEqual([
      'fixed access_token.claims.exp at token: number -> integer (1)',
    ])
  })

  test('equal changes are one, with the checks behind it', () => {
    const checks = (claims: Record<string, string>): CheckResult[] => [
      tokenCheck('a.one', issued(claims)),
      tokenCheck('a.two', issued(claims), {
        findings: [
          finding({ path: 'access_token.claims.iss', ok: 'iss' in claims, actual: claims['iss'] ?? 'absent' }),
        ],
      }),
    ]
    const { changes } = comparisonOf(runOf(checks({})), runOf(checks({ iss: 'string' })))
    expect(changes).toHaveLength(1)
    expect(changes[0]).toMatchObject({ class: 'added', checks: [{ name: 'a.one' }, { name: 'a.two' }] })
  })

  test('one answer in right and wrong places is two changes', () => {
    const before = [
      tokenCheck('a.must', refused(400, 'x'), { findings: unmet }),
      tokenCheck('a.not', refused(400, 'x')),
    ]
    const after = [tokenCheck('a.must', issued()), tokenCheck('a.not', issued(), { findings: granted })]
    expect(compared(before, after)).toEqual([
      'loosened answer at token: 400 x -> 200, tokens issued (1)',
      'fixed answer at token: 400 x -> 200, tokens issued (1)',
    ])
  })
})

describe('a change of the whole server', () => {
  const server = (difference: Parameters<typeof runOf>[1]) => runOf(one(issued()), difference)
  test.each<[string, Parameters<typeof runOf>[1], Parameters<typeof runOf>[1], string[]]>([
    ['another key', { server: { keys: ['a'] } }, { server: { keys: ['b'] } }, ['breaking keys: a -> b (0)']],
    ['a key that only one run saw is not a change', { server: {} }, { server: { keys: ['b'] } }, []],
    [
      'metadata appear',
      { server: {} },
      { server: { metadata: { '/.well-known/x': { issuer: 'a' } } } },
      ['added document /.well-known/x: absent -> published (0)'],
    ],
    [
      'metadata lose an item and change another',
      { server: { metadata: { '/.well-known/x': { issuer: 'a', methods: ['S256', 'plain'] } } } },
      { server: { metadata: { '/.well-known/x': { issuer: 'b', methods: ['S256'] } } } },
      [
        'breaking metadata /.well-known/x issuer: a -> b (0)',
        'breaking metadata /.well-known/x methods[plain]: listed -> absent (0)',
      ],
    ],
  ])('%s', (_name, before, after, expected) => {
    expect(brief(comparisonOf(server(before), server(after)))).toEqual(expected)
  })
})

test('an endpoint that is new, moves or goes', () => {
  const at = (endpoints: { readonly revocation?: string }): ReportedRun => {
    const run = runOf(one(issued()))
    const { target } = run
    return { ...run, target: target && { ...target, endpoints: { ...target.endpoints, ...endpoints } as Endpoints } }
  }
  const [none, first, other] = [at({}), at({ revocation: '/revoke' }), at({ revocation: '/oauth/revoke' })]
  expect(brief(comparisonOf(none, first))).toEqual(['added endpoint.revocation: absent -> /revoke (0)'])
  expect(brief(comparisonOf(first, other))).toEqual(['breaking endpoint.revocation: /revoke -> /oauth/revoke (0)'])
  expect(brief(comparisonOf(first, none))).toEqual(['breaking endpoint.revocation: /revoke -> absent (0)'])
})

describe('what means nothing is not a change', () => {
  const values = [
    ['redacted numbers', '‹code:12›', '‹code:345›'],
    ['jti', '0f70445590f98625b3d51ef0c9b5b4351b1252f16816186f', 'ffffffffffffffffffffffffffffffffffffffffffffffff'],
    ['times', '2026-11-27T03:05:29.321Z', '2027-01-01T00:00:00Z'],
    ['seconds since 1970', 1_795_748_729, 1_795_749_999],
    ['dates of headers', 'Fri, 27 Nov 2026 03:05:29 GMT', 'Sat, 28 Nov 2026 04:00:00 GMT'],
    ['HTML', '<!DOCTYPE html><p>one', '<html><p>other'],
    ['nonces', "script-src 'nonce-abc'", "script-src 'nonce-def'"],
    ['ids of runs', 'contract_0123456789ab:debug', 'contract_ba9876543210:debug'],
    ['the port', 'http://127.0.0.1:8080/x', 'http://127.0.0.1:9090/x'],
  ] as const
  test.each(values)('%s', (_name, before, after) => {
    const at = (port: number, actual: string | number) => {
      const run = runOf(one(issued(), { findings: [finding({ path: 'other.fact', ok: true, actual })] }))
      return { ...run, target: run.target && { ...run.target, baseUrl: `http://127.0.0.1:${String(port)}` } }
    }
    expect(brief(comparisonOf(at(8080, before), at(9090, after)))).not.toContainEqual(
      expect.stringContaining('other.fact'),
    )
  })

  test('the number of successful requests in a race, but not that several succeeded', () => {
    const raced = (successes: number) =>
      one(issued(), {
        observed: { status: 200, 'race.successes': successes },
        findings: [finding({ path: 'race.successes', ok: successes === 1, actual: successes })],
      })
    expect(compared(raced(2), raced(4))).toEqual([])
    expect(compared(raced(1), raced(2))).toEqual([expect.stringContaining('race.successes at token: 1 -> several')])
  })

  test('how many tokens other checks had left when cron ran, but not that all are gone', () => {
    const left = (live: number) => one(issued(), { observed: { status: 200, 'cron.live': live } })
    expect(compared(left(151), left(179))).toEqual([])
    expect(compared(left(151), left(0))).toEqual([expect.stringContaining('cron.live at token: some -> 0')])
  })

  test('but other text is', () => {
    const at = (actual: string) => one(issued(), { findings: [finding({ path: 'other.fact', ok: true, actual })] })
    expect(compared(at('one'), at('other'))).toEqual(['risky other.fact at token: one -> other (1)'])
  })
})
