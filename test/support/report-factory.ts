import { must } from '../../helpers/model/source.ts'
import type { Exchange } from '../../helpers/model/exchange.ts'
import type { CheckResult, JudgedFinding } from '../../helpers/model/result.ts'
import type { MessageContext } from '../../helpers/report/failure-message.ts'
import type { RunHeader, RunOutcome } from '../../helpers/report/run.ts'
import { painter } from '../../helpers/report/text.ts'

/** A check that passed; each test states what is different. */
export function check(difference: Partial<CheckResult> = {}): CheckResult {
  return {
    contract: 'pkce.verifier-mismatch',
    variant: null,
    title: 'A code is not redeemed with a verifier that does not match its challenge',
    severity: 'critical',
    sources: [must('RFC7636', '4.6'), must('RFC9700', '2.1.1')],
    group: 'token endpoint: proof key for code exchange',
    client: 'publicPkce',
    user: 'editor',
    location: 'specs/token/pkce.spec.ts:14:1',
    verdict: 'pass',
    reason: null,
    blocker: null,
    control: 'passed',
    findings: [],
    stale: [],
    observed: {},
    exchanges: [],
    serverLog: [],
    milliseconds: 412,
    ...difference,
  }
}

export function finding(difference: Partial<JudgedFinding> = {}): JudgedFinding {
  return {
    path: 'token.issued',
    ok: false,
    expected: 'rejected: an OAuth error, nothing issued',
    actual: { status: 200, issued: ['access_token', 'refresh_token'] },
    severity: 'critical',
    ...difference,
  }
}

export function exchange(
  difference: { request?: Partial<Exchange['request']>; response?: Partial<Exchange['response']> } = {},
): Exchange {
  return {
    request: {
      method: 'POST',
      url: 'http://127.0.0.1:8080/oauth/token',
      headers: [
        ['content-type', 'application/x-www-form-urlencoded'],
        ['content-length', '120'],
      ],
      body: 'grant_type=authorization_code&code=‹code:1›&code_verifier=‹code_verifier:1›',
      ...difference.request,
    },
    response: {
      status: 200,
      headers: [
        ['content-type', 'application/json'],
        ['cache-control', 'no-store'],
      ],
      body: '{"access_token":"‹access_token:1›","expires_in":300}',
      truncated: false,
      ...difference.response,
    },
    milliseconds: 34.6,
  }
}

const endpoints = {
  authorize: '/oauth/authorize',
  token: '/oauth/token',
  jwks: '/oauth/jwks',
  resource: '/oauth/debug',
  userinfo: '/oauth/userinfo',
  login: '/user/login',
}

export const header: RunHeader = {
  suite: { name: 'simple-oauth-contract', version: '0.1.0' },
  startedAt: '2026-01-02T03:04:05.000Z',
  target: {
    label: 'php, a copy of /srv/site',
    subject: 'php, a copy of /srv/site',
    endpoints,
    baseUrl: 'http://127.0.0.1:8080',
    versions: {
      drupal: '10.5.5',
      simple_oauth: '6.0.9',
      consumers: '1.19',
      league: '9.2.0',
      php: '8.3.6',
      webServer: 'php -S, 4 workers',
    },
    demonstration: false,
  },
  settings: { profile: 'default', strict: false, only: [], baseline: [] },
}

export const demonstration: RunHeader = {
  ...header,
  target: {
    label: 'reference server, profile simple-oauth-6.0 (no Drupal)',
    subject: 'reference server, profile simple-oauth-6.0 (no Drupal)',
    endpoints,
    baseUrl: 'http://127.0.0.1:45678',
    versions: { simple_oauth: '6.0.9', league: '9.2.0' },
    demonstration: true,
  },
}

export function outcome(results: readonly CheckResult[], difference: Partial<RunOutcome> = {}): RunOutcome {
  return { header, results, planned: results.length, interrupted: null, failure: null, ...difference }
}

export const context: MessageContext = {
  header,
  report: 'results',
  rerunCommand: 'npm run contract --',
  paint: painter(false),
}

/** One check of each verdict, as a run would hand them over. */
export const oneOfEach: readonly CheckResult[] = [
  check({ contract: 'pkce.accepted', severity: 'high', title: 'a code is exchanged for its verifier' }),
  check({
    contract: 'refresh.after-block',
    verdict: 'skipped',
    reason: { kind: 'capability', capability: 'site.control' },
    severity: 'high',
    control: 'none',
    title: 'a refresh token of a blocked user is refused',
  }),
  check({
    contract: 'authorize.state-echoed',
    verdict: 'warn',
    severity: 'low',
    title: 'the state comes back unchanged',
    findings: [finding({ path: 'callback.state', expected: '"a b"', actual: 'a+b', severity: 'low' })],
  }),
  check({
    contract: 'refresh.reuse',
    verdict: 'known',
    severity: 'high',
    control: 'an earlier step',
    title: 'a refresh token that was rotated is refused',
    findings: [
      finding({ ok: true, actual: { status: 401, error: 'invalid_request' }, severity: 'high' }),
      finding({
        path: 'token.error',
        expected: '400, error "invalid_grant"',
        actual: { status: 401, error: 'invalid_request' },
        severity: 'low',
        knownIssue: {
          kind: 'difference',
          reason: 'league/oauth2-server answers invalid_request',
          source: 'RFC 6749 §5.2',
        },
      }),
    ],
  }),
  check({
    contract: 'claims.exp-integer',
    verdict: 'stale',
    severity: 'medium',
    title: 'the access token expires at a whole second',
    findings: [
      finding({ path: 'access_token.claims.exp', ok: true, expected: 'an integer', actual: { type: 'integer' } }),
    ],
    stale: [
      {
        path: 'access_token.claims.exp',
        actual: { type: 'number' },
        reason: 'league/oauth2-server 9 writes microseconds',
      },
    ],
  }),
  check({
    contract: 'client.secret-wrong',
    verdict: 'blocked',
    control: 'failed',
    title: 'a wrong client secret is refused',
    blocker: {
      cause: 'step-failed',
      message: 'the step codeGrant failed: expected 200 and a token response, got 500, text/html, not a JSON object',
    },
    exchanges: [
      exchange({
        response: {
          status: 500,
          headers: [['content-type', 'text/html']],
          body: 'The website encountered an unexpected error.',
        },
      }),
    ],
    serverLog: [
      'PHP Fatal error:  Uncaught TypeError in /srv/site/web/index.php:12',
      '  thrown in /srv/site/web/index.php on line 12',
    ],
  }),
  check({
    verdict: 'fail',
    findings: [finding({ granted: true })],
    observed: { status: 200, json: { access_token: 'string', expires_in: 'integer' } },
    exchanges: [exchange()],
  }),
  check({
    contract: 'jwks.shape',
    verdict: 'error',
    control: 'none',
    client: null,
    user: null,
    severity: 'info',
    reason: { kind: 'suite-error', message: 'no verdict within 120 s' },
    title: 'the key set is well formed',
  }),
]

/** What a hostile server, contract or log might send to steer a terminal, a CI runner, a Markdown page or a shell. */
export const hostile = {
  title: '\x1b]0;owned\x07\x1b[2J\x1b[1;31mred\x1b[0m',
  hyperlink: '\x1b]8;;https://evil.example/\x1b\\click\x1b]8;;\x1b\\',
  c1: '\x9b31m\x90q\x9c',
  github: '::error file=x.php,line=1::pwned',
  githubIndented: '  ::stop-commands::token',
  githubOld: 'text ##[set-env name=PATH]/tmp',
  azure: 'text ##vso[task.setvariable variable=x]y',
  secondLine: 'harmless\n::add-mask::a\r\n##[error]b',
  carriageReturn: 'FAIL everything\rPASS everything',
  bidi: 'a\u202etxt.exe\u2066b\u2069',
  zeroWidth: 'pass\u200bword\ufeff\u00ad\u{e0041}',
  blanks: 'a\u00a0b\u3164c\u2028d',
  nul: 'a\0b\x7fc',
  surrogate: 'a\ud800b\udc00c😀',
  html: '<script>alert(1)</script><img src=x onerror=alert(1)><!-- & -->',
  markdownLink:
    '[click](javascript:alert(1)) ![x](https://evil.example/x.png) https://evil.example www.evil.example a@evil.example',
  fence: '``` \n````\n# heading\n~~~\n<b>bold</b>\n```',
  ticks: '`a` ``b`` ```',
  table: 'a | b \\| c |\n|---|',
  shell: `'; rm -rf / #$(id)\`id\`"!!\\`,
  forgedMark: '‹PATH:1›‹x;id:1›‹$(id):2›‹a›',
  long: 'A'.repeat(10_000),
} as const

const unmapped = { verdict: 'skipped', severity: 'critical', control: 'none' } as const

/** A run against a third-party site, with all that its owner gets to read. */
export const onSite: RunOutcome = outcome(
  [
    check(),
    check({
      ...unmapped,
      contract: 'code.other-client',
      reason: { kind: 'unmapped', roles: ['client otherPublicPkce'] },
    }),
    check({
      ...unmapped,
      contract: 'refresh.after-block',
      reason: { kind: 'unmapped', roles: ['client otherPublicPkce', 'user member'] },
    }),
    check({ ...unmapped, contract: 'login.wrong-password', reason: { kind: 'needs-stress' } }),
  ],
  {
    header: {
      ...header,
      target: {
        label: 'site, mapped in site.yaml',
        subject: 'https://staging.example.test/drupal',
        endpoints,
        mapped: true,
        baseUrl: 'https://staging.example.test/drupal',
        versions: { drupal: '10.5.5', simple_oauth: '6.0.9' },
        demonstration: false,
        stated: true,
        notes: ['the consumer "app", mapped as publicPkce, must use PKCE by its role, and the site begins without'],
      },
      settings: {
        ...header.settings,
        notApplicable: { 'login.wrong-password': 'no failed logins here', [check().contract]: 'forgotten' },
      },
    },
    sideEffects: { codes: 12, accessTokens: 9, refreshTokens: 1, sessions: 1 },
  },
)
