import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from '../contract/case.ts'
import type { KnownIssue } from '../judge/conclude.ts'
import { SettingsError, type Settings } from '../settings/settings.ts'
import type { TargetInfo, Versions } from '../model/target.ts'
import {
  applicableKnownIssues,
  readBaseline,
  readKnownIssues,
  type Baseline,
  type KnownIssueEntry,
} from './known-issues.ts'
import { packageRoot } from '../model/package.ts'

/** The known issues of released versions and of the user's baseline. */
export interface KnownLists {
  readonly released: readonly KnownIssueEntry[]
  readonly baseline: Baseline
}

/** @throws KnownIssuesError */
export function readKnownLists(settings: Settings, checks: readonly Check[]): KnownLists {
  const baselines = settings.baseline.map((file) => readBaseline(file, checks))
  return {
    released: settings.noKnownIssues ? [] : shippedKnownIssues(checks),
    baseline: { issues: baselines.flatMap(({ issues }) => issues), drift: baselines.flatMap(({ drift }) => drift) },
  }
}

/** The known issues that apply to a server today. */
export const knownIssuesOf = (
  { released, baseline }: KnownLists,
  { failOnFixed }: Settings,
  versions: Versions,
  today: Date,
): KnownIssue[] => [
  ...applicableKnownIssues(released, versions, today, { list: 'released', expected: failOnFixed }),
  ...applicableKnownIssues(baseline.issues, versions, today),
]

let shipped: readonly KnownIssueEntry[] | undefined

/** Read once a process. */
const shippedKnownIssues = (checks: readonly Check[]): readonly KnownIssueEntry[] =>
  (shipped ??= readShippedKnownIssues(checks))

/** Not validated: tests have checked the built list. */
function readShippedKnownIssues(checks: readonly Check[]): readonly KnownIssueEntry[] {
  const built = new URL('../../fixtures/known-issues.json', import.meta.url)
  if (existsSync(built)) return JSON.parse(readFileSync(built, 'utf8')) as KnownIssueEntry[]
  return readKnownIssues(join(packageRoot, 'fixtures', 'known-issues.yaml'), checks)
}

/**
 * The contents of the file that `--ca` names; null without one.
 * @throws SettingsError if it is not a certificate.
 */
export function readAuthority({ ca }: Settings): string | null {
  if (ca === null) return null
  try {
    const pem = readFileSync(ca, 'utf8')
    new X509Certificate(pem)
    return pem
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SettingsError('bad-value', `"${ca}" is not a certificate: ${why}. Name a PEM file with --ca.`)
  }
}

/** What a Runner needs: settings in its units, and the target. Plain JSON. */
export interface Plan {
  readonly target: TargetInfo
  readonly knownIssues: readonly KnownIssue[]
  readonly profile: Settings['profile']
  /** Milliseconds. */
  readonly requestTimeout: number
  /** Milliseconds. */
  readonly checkTimeout: number
  readonly slow: boolean
  readonly ca?: string
}

export function planOf(
  settings: Settings,
  { target, knownIssues, ca }: Pick<Plan, 'target' | 'knownIssues'> & { ca: string | null },
): Plan {
  return {
    target,
    knownIssues,
    profile: settings.profile,
    requestTimeout: settings.requestTimeout * 1000,
    checkTimeout: settings.checkTimeout * 1000,
    slow: settings.slow,
    ...(ca === null ? {} : { ca }),
  }
}
