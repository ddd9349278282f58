import { describe, expect, test } from 'vitest'
import { should } from '../../helpers/model/source.ts'
import { briefLine, failureMessage } from '../../helpers/report/failure-message.ts'
import { painter } from '../../helpers/report/text.ts'
import { check, context, demonstration, exchange, finding, hostile, oneOfEach } from '../support/report-factory.ts'

const golden = (name: string): string => `../golden/${name}.txt`
const message = (difference: Parameters<typeof check>[0], of = context): string =>
  `${failureMessage(check(difference), of)}\n`

describe('the message of', () => {
  test.each(oneOfEach.filter(({ verdict }) => !['pass', 'skipped', 'known'].includes(verdict)))(
    '$verdict',
    async (result) => {
      await expect(`${failureMessage(result, context)}\n`).toMatchFileSnapshot(golden(`message-${result.verdict}`))
    },
  )

  test('a fail with several findings: what was given out comes first, then by severity; an excused one is named', async () => {
    const several = message({
      verdict: 'fail',
      variant: 'plus',
      sources: [should('OAUTH21', 'appendix B')],
      findings: [
        finding({ path: 'json.expires_in', expected: '300 seconds, give or take one', actual: '300', severity: 'low' }),
        finding({ path: 'json.token_type', ok: true, expected: '"Bearer"', actual: 'Bearer' }),
        finding({
          path: 'json.scope',
          expected: 'absent',
          actual: null,
          severity: 'high',
          note: 'RFC 6749 §3.3 lets a server leave it out',
        }),
        finding({ path: 'first: token.issued', granted: true, severity: 'medium', level: 'SHOULD' }),
        finding({
          path: 'token.error',
          actual: { status: 400, error: 'x' },
          knownIssue: { kind: 'difference', reason: 'as league 9 does', source: 's' },
        }),
      ],
      stale: [{ path: 'json.iss', actual: { absent: true }, reason: 'no issuer before 6.1' }],
    })
    await expect(several).toMatchFileSnapshot(golden('message-fail-several'))
  })

  test('a fail beside a 500: the first line of the error log, and how many more there are', async () => {
    const lines = Array.from({ length: 12 }, (_, index) => `PHP Warning ${index}`)
    const text = message({
      verdict: 'fail',
      findings: [finding({ actual: { status: 500, type: 'text/html' } })],
      exchanges: [exchange({ response: { status: 500 } })],
      serverLog: lines,
    })
    await expect(text).toMatchFileSnapshot(golden('message-fail-500'))
  })

  test('a fail on the reference server, called as an installed package', async () => {
    const installed = {
      ...context,
      header: demonstration,
      rerunCommand: 'npx simple-oauth-contract',
      report: 'out/oauth',
    }
    await expect(message({ verdict: 'fail', findings: [finding()] }, installed)).toMatchFileSnapshot(
      golden('message-fail-installed'),
    )
  })

  test('an error with a stack, before the target is known', async () => {
    const stack = `TypeError: x is not a function\n${Array.from({ length: 20 }, (_, line) => `    at step (helpers/oauth/driver.ts:${line}:1)`).join('\n')}`
    await expect(
      message({ verdict: 'error', reason: { kind: 'suite-error', message: stack } }, { ...context, header: null }),
    ).toMatchFileSnapshot(golden('message-error-stack'))
  })

  test('a fail in colours', async () => {
    await expect(
      message({ verdict: 'fail', findings: [finding()] }, { ...context, paint: painter(true) }),
    ).toMatchFileSnapshot(golden('message-fail-color'))
  })
})

describe('one line for', () => {
  test.each(oneOfEach.filter(({ verdict }) => ['skipped', 'known', 'blocked'].includes(verdict)))(
    '$verdict',
    async (result) => {
      await expect(`${briefLine(result, context.paint)}\n`).toMatchFileSnapshot(golden(`brief-${result.verdict}`))
    },
  )
})

describe('hostile', () => {
  test.each(Object.entries(hostile))('%s in every place of a message: nothing gets through', async (name, text) => {
    const result = check({
      contract: text,
      variant: text,
      title: text,
      client: text,
      user: text,
      location: text,
      verdict: 'fail',
      reason: { kind: 'suite-error', message: text },
      blocker: { cause: text, message: text },
      findings: [
        finding({ path: text, expected: text, actual: text, note: text }),
        finding({ actual: { error_description: text } }),
      ],
      stale: [{ path: text, actual: text, reason: text }],
      serverLog: [text],
    })
    const header = context.header && {
      ...context.header,
      target: context.header.target && { ...context.header.target, label: text, versions: { drupal: text } },
    }
    const printed = [
      failureMessage(result, { ...context, header }),
      briefLine(result, context.paint),
      briefLine({ ...result, blocker: null }, context.paint),
    ].join('\n')
    for (const line of printed.split('\n')) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      expect(line).not.toMatch(/^\s*::/)
      expect(line).not.toMatch(/##\w*\[/)
      expect(line.length).toBeLessThan(2_500)
    }
    if (name === 'secondLine') await expect(`${printed}\n`).toMatchFileSnapshot(golden('message-hostile'))
  })
})
