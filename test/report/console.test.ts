import { describe, expect, test } from 'vitest'
import type { CheckResult } from '../../helpers/model/result.ts'
import { createConsole, type Console } from '../../helpers/report/console.ts'
import type { RunOutcome } from '../../helpers/report/run.ts'
import {
  check,
  demonstration,
  finding,
  header,
  hostile,
  oneOfEach,
  onSite,
  outcome,
} from '../support/report-factory.ts'

const golden = (name: string): string => `../golden/console-${name}.txt`

/** What a run prints; each reading advances the clock by half a second. */
function printed(
  act: (console: Console) => void,
  how: { tty?: boolean; color?: boolean; columns?: number; look?: number; detail?: 'quiet' | 'verbose' } = {},
): string {
  const parts: string[] = []
  let clock = 0
  const console = createConsole({
    stream: { write: (text) => parts.push(text), ...(how.tty ? { columns: how.columns ?? 80 } : {}) },
    tty: how.tty ?? false,
    color: how.color ?? false,
    rerunCommand: 'npm run contract --',
    report: 'results',
    ...(how.detail ? { detail: how.detail } : {}),
    now: () => (clock += how.look ?? 500),
  })
  act(console)
  return parts.join('')
}

const ofRun =
  (run: RunOutcome) =>
  (console: Console): void => {
    console.stage('installing Drupal')
    console.start(run.header, run.planned)
    for (const result of run.results) console.result(result)
    console.finish(run)
  }

const lastLine = (text: string): string => text.split('\n').at(-2) ?? ''
const blocked = (index: number, cause: string): CheckResult =>
  check({
    contract: `a.${index}`,
    verdict: 'blocked',
    control: 'failed',
    blocker: { cause, message: `the server stopped answering (${cause})` },
  })

/** As many known weaknesses, differences, warnings and skipped checks as a real run has. */
const longClean = outcome(
  [
    ...Array.from({ length: 400 }, (_, index) => check({ contract: `a.${index}` })),
    ...Array.from({ length: 120 }, (_, index) => {
      const kind = index < 20 ? 'weakness' : 'difference'
      const reason = `Reason ${Math.floor(index / 2)}: PHP keeps only the last of several parameters with the same name, wherever it comes from`
      const knownIssue = { kind, reason, source: 'https://example.test/1', owner: 'Jo', until: '2026-12-31' } as const
      const one = finding({ severity: index % 3 === 0 ? 'high' : 'low', granted: kind === 'weakness', knownIssue })
      return check({ contract: `known-issue-of-some-length.${index}`, verdict: 'known', findings: [one] })
    }),
    ...Array.from({ length: 4 }, (_, index) =>
      check({ contract: `w.${index}`, verdict: 'warn', findings: [finding({ severity: 'low', level: 'SHOULD' })] }),
    ),
    ...Array.from({ length: 12 }, (_, index) =>
      check({
        contract: `s.${index}`,
        severity: 'low',
        verdict: 'skipped',
        reason: { kind: 'capability', capability: index < 8 ? 'oidc' : 'site.control' },
      }),
    ),
  ],
  {
    milliseconds: 112_000,
    knownIssues: { expired: [], expiring: [{ name: 'pkce.plain', until: '2026-02-01' }], unexplained: 3 },
    drift: {
      ...{ record: 'simple_oauth-6.0.9-drupal-10.5.5', deviations: [], compared: 500, unused: [], expired: [] },
      changes: Array.from({ length: 8 }, (_, index) => ({
        ...{ id: `answer at token: 400 -> 40${index}`, fact: 'answer', endpoint: 'token', sentence: 'Another status.' },
        ...{ accepted: null, class: 'breaking', checks: [`a.${index}`], contracts: [`a.${index}`] },
      })),
    },
  },
)

/** Rows that lines take on a terminal. */
const rows = (text: string, columns: number): number =>
  text
    .trimEnd()
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0)

/** Removes lines that a terminal overwrites. */
const remains = (text: string): string => text.replaceAll(/\r\x1b\[2K[^\n\r]*(?=\r)/gu, '').replaceAll('\r\x1b[2K', '')

describe.each([
  ['terminal', true],
  ['log', false],
] as const)('on a %s', (kind, tty) => {
  test.each(tty ? [80, 120] : [80])('of %i columns a run without failures ends within 25 lines', async (columns) => {
    const text = remains(printed(ofRun(longClean), { tty, columns, look: 0 }))
    expect(rows(text, columns)).toBeLessThanOrEqual(25)
    await expect(text).toMatchFileSnapshot(golden(`clean-${kind}-${String(columns)}`))
  })

  test.each(tty ? [80, 120] : [80])(
    'of %i columns the first failure and the conclusion fit a screen',
    async (columns) => {
      const failures = oneOfEach.filter(({ verdict }) => verdict === 'fail')
      const run = outcome([
        ...longClean.results,
        ...failures,
        ...Array.from({ length: 30 }, (_, index) =>
          check({
            contract: `other.${index}`,
            severity: 'low',
            verdict: 'fail',
            findings: [finding({ severity: 'low' })],
          }),
        ),
      ])
      const text = remains(printed(ofRun(run), { tty, columns, look: 0 }))
      const end = text.slice(text.indexOf('FAIL pkce.verifier-mismatch   critical'))
      expect(rows(end, columns)).toBeLessThanOrEqual(24)
      await expect(text).toMatchFileSnapshot(golden(`red-${kind}-${String(columns)}`))
    },
  )
})

describe('progress', () => {
  /** A run of 100 checks, one a second. */
  const slow = (tty: boolean): string[] => {
    const parts: string[] = []
    let clock = 0
    const options = { color: false, rerunCommand: 'x', report: 'results', now: () => clock }
    const console = createConsole({ stream: { write: (text) => parts.push(text), columns: 80 }, tty, ...options })
    console.start(header, 100)
    for (let index = 0; index < 32; index++) {
      console.begin(`a.${index}`)
      console.begin(`b.${index}`)
      clock += 1_000
      console.tick()
      console.result(check({ contract: `b.${index}` }))
      if (index % 2 === 0) console.result(check({ contract: `a.${index}` }))
    }
    return parts
  }

  test('in a log is a line every 15 seconds', () => {
    expect(slow(false).slice(1)).toEqual([
      '21/100  0:15, about 0:56 left  a.1, a.3, a.5, a.7, a.9, a.11, a.13, a.14, b.14\n',
      '44/100  0:30, about 0:38 left  a.1, a.3, a.5, a.7, a.9, a.11, a.13, a.15, a.17,…\n',
    ])
  })

  test('on a terminal is one line that goes on while no check ends', () => {
    const parts = slow(true)
    expect(parts.slice(1, 4)).toEqual([
      '\r\x1b[2K0/100  0:01  a.0, b.0',
      '\r\x1b[2K1/100  0:01  a.0',
      '\r\x1b[2K2/100  0:01',
    ])
    expect(parts.slice(1).every((part) => !part.includes('\n'))).toBe(true)
  })
})

describe('a run', () => {
  test('with every verdict, in a log', async () => {
    await expect(printed(ofRun(outcome(oneOfEach)))).toMatchFileSnapshot(golden('every-verdict'))
  })

  test('with every verdict, on a terminal: one status line, rewritten', async () => {
    const text = printed(ofRun(outcome(oneOfEach)), { tty: true })
    await expect(text.replaceAll('\r\x1b[2K', '⟲')).toMatchFileSnapshot(golden('terminal'))
    // A rewritten line must fit the terminal, or the cursor would be on the wrong line.
    for (const status of text.split('\r\x1b[2K').filter((part) => !part.includes('\n')))
      expect(status.length).toBeLessThan(80)
  })

  test('that is conformant', async () => {
    const results = Array.from({ length: 24 }, (_, index) => check({ contract: `a.${index}` }))
    await expect(printed(ofRun(outcome(results)))).toMatchFileSnapshot(golden('conformant'))
  })

  test('with no new differences: what was granted comes first, with its owner and term', async () => {
    const results = [
      check(),
      ...['plain', 'plus'].flatMap((variant) =>
        oneOfEach.filter(({ verdict }) => verdict === 'known').map((result) => ({ ...result, variant })),
      ),
      check({
        contract: 'refresh.other-client',
        verdict: 'known',
        findings: [
          finding({
            granted: true,
            knownIssue: {
              kind: 'weakness',
              reason: 'fixed with the next release',
              source: 'https://example.test/1',
              owner: 'Jo',
              until: '2026-03-01',
            },
          }),
        ],
      }),
    ]
    await expect(printed(ofRun(outcome(results)))).toMatchFileSnapshot(golden('no-new-differences'))
    // With each known or skipped check, and the differences in which nothing was granted.
    await expect(printed(ofRun(outcome(results)), { detail: 'verbose' })).toMatchFileSnapshot(golden('verbose'))
    await expect(printed(ofRun(outcome(results)), { detail: 'quiet' })).toMatchFileSnapshot(golden('quiet'))
  })

  test('whose server dies: one message a cause, the rest in a line each, grouped at the end', async () => {
    const results = [
      check(),
      ...Array.from({ length: 12 }, (_, index) => blocked(index, 'ECONNREFUSED')),
      blocked(90, 'login-failed'),
      ...['a', 'b', 'c', 'd', 'e'].map((step) =>
        check({
          contract: `x.${step}`,
          verdict: 'blocked',
          blocker: { cause: 'step-failed', message: `the step ${step} failed` },
        }),
      ),
    ]
    await expect(printed(ofRun(outcome(results)))).toMatchFileSnapshot(golden('server-dies'))
  })

  test('of the reference server says that no Drupal was tested', async () => {
    await expect(printed(ofRun(outcome([check()], { header: demonstration })))).toMatchFileSnapshot(
      golden('demonstration'),
    )
  })

  test('on a third-party site', async () => {
    await expect(printed(ofRun(onSite))).toMatchFileSnapshot(golden('site'))
  })

  test('with a critical contract skipped', async () => {
    const results = [
      check(),
      check({ contract: 'jwks.shape', verdict: 'skipped', reason: { kind: 'capability', capability: 'jwks' } }),
      check({ contract: 'x-own', verdict: 'skipped', reason: { kind: 'needs-stress' } }),
    ]
    await expect(printed(ofRun(outcome(results)))).toMatchFileSnapshot(golden('critical-skipped'))
  })

  test('where a warning is counted as failed', async () => {
    const strict = { ...header, settings: { ...header.settings, strict: true } }
    const results = oneOfEach.filter(({ verdict }) => verdict === 'pass' || verdict === 'warn')
    await expect(printed(ofRun(outcome(results, { header: strict })))).toMatchFileSnapshot(golden('strict'))
  })

  test('that is interrupted', async () => {
    const run = outcome([check(), ...oneOfEach.filter(({ verdict }) => verdict === 'fail')], {
      planned: 24,
      interrupted: 'SIGINT',
    })
    await expect(printed(ofRun(run))).toMatchFileSnapshot(golden('interrupted'))
  })

  test('that never began', async () => {
    const failure = {
      code: 'install-failed',
      message: 'Drupal was not installed. The last lines were:\nPDOException: disk full\n::error::x',
    }
    const run = outcome([], { planned: 24, failure, header: { ...header, target: null } })
    await expect(
      printed((console) => {
        console.finish(run)
      }),
    ).toMatchFileSnapshot(golden('not-started'))
  })

  test('of nothing', async () => {
    await expect(printed(ofRun(outcome([])))).toMatchFileSnapshot(golden('nothing-selected'))
  })

  test('in colours', async () => {
    await expect(printed(ofRun(outcome(oneOfEach)), { color: true })).toMatchFileSnapshot(golden('color'))
  })
})

test.each([
  ['every verdict', outcome(oneOfEach), '2 passed, 4 failed, 2 skipped'],
  ['interrupted', outcome([check()], { planned: 9, interrupted: 'SIGTERM' }), '1 passed, 0 failed, 0 skipped'],
  ['never began', outcome([], { planned: 9, failure: { code: 'a', message: 'b' } }), '0 passed, 0 failed, 0 skipped'],
  ['nothing selected', outcome([]), '0 passed, 0 failed, 0 skipped'],
])('the last line, %s', (_name, run, line) => {
  for (const tty of [true, false]) expect(lastLine(printed(ofRun(run), { tty, color: true }))).toBe(line)
})

test.each(Object.entries(hostile))('hostile %s in every place of a run: nothing gets through', (_name, text) => {
  const more = { issue: text, remedy: text, fixedIn: text, owner: text, until: text, unseen: [text] }
  const knownIssue = { kind: 'weakness', reason: text, source: text, ...more } as const
  const accepted = { change: text, reason: text, owner: text, until: text }
  const change = { id: text, fact: text, endpoint: text, sentence: text, checks: [text], contracts: [text] } as const
  const drift = {
    ...{ record: text, deviations: [text], compared: 1, unused: [accepted], expired: [accepted] },
    changes: [
      { ...change, class: 'loosened', accepted: null } as const,
      { ...change, class: 'neutral', accepted } as const,
    ],
  }
  const term = { name: text, until: text }
  const knownIssues = { expired: [term], expiring: [term], unexplained: 1, written: { file: text, entries: 1 } }
  const each = oneOfEach.map((result) =>
    check({
      ...result,
      contract: `${text}.${result.verdict}`,
      variant: text,
      location: text,
      improved: [{ path: text, actual: text, reason: text }],
      reason: { kind: 'suite-error', message: text },
      blocker: result.blocker && { cause: text, message: text },
      findings: [
        finding({ path: text, actual: text, granted: true, ...(result.verdict === 'known' ? { knownIssue } : {}) }),
      ],
    }),
  )
  const versions = { drupal: text, simple_oauth: text, webServer: text }
  const run = outcome(each, {
    header: { ...header, target: { label: text, baseUrl: text, versions, demonstration: true } },
    interrupted: text,
    failure: { code: text, message: text },
    drift,
    knownIssues,
  })
  const output = printed((console) => {
    console.stage(text)
    ofRun(run)(console)
  })
  for (const line of output.split('\n')) {
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    expect(line).not.toMatch(/^\s*::/)
    expect(line).not.toMatch(/##\w*\[/)
  }
  expect(lastLine(output)).toBe('2 passed, 4 failed, 2 skipped')
})

test('a failure with many findings, on a site, with drift: still in a screen', () => {
  const many = check({
    verdict: 'fail',
    findings: Array.from({ length: 8 }, (_, index) =>
      finding({ path: `token.member-${String(index)}`, expected: 'a long text '.repeat(12), actual: 'x'.repeat(200) }),
    ),
  })
  const others = Array.from({ length: 9 }, (_, index) =>
    check({ contract: `other.${String(index)}`, verdict: 'fail', findings: [finding({ path: `p.${String(index)}` })] }),
  )
  const sideEffects = { codes: 12, accessTokens: 20, refreshTokens: 4, sessions: 2 }
  const text = remains(printed(ofRun(outcome([many, ...others], { sideEffects })), { tty: true, columns: 80, look: 0 }))
  const end = text.slice(text.indexOf('FAIL pkce.verifier-mismatch   critical'))
  expect(rows(end, 80)).toBeLessThanOrEqual(24)
  expect(end).toContain('more findings: see the evidence')
  expect(end).toContain('again  ')
})
