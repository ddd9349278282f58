import type { CheckResult } from '../../helpers/model/result.ts'
import { recordDrift } from '../../helpers/compare/record-drift.ts'
import { reportOf, type Report } from '../../helpers/report/report.ts'
import { siteResult, type SitesOutcome } from '../../helpers/merge/outcome.ts'
import { check, exchange, finding, header, outcome } from './report-factory.ts'

const html = [['content-type', 'text/html; charset=UTF-8']] as const

/** A code grant: the browser gets a code, and the client redeems it. */
export const codeGrant = [
  exchange({
    request: {
      method: 'GET',
      url: 'http://127.0.0.1:8080/oauth/authorize?response_type=code&client_id=a&code_challenge=x&code_challenge_method=S256',
      headers: [],
      body: null,
    },
    response: { status: 200, headers: [...html], body: '<!DOCTYPE html><title>Consent</title>' },
  }),
  exchange({
    request: { url: 'http://127.0.0.1:8080/oauth/authorize?client_id=a', body: 'form_id=simple_oauth_authorize_form' },
    response: {
      status: 302,
      headers: [['location', 'https://client.example.test/callback?code=‹code:1›&state=abc']],
      body: '',
    },
  }),
  exchange(),
]

/** A check in which every string from others is this text. */
export function checkOf(text: string, difference: Partial<CheckResult> = {}): CheckResult {
  const sent: readonly [string, string][] = [
    ['location', text],
    [`x-${text}`, text],
  ]
  return check({
    ...{ contract: `x-${text}`, variant: text, title: text, client: text, user: text, location: text, group: text },
    sources: [{ document: `x-${text}`, section: text, level: 'MUST', binds: 'client' }],
    verdict: 'fail',
    findings: [
      finding({ path: text, expected: text, actual: text, note: text }),
      finding({
        ...{ path: text, actual: { [text]: text } },
        knownIssue: {
          kind: 'weakness',
          reason: text,
          source: text,
          issue: text,
          remedy: text,
          owner: text,
          until: text,
        },
      }),
    ],
    stale: [{ path: text, actual: text, reason: text }],
    exchanges: [
      exchange({
        request: { method: text, url: `http://127.0.0.1:8080/${text}`, headers: sent, body: text },
        response: { status: 302, headers: sent, body: text },
      }),
    ],
    serverLog: [text],
    ...difference,
  })
}

/** A report in which every string from others is one of these texts; the run itself uses the first. */
export function reportOfText(...texts: readonly [string, ...string[]]): Report {
  const [text] = texts
  const checks = texts.flatMap((text) => [
    checkOf(text),
    checkOf(text, { contract: `y-${text}`, verdict: 'blocked', blocker: { cause: text, message: text } }),
    checkOf(text, { contract: `z-${text}`, verdict: 'error', reason: { kind: 'suite-error', message: text } }),
  ])
  const target = {
    ...header.target,
    label: text,
    baseUrl: text,
    versions: { drupal: text },
    modules: { [text]: text },
    notes: [text],
  }
  const drift = recordDrift(
    {
      ...header,
      planned: 1,
      interrupted: null,
      failure: null,
      checks: [checkOf(text, { observed: { status: 1, [text]: text } })],
    },
    {
      record: {
        name: text,
        checks: [
          { contract: `x-${text}`, variant: text, verdict: 'pass' as const, failed: [], observed: { status: 2 } },
        ],
      },
      ...{
        deviations: [text],
        accepted: [{ change: text, reason: text, owner: text, until: '2000-01-01' }],
        today: '2026-01-01',
      },
      isWithheld: () => false,
    },
  )
  return reportOf({
    ...outcome(checks, { interrupted: text, failure: { code: text, message: text }, drift }),
    header: { ...header, target: { ...target, demonstration: false } },
  })
}

/** As many checks as asked for, in contracts of ten variants with a code grant each; every fifth contract has a known weakness. */
export const bigReport = (checks: number): Report =>
  reportOf(
    outcome(
      Array.from({ length: checks }, (_, index) => {
        const contract = Math.floor(index / 10)
        const isWeak = contract % 5 === 0
        return check({
          ...{
            contract: `big.contract-${contract}`,
            variant: `variant ${index % 10}`,
            exchanges: codeGrant,
            decisive: [2],
          },
          verdict: isWeak ? 'known' : 'pass',
          findings: [
            finding(
              isWeak
                ? { knownIssue: { kind: 'weakness', reason: 'The server grants it.', source: 'https://example.org/' } }
                : { ok: true },
            ),
          ],
        })
      }),
    ),
  )

/** Guarantees of two consumers: one refuted, one that only waiting would prove. */
export const guaranteeReport: Report = reportOf(
  outcome([
    check({ contract: 'policy.pkce', variant: 'my-app', guarantee: 'pkce: required', group: 'policy' }),
    check({
      ...{ contract: 'policy.lifetime', variant: 'my-app', guarantee: 'accessTokenLifetime: 300', group: 'policy' },
      ...{ verdict: 'skipped', reason: { kind: 'needs-slow' } },
    }),
    check({
      ...{ contract: 'policy.scope-refused', variant: 'my-job', guarantee: 'scopes: site:content', group: 'policy' },
      ...{ verdict: 'fail', findings: [finding({ granted: true })] },
    }),
  ]),
)

/** Forty sites, of which some fail, and one without a report. */
export const severalSites: SitesOutcome = {
  suite: header.suite,
  sites: Array.from({ length: 40 }, (_, index) =>
    siteResult(`site-${index}`, `site-${index}`, index % 10 === 0 ? guaranteeReport : bigReport(20)),
  ),
  missing: ['wiki'],
}

/** Nothing but skipped checks, with names as long as those of the suite. */
export const skippedReport = reportOf(
  outcome(
    ['revocation.access-token-of-another-client-credentials-client', 'registration.management-token'].map((contract) =>
      check({
        contract,
        verdict: 'skipped',
        reason: { kind: 'not-advertised', member: 'authorization_response_iss_parameter_supported' },
      }),
    ),
  ),
)
