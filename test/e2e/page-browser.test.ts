import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'
import { renderPage } from '../../helpers/report/html/page.tsx'
import type { Report } from '../../helpers/report/report.ts'
import { comparisonHtml } from '../../helpers/report/comparison-html.ts'
import { matrixHtml } from '../../helpers/report/matrix-pages.ts'
import { matrixOf } from '../../helpers/compare/matrix.ts'
import { sitesPage } from '../../helpers/merge/page.tsx'
import { upgradeHtml } from '../../helpers/upgrade/page.ts'
import { noBrowser, startBrowser } from '../support/browser.ts'
import { comparisonOf, issued, refused, runOf, tokenCheck } from '../support/compare-factory.ts'
import { bigReport, guaranteeReport, reportOfText, severalSites, skippedReport } from '../support/page-reports.ts'
import { hostile, outcome } from '../support/report-factory.ts'
import { lost, refusedAfter, survived, upgraded } from '../upgrade/factory.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe.skipIf(noBrowser !== undefined)(`the page in a browser${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'contract-page-'))
  let browser: Browser
  let run = ''
  let bigReportFile = ''

  beforeAll(async () => {
    browser = await startBrowser()
    // Failures, known issues and whatever else there is in these areas.
    const fault = ['--reference-profile', 'simple-oauth-6.0', '--reference-fault', 'pkce-any-verifier']
    const selection = [
      '--only',
      'pkce.verifier-m*,pkce.plain,pkce.challenge-required,pkce.challenge-again,refresh.reuse*,consent.denied,bearer.missing,bearer.expired',
    ]
    const args = ['--target', 'reference', ...fault, ...selection, '--report', join(folder, 'run')]
    await promisify(execFile)(process.execPath, [join(packageRoot, 'bin/simple-oauth-contract.js'), ...args]).catch(
      // Exit code 1: something fails, as intended.
      (error: unknown) => expect(error).toMatchObject({ code: 1 }),
    )
    run = join(folder, 'run', 'report.html')
    bigReportFile = written('big.html', bigReport(5_000))
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const written = (name: string, report: Report): string => {
    writeFileSync(
      join(folder, name),
      renderPage(report, { rerunCommand: 'npx simple-oauth-contract', folder: 'results' }),
    )
    return join(folder, name)
  }

  /** The page, and all that it wrote to the console or requested. */
  async function opened(file: string, options: BrowserContextOptions = {}): Promise<{ page: Page; noises: string[] }> {
    const page = await browser.newPage(options)
    const noises: string[] = []
    page.on('console', (message) => noises.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => noises.push(String(error)))
    page.on('dialog', (dialog) => void dialog.dismiss().then(() => noises.push('a dialog')))
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) noises.push(`requested ${request.url()}`)
    })
    await page.goto(pathToFileURL(file).href)
    return { page, noises }
  }

  const shown = (page: Page): Promise<number> => page.locator('.contract:visible').count()
  const said = (page: Page): Promise<string> => page.locator('#shown').innerText()

  test('filters by verdict, severity, area and document, all together, and says how many are left', async () => {
    const { page, noises } = await opened(run)
    const total = await shown(page)
    expect(await said(page)).toBe(`${total} of ${total} contracts`)
    await page.getByLabel('✗ fail').check()
    const failing = await shown(page)
    expect(failing).toBeGreaterThan(0)
    expect(await page.locator('.contract:visible > summary .badge.fail').count()).toBe(failing)
    await page.locator('select[name=severity]').selectOption('critical')
    await page.locator('select[name=area]').selectOption('Token endpoint')
    await page.locator('select[name=document]').selectOption('RFC 7636')
    const left = await page
      .locator('.contract:visible')
      .evaluateAll((cards) =>
        cards.map((card) => ({ ...(card as unknown as { dataset: Record<string, string> }).dataset })),
      )
    expect(left.length).toBeGreaterThan(0)
    expect(
      left.every(
        (card) =>
          card['severity'] === 'critical' &&
          card['area'] === 'Token endpoint' &&
          card['document']?.includes('RFC 7636'),
      ),
    ).toBe(true)
    expect(await said(page)).toBe(`${left.length} of ${total} contracts`)
    // Areas without a visible contract are hidden, too.
    expect(await page.locator('.area:visible').count()).toBe(1)
    await page.getByRole('button', { name: 'Reset filters' }).click()
    expect(await shown(page)).toBe(total)
    expect(noises).toEqual([])
    await page.close()
  })

  test('searches titles, IDs, requirements and findings, but no requests', async () => {
    const { page } = await opened(run)
    const search = page.getByRole('searchbox')
    await search.fill('refresh reuse-ends')
    expect(await page.locator('.contract:visible .id').allTextContents()).toEqual(['refresh.reuse-ends-grant'])
    await search.fill('user-agent')
    expect(await shown(page)).toBe(0)
    await page.close()
  })

  test('a cell of the chart and a link to a contract lead there, whatever is filtered', async () => {
    const { page } = await opened(run)
    await page.getByRole('searchbox').fill('nothing has these words')
    await page.locator('.item.fail a').first().click()
    const id = await page.locator('.item.fail a').first().getAttribute('href')
    await page.locator(`[id="${id?.slice(1) ?? ''}"][open]`).waitFor()
    expect(await page.locator('.contract[open]').count()).toBe(1)
    await page.locator('.chart td a').first().click()
    const [area, severity] = await Promise.all(
      ['area', 'severity'].map((name) => page.locator(`select[name=${name}]`).inputValue()),
    )
    expect(area).not.toBe('')
    expect(severity).not.toBe('')
    expect(await shown(page)).toBeGreaterThan(0)
    await page.close()
  })

  test('is used with the keyboard alone', async () => {
    const { page } = await opened(run)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to the contracts')
    await page.keyboard.press('Enter')
    // From the heading on: search, three lists, verdicts, buttons, then the contracts.
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('search')
    await page.keyboard.type('verifier-mismatch')
    expect(await shown(page)).toBe(1)
    for (let step = 0; step < 30; step++) {
      await page.keyboard.press('Tab')
      if ((await page.evaluate('document.activeElement.tagName')) === 'SUMMARY') break
    }
    await page.keyboard.press('Enter')
    expect(await page.locator('.contract[open] .id').textContent()).toBe('pkce.verifier-mismatch')
    const ring = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    expect(ring).toBe('solid')
    await page.close()
  })

  test.each([
    ['light', {}, 'wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice'],
    ['dark', { colorScheme: 'dark' }, 'color-contrast'],
    ['phone', { viewport: { width: 390, height: 844 } }, 'target-size scrollable-region-focusable color-contrast'],
  ] as const)(
    'axe finds nothing to object to: %s',
    async (name, options, rules) => {
      const { page } = await opened(run, options)
      await page.getByRole('button', { name: 'Expand all shown' }).click()
      await page.evaluate(axe)
      const { violations } = await page.evaluate<{
        violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
      }>(`axe.run(document, { runOnly: ${JSON.stringify(rules.split(' '))} })`)
      expect(
        violations.map(({ id, nodes }) => ({ id, first: nodes[0]?.html.slice(0, 200), why: nodes[0]?.failureSummary })),
      ).toEqual([])
      // Nothing but tables scrolls sideways; where a diagram has no room, its steps are a list.
      const [diagrams = 0, lists = 0] = await page.evaluate<number[]>(
        `['svg', '.steps'].map((part) => [...document.querySelectorAll('.sequence:not(.broad) ' + part)]
          .filter((one) => one.getBoundingClientRect().width > 10).length)`,
      )
      expect(name === 'phone' ? [diagrams, lists] : [lists, diagrams]).toEqual([0, expect.any(Number)])
      expect(Math.max(diagrams, lists)).toBeGreaterThan(0)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.close()
    },
    120_000,
  )

  test('prints as a summary of at most 30 pages, with what was opened in full', async () => {
    const { page } = await opened(written('full.html', bigReport(2_500)))
    const pages = async (): Promise<number> =>
      (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b(?!s)/gu)?.length ?? 0
    const summary = await pages()
    expect(summary).toBeGreaterThan(2)
    expect(summary).toBeLessThanOrEqual(30)
    await page.getByRole('searchbox').fill('contract-10')
    await page.getByRole('button', { name: 'Expand all shown' }).click()
    await page.getByRole('button', { name: 'Reset filters' }).click()
    expect(await pages()).toBeGreaterThan(summary)
    await page.close()
  })

  test('what a server says neither runs, nor requests, nor writes to the console', async () => {
    const markup = [
      '</script><script>alert(1)</script>',
      '"\'><img src=https://evil.example/x onerror=alert(1)>',
    ] as const
    const texts = [...markup, ...Object.values(hostile)] as const
    const { page, noises } = await opened(written('hostile.html', reportOfText(...texts)))
    await page.getByRole('button', { name: 'Expand all shown' }).click()
    expect(await shown(page)).toBe(texts.length * 3)
    expect(noises).toEqual([])
    await page.close()
  })

  test('without JavaScript everything can be read', async () => {
    const { page } = await opened(run, { javaScriptEnabled: false })
    expect(await page.locator('#filters').isVisible()).toBe(false)
    await page.locator('.contract summary').first().click()
    expect(await page.locator('.contract[open] dl').first().isVisible()).toBe(true)
    await page.close()
  })

  test('5,000 checks are searched', async () => {
    const { page, noises } = await opened(bigReportFile)
    await page.getByRole('searchbox').fill('big.contract-499')
    expect(await said(page)).toBe('1 of 500 contracts')
    expect(noises).toEqual([])
    await page.close()
  })

  const [before, after] = [
    runOf([tokenCheck('code.plain', issued({}))]),
    runOf([tokenCheck('code.plain', refused(400, 'invalid_grant'))]),
  ]
  const comparison = comparisonOf(before, { ...after, startedAt: '2026-02-03T04:05:06.000Z' })

  test.each<[string, () => string]>([
    ['a comparison', () => comparisonHtml(comparison)],
    [
      'a matrix',
      () => matrixHtml(matrixOf([before, after, before].map((each, index) => ({ name: String(index), run: each })))),
    ],
    ['an upgrade', () => upgradeHtml(upgraded({ survival: outcome([survived(), lost]) }, refusedAfter))],
    ['several sites', () => sitesPage(severalSites)],
    ['guarantees', () => renderPage(guaranteeReport, { rerunCommand: 'x', folder: 'results' })],
    ['what was not tested', () => renderPage(skippedReport, { rerunCommand: 'x', folder: 'results' })],
  ])('the page of %s is quiet and accessible, too', async (name, render) => {
    const file = join(folder, `${name}.html`)
    writeFileSync(file, render())
    for (const options of [{}, { colorScheme: 'dark', viewport: { width: 390, height: 844 } }] as const) {
      const { page, noises } = await opened(file, options)
      await page.evaluate(axe)
      const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
        'axe.run()',
      )
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120) ?? ''}`)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      // No cell is so narrow that words break into letters.
      const narrow = await page.evaluate<string[]>(
        `[...document.querySelectorAll('th, td')].filter((cell) => cell.textContent.trim().length > 3 && cell.offsetWidth > 0 && cell.offsetWidth < 36).map((cell) => cell.textContent)`,
      )
      expect(narrow).toEqual([])
      expect(noises).toEqual([])
      await page.close()
    }
  })
})
