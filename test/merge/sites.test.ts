import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import schema from '../../fixtures/schemas/sites.schema.json' with { type: 'json' }
import { sitesJson, sitesMarkdown } from '../../helpers/merge/files.ts'
import { concludeSites, siteResult, type SitesOutcome } from '../../helpers/merge/outcome.ts'
import { sitesPage } from '../../helpers/merge/page.tsx'
import { sitesConclusion, sitesText } from '../../helpers/merge/text.ts'
import { reportOf } from '../../helpers/report/report.ts'
import { painter } from '../../helpers/report/text.ts'
import { check, finding, header, oneOfEach, outcome } from '../support/report-factory.ts'
import { checkOf } from '../support/page-reports.ts'

const site = (name: string, results: Parameters<typeof outcome>[0]) =>
  siteResult(name, name, reportOf(outcome(results)))
const failing = check({ verdict: 'fail', findings: [finding({ granted: true })] })
const plain = painter(false)

const some: SitesOutcome = {
  suite: header.suite,
  sites: [site('blog', oneOfEach), site('news', [check()]), site('shop', [failing])],
  missing: ['wiki'],
}
const good: SitesOutcome = {
  suite: header.suite,
  sites: [site('blog', [check()]), site('news', [check()])],
  missing: [],
}

describe('the verdict on several sites', () => {
  const codes = (of: SitesOutcome): unknown[] => [concludeSites(of).conclusion, concludeSites(of).exitCode]

  test('is that of the worst; failed counts more than unknown', () => {
    expect(codes(good)).toEqual(['conformant', 0])
    expect(codes(some)).toEqual(['non-conformant', 1])
    expect(codes({ ...good, missing: ['wiki'] })).toEqual(['no verdict', 2])
    const blocked = check({ verdict: 'blocked', blocker: { cause: 'login-failed', message: 'no' } })
    expect(codes({ ...good, sites: [...good.sites, site('x', [check(), { ...blocked, contract: 'x.y' }])] })).toEqual([
      'incomplete',
      1,
    ])
    expect(concludeSites(some).failed).toBe(6)
  })
})

describe('what is said of several sites', () => {
  test('on the console, within a screen', async () => {
    const text = sitesText(some, 'merged/sites.html', 80, plain)
    await expect(`${text}\n\n${sitesText(good, 'merged/sites.html', 80, plain)}\n`).toMatchFileSnapshot(
      '../golden/sites.txt',
    )
    const many = Array.from({ length: 40 }, (_, index) => site(`site-${String(index)}`, [failing]))
    const lines = sitesText({ ...some, sites: many }, 'merged/sites.html', 80, plain).split('\n')
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(sitesConclusion(good)).toBe('result      conformant\n2 passed, 0 failed, 0 skipped')
  })

  test('in Markdown, in at most 60 lines', async () => {
    await expect(sitesMarkdown(some)).toMatchFileSnapshot('../golden/sites.md')
    const many = Array.from({ length: 40 }, (_, index) =>
      site(`site-${String(index)}`, [...oneOfEach, { ...failing, contract: `x.${String(index)}` }]),
    )
    expect(
      sitesMarkdown({ ...some, sites: many })
        .trimEnd()
        .split('\n').length,
    ).toBeLessThanOrEqual(60)
  })

  test('in JSON, as its schema says', () => {
    const ajv = new Ajv2020()
    ;(formats as unknown as (instance: Ajv2020) => void)(ajv)
    const valid = ajv.compile(schema)
    for (const one of [some, good]) {
      valid(JSON.parse(sitesJson(one)))
      expect(valid.errors).toBeNull()
    }
  })

  test('on a page, with links to those of the sites', () => {
    const page = sitesPage(some)
    expect(page).toContain('<a href="shop/report.html#c-pkce.verifier-mismatch">shop</a>')
    expect(page).toContain('No report: wiki. Their jobs say why.')
    expect(page).toContain('<h1>Non-conformant</h1>')
  })

  test('never as markup', () => {
    const hostile = '</script><script>x</script>\u202e\x1b[31m`|\n::error::x'
    const of: SitesOutcome = { ...some, sites: [site(hostile, [checkOf(hostile)])], missing: [hostile] }
    for (const text of [sitesPage(of), sitesMarkdown(of), sitesText(of, 'x', 80, plain), sitesJson(of)]) {
      expect(text).not.toContain('\u202e')
      expect(text).not.toContain('\x1b')
      expect(text).not.toMatch(/^::/mu)
    }
    expect(sitesPage(of)).not.toContain('<script')
  })
})
