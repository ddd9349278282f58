import { describeReason } from '../../helpers/model/describe-reason.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Check } from '../../helpers/contract/case.ts'
import { Runner } from '../../helpers/contract/runner.ts'
import { checkName, type CheckResult } from '../../helpers/model/result.ts'
import { evidencePages } from '../../helpers/report/evidence.ts'
import { reportJson } from '../../helpers/report/json.ts'
import { reportOf } from '../../helpers/report/report.ts'
import { failureMessage } from '../../helpers/report/failure-message.ts'
import type { RunOutcome } from '../../helpers/report/run.ts'
import { painter } from '../../helpers/report/text.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import type { Target, TargetInfo } from '../../helpers/model/target.ts'
import { allChecks } from '../mutation/run-against.ts'
import { hostileServer, type Breaks, type HostileServer } from '../support/hostile-proxy.ts'

export interface Behaviour {
  readonly breaks: Breaks
  /**
   * By check: `pass`, `fail token.issued` (the findings that failed) or `blocked timeout` (the cause). Checks that are not named pass,
   * because none of their requests is affected.
   */
  readonly verdicts: { readonly [check: string]: string }
  /** How the site differs from the reference server. */
  readonly target?: (info: TargetInfo) => Partial<TargetInfo>
  /** Other checks than `usual`. */
  readonly checks?: readonly string[]
  /** Milliseconds for one request. */
  readonly requestTimeout?: number
  /** Milliseconds for one check. */
  readonly checkTimeout?: number
  /** More that must hold. */
  readonly also?: (results: readonly CheckResult[], server: HostileServer) => void
}

/** One of each kind of step, refusals with their controls. */
export const usual = [
  'authorize.code-issued [plain]',
  'authorize.anonymous',
  'consent.form-token [forged]',
  'pkce.verifier-mismatch',
  'access-token.signature',
  'access-token.keys-public',
  'access-token.lifetime',
  'refresh.rotation',
  'bearer.scope-missing',
  'bearer.forged [expiry changed]',
  'bearer.forged [public key as HMAC secret]',
  'client-credentials.wrong-secret [arbitrary string]',
  'login.wrong-password',
] as const

const all = (checks: readonly string[], verdict: string): Record<string, string> =>
  Object.fromEntries(checks.map((name) => [name, verdict]))

export const everything = (verdict: string): Record<string, string> => all(usual, verdict)
/** Everything that needs a code, and so a login. */
export const everyCodeFlow = (verdict: string): Record<string, string> =>
  all(
    usual.filter((name) => !/^(client-credentials|login|token)\.|keys-public|scope-missing/u.test(name)),
    verdict,
  )
/** Everything that logs somebody in. */
export const everyLogin = (verdict: string): Record<string, string> => ({
  ...everyCodeFlow(verdict),
  'login.wrong-password': verdict,
})
/** Everything that needs the key set. */
export const everyKeySet = (verdict: string): Record<string, string> =>
  all(
    ['access-token.keys-public', 'access-token.signature', ...usual.filter((name) => name.startsWith('bearer.forged'))],
    verdict,
  )
/** Everything that needs an answer of the token endpoint. */
export const everyToken = (verdict: string): Record<string, string> =>
  all(
    usual.filter((name) => !/^(authorize|consent|login)\.|keys-public/u.test(name)),
    verdict,
  )

/** Declares one test a behaviour; the healthy server behind it is the same for all of a file. */
export function hostile(title: string, behaviours: { readonly [name: string]: Behaviour }): void {
  describe(title, () => {
    let target: Target
    let info: TargetInfo
    let checks: readonly Check[] = []
    beforeAll(async () => {
      target = referenceTarget({ profile: 'ideal' })
      info = await target.start(() => undefined)
      checks = await allChecks()
    })
    afterAll(() => {
      target.stop()
    })

    test.for(Object.entries(behaviours))('%s', { timeout: 30_000 }, async ([, behaviour]) => {
      const names = behaviour.checks ?? usual
      const chosen = checks.filter((check) => names.includes(checkName(check)))
      expect(chosen).toHaveLength(names.length)
      const server = await hostileServer(info.baseUrl, behaviour.breaks)
      try {
        const hostileInfo = { ...info, ...behaviour.target?.(info), baseUrl: server.origin }
        const results = await runAll(hostileInfo, chosen, behaviour)
        expect(Object.fromEntries(results.map((result) => [checkName(result), inWords(result)]))).toEqual({
          ...all(names, 'pass'),
          ...behaviour.verdicts,
        })
        expect(server.strayed()).toBe(0)
        expectNoSecret(results, info)
        expectEvidence(results)
        expectHarmless(results, hostileInfo)
        behaviour.also?.(results, server)
      } finally {
        await server.close()
      }
    })
  })
}

async function runAll(
  target: TargetInfo,
  checks: readonly Check[],
  { requestTimeout = 5_000, checkTimeout = 20_000 }: Behaviour,
): Promise<CheckResult[]> {
  const session = new Runner({
    target,
    profile: 'default',
    knownIssues: [],
    requestTimeout,
    checkTimeout,
    changeSite: () => Promise.reject(new Error('no check here changes the site')),
    errorLog: () => Promise.resolve([]),
  })
  const results: CheckResult[] = []
  try {
    await session.run(checks, (result) => results.push(result))
  } finally {
    await session.close()
  }
  return results
}

function inWords({ verdict, findings, blocker, reason }: CheckResult): string {
  const wrong = findings.filter((finding) => !finding.ok).map((finding) => finding.path)
  return [
    verdict,
    ...wrong,
    ...(blocker ? [blocker.cause] : []),
    ...(reason === null ? [] : [describeReason(reason)]),
  ].join(' ')
}

function expectNoSecret(results: readonly CheckResult[], info: TargetInfo): void {
  const text = JSON.stringify(results)
  const secrets = [
    ...Object.values(info.users).flatMap((user) => user.password ?? []),
    ...Object.values(info.clients).flatMap((client) => client.client_secret ?? []),
  ]
  expect(secrets.length).toBeGreaterThan(5)
  for (const secret of secrets)
    for (const written of [
      secret,
      Buffer.from(secret).toString('base64').slice(0, -3),
      Buffer.from(secret).toString('hex'),
    ])
      // Not toContain, which would print both.
      expect(text.includes(written)).toBe(false)
}

const nothingCame = ['timeout', 'check-timeout', 'no-connection', 'HPE_INVALID', 'UND_ERR_HEADERS_OVERFLOW']

/** A blocked check shows the answer that blocked it, even if another check got it first. */
function expectEvidence(results: readonly CheckResult[]): void {
  const bare = results.filter(
    ({ verdict, blocker, exchanges }) =>
      verdict !== 'pass' && exchanges.length === 0 && !nothingCame.includes(blocker?.cause ?? ''),
  )
  expect(bare.map(checkName)).toEqual([])
}

/** The server's words are harmless in output: no terminal escape, no workflow command, no file name of its choice. */
function expectHarmless(results: readonly CheckResult[], target: TargetInfo): void {
  const outcome: RunOutcome = {
    header: {
      suite: { name: 'simple-oauth-contract', version: '0.0.0' },
      startedAt: '2026-01-02T03:04:05.000Z',
      target,
      settings: { profile: 'default', strict: false },
    },
    results,
    planned: results.length,
    interrupted: null,
    failure: null,
  }
  const context = {
    header: outcome.header,
    report: 'results',
    rerunCommand: 'npm run contract --',
    paint: painter(false),
  }
  const pages = [...evidencePages(outcome)]
  const shown = [
    reportJson(reportOf(outcome)),
    ...results.map((result) => failureMessage(result, context)),
    ...pages.flat(),
  ]
  // Whether, not where: the text may be megabytes.

  expect(shown.map((text) => /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/u.test(text))).toEqual(
    shown.map(() => false),
  )
  expect(shown.map((text) => /^\s*::\w+/mu.test(text))).toEqual(shown.map(() => false))
}
