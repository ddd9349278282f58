import { collect } from '../../helpers/plan/collect.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { Runner } from '../../helpers/contract/runner.ts'
import type { KnownIssue } from '../../helpers/judge/conclude.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { isDue } from './counting.ts'
import { cellOf } from './matrix.ts'
import { thumbprint, type JsonObject } from '../../helpers/model/thumbprint.ts'
import { startReferenceServer } from '../../helpers/reference/server.ts'
import { referenceTarget, type ReferenceTargetOptions } from '../../helpers/targets/reference-target.ts'

let published: Promise<string> | undefined

/** The key that every faultless server in this process publishes, for the example policy's guarantee. */
async function publishedKey(): Promise<string> {
  const server = await startReferenceServer({ profile: 'ideal', data: { scopes: [], users: [], clients: [] } })
  try {
    const { keys } = (await (await fetch(`${server.url}/oauth/jwks`)).json()) as { keys: JsonObject[] }
    return keys.map(thumbprint).join(' ')
  } finally {
    server.closeNow()
  }
}

const withPublishedKey = (checks: readonly Check[], key: string): readonly Check[] =>
  JSON.parse(JSON.stringify(checks).replaceAll('{keyThumbprint}', key)) as readonly Check[]

export const allChecks = async (): Promise<readonly Check[]> => (await collect()).checks

/** Runs checks against the reference server in this process, without vitest around each. */
export async function runAgainst(
  server: ReferenceTargetOptions,
  checks: readonly Check[],
  knownIssues: readonly KnownIssue[] = [],
): Promise<CheckResult[]> {
  const target = referenceTarget(server)
  const info = await target.start(() => undefined)
  const session = new Runner({
    target: info,
    profile: 'default',
    knownIssues,
    requestTimeout: 10_000,
    checkTimeout: 60_000,
    slow: true,
    changeSite: (request) => target.changeSite(request),
    errorLog: () => Promise.resolve(target.errorLog()),
  })
  const results: CheckResult[] = []
  try {
    published ??= publishedKey()
    await session.run(withPublishedKey(checks, await published), (result) => results.push(result))
  } finally {
    await session.close()
    target.stop()
  }
  // A server that fails for a reason other than its fault proves nothing.
  const broken = results.flatMap(({ serverLog }) => serverLog).filter((line) => /^\w*Error\b/u.test(line))
  if (broken.length > 0) throw new Error(`The reference server crashed (${server.fault ?? 'no fault'}): ${broken[0]}`)
  return results
}

/** The verdict and the findings that caused it: in a failure, recommendations do not count. */
export function cellFor({ verdict, findings }: CheckResult): string {
  const wrong = findings.filter(({ ok, level }) => !ok && (verdict !== 'fail' || level !== 'SHOULD'))
  return cellOf(verdict, [...new Set(wrong.map(({ path }) => path))])
}

/**
 * A check that noticed the fault on the finding it is about: with its control passed, and red unless the standard only recommends.
 * `blocked` and `error` do not count.
 */
export function kills(result: CheckResult, path?: string): boolean {
  return (
    result.control !== 'failed' &&
    result.findings.some(
      (finding) =>
        !finding.ok &&
        (path === undefined || finding.path === path) &&
        isDue(finding.source === undefined ? result.sources : [finding.source], result.verdict),
    )
  )
}
