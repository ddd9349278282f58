import { expect, test } from 'vitest'
import { allChecks, runAgainst } from '../mutation/run-against.ts'

// Forms are found by their structure, so the same checks have the same verdicts on German pages.
test('login and consent are driven on German pages too', { timeout: 60_000 }, async () => {
  const checks = (await allChecks()).filter((check) => /^(authorize|consent|login)\./.test(check.contract))
  const results = await runAgainst({ profile: 'ideal', language: 'de' }, checks)
  const pages = results.flatMap((result) => result.exchanges).map((exchange) => exchange.response.body)
  expect(pages.some((page) => page.includes('Anmelden'))).toBe(true)
  expect(pages.some((page) => page.includes('value="Allow"') || page.includes('value="Log in"'))).toBe(false)
  expect(results.filter((result) => result.verdict !== 'pass').map((result) => result.contract)).toEqual([])
  expect(results.length).toBeGreaterThan(20)
})
