import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'cheerio'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'
import { conclusions } from '../../helpers/model/run-reason.ts'
import { areaOf } from '../../helpers/report/html/page-report.ts'
import { renderPage } from '../../helpers/report/html/page.tsx'
import { safeLink } from '../../helpers/report/html/text.ts'
import { reportOf, type Report } from '../../helpers/report/report.ts'
import type { RunOutcome } from '../../helpers/report/run.ts'
import { bigReport, codeGrant, guaranteeReport, reportOfText } from '../support/page-reports.ts'
import { check, demonstration, exchange, finding, hostile, oneOfEach, outcome } from '../support/report-factory.ts'

const pageOf = (report: Report): string =>
  renderPage(report, { rerunCommand: 'npx simple-oauth-contract', folder: 'results' })
const shown = (...args: Parameters<typeof outcome>) => load(pageOf(reportOf(outcome(...args))))

const met = finding({ ok: true, actual: { status: 400, error: 'invalid_grant' } })
const passed = check({ findings: [met], exchanges: codeGrant, decisive: [2] })
const failed = check({ verdict: 'fail', findings: [finding({ granted: true })], exchanges: codeGrant, decisive: [2] })

describe('the first screen', () => {
  test('says the conclusion, how often each verdict came, and of what', () => {
    const page = shown(oneOfEach)
    expect(page('h1').text()).toBe('Non-conformant')
    expect(page('.tiles li').length).toBe(new Set(oneOfEach.map(({ verdict }) => verdict)).size)
    expect(page('.facts').text()).toContain('Drupal 10.5.5, simple_oauth 6.0.9')
    expect(page('.chart tbody td').text()).toMatch(/1 ✗ fail/u)
  })

  test.each(conclusions)('has words for "%s"', (conclusion) => {
    const report = reportOf(outcome([passed]))
    const page = load(pageOf({ ...report, summary: { ...report.summary, conclusion } }))
    expect(page('h1').text()).toMatch(/^[A-Z][a-z -]+$/u)
    expect(page('.conclusion p').text()).toMatch(/^[A-Z].+\.$/u)
  })

  test('shows what fails with expected, actual, impact and remedy', () => {
    const page = shown([failed, passed])
    const text = page('.item.fail').text().replace(/\s+/gu, ' ')
    expect(text).toContain('Findinganswer of the token endpoint (token.issued)')
    expect(text).toContain('RequirementRFC 7636 §4.6 (Server Verifies code_verifier before Returning the Tokens) MUST')
    expect(text).toContain('ClassificationOWASP ASVS 5.0 V10.4.6 · CWE-345')
    expect(text).toContain(
      'Expectedrejected: an OAuth error, nothing issuedActual200, issued access_token, refresh_tokenImpactAn attacker who intercepts a code',
    )
    expect(page('.item.fail a').attr('href')).toBe('#c-pkce.verifier-mismatch')
    expect(page('#c-pkce\\.verifier-mismatch').length).toBe(1)
  })

  test('shows the most severe failure first', () => {
    const page = shown([
      check({ ...failed, contract: 'a.low', severity: 'low' }),
      check({ ...failed, contract: 'a.high', severity: 'high' }),
      failed,
    ])
    const ids = page('.item.fail .about a').toArray()
    expect(ids.map((link) => page(link).text())).toEqual(['pkce.verifier-mismatch', 'a.high', 'a.low'])
  })

  test('lists areas by what fails there, and in each what fails first', () => {
    const page = shown([
      check({ ...passed, contract: 'a.passed', group: 'token' }),
      check({ ...failed, contract: 'a.low', severity: 'low', group: 'token' }),
      check({ ...failed, contract: 'b.high', severity: 'high', group: 'openid' }),
    ])
    const rows = page('.chart tbody th').toArray()
    expect(rows.map((row) => page(row).text())).toEqual(['OpenID Connect', 'Token endpoint'])
    const cards = page('.contract .id').toArray()
    expect(cards.map((id) => page(id).text())).toEqual(['b.high', 'a.low', 'a.passed'])
  })

  test('says what a warning means, and what was not tested', () => {
    const warned = check({ ...failed, verdict: 'warn' })
    expect(shown([warned])('.list').first().text()).toContain('An attacker who intercepts a code')
    const reason = { kind: 'capability', capability: 'introspection' } as const
    const skipped = shown([check({ contract: 'a.b', verdict: 'skipped', reason })])('.reasons')
    expect(skipped.find('summary').text()).toMatch(/^1 check: needs an introspection endpoint .*\(introspection\)$/u)
    expect(skipped.find('a').text()).toBe('a.b')
  })

  test('has bars in the order of their numbers, the worst first', () => {
    const cell = shown([passed, failed])('.chart td')
    const verdicts = (selector: string): (string | undefined)[] =>
      cell
        .find(selector)
        .toArray()
        .map((part) => ('attribs' in part ? part.attribs['class'] : undefined))
    expect(verdicts('.counts > span')).toEqual(verdicts('rect'))
  })

  test('has a name for each area', () => {
    const groups = readdirSync(join(packageRoot, 'specs'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    expect(groups.length).toBeGreaterThan(10)
    expect(groups.map(({ name }) => areaOf({ group: name })).filter((name) => !/^[A-Z]/u.test(name))).toEqual([])
  })

  test('says whether an MCP client can log in, with the profile mcp', () => {
    const report = reportOf(outcome([passed]))
    expect(load(pageOf(report))('.facts').text()).not.toContain('MCP')
    const mcp = { ...report, settings: { ...report.settings, profile: 'mcp' as const } }
    expect(load(pageOf(mcp))('.facts').text()).toContain('MCPan MCP client can log in here: ')
  })

  test('shows weaknesses with a remedy: that of the known issue, else that of the contract', () => {
    const issue = { kind: 'weakness', reason: 'It is granted.', source: 'https://example.org/a (b)' } as const
    const known = (remedy: object) =>
      shown([check({ verdict: 'known', findings: [finding({ knownIssue: { ...issue, ...remedy } })] })])
    expect(known({})('.item.known').text()).toContain('Update Simple OAuth and league/oauth2-server')
    expect(known({ remedy: 'Do it.' })('.item.known').text()).toContain('RemedyDo it.')
    expect(known({})('.item.known a[href="https://example.org/a"]').length).toBe(1)
  })

  test.each([
    ['without checks', { failure: { code: 'no-target', message: 'Nothing answers.' } }, 'The run failed: no-target'],
    ['that was interrupted', { interrupted: 'SIGINT', planned: 9 }, 'The run was interrupted by SIGINT'],
  ])('of a run %s says so', (_name, difference: Partial<RunOutcome>, text) => {
    const page = shown([], difference)
    expect(page('h1').text()).toBe('No verdict')
    expect(page('main').text()).toContain(text)
  })

  test('of a run without a target, and of a demonstration', () => {
    const none = reportOf({ ...outcome([]), header: { ...demonstration, target: null } })
    expect(load(pageOf(none))('.facts').text()).toContain('not reached')
    const page = load(pageOf(reportOf({ ...outcome([passed]), header: demonstration })))
    expect(page('.conclusion').text()).toContain('say nothing about any Drupal site')
  })
})

describe('a contract', () => {
  const page = shown([failed])
  const card = page('.contract')
  const shownText = (step: Parameters<typeof page>[0]): string => {
    page(step).find('code').before(' | ')
    return page(step).text().replace(/ +/gu, ' ').trim()
  }

  test('names its requirement with heading, ASVS and CWE', () => {
    const text = card.text()
    expect(text).toContain('RFC 7636 §4.6 (Server Verifies code_verifier before Returning the Tokens) MUST')
    expect(text).toContain('OWASP ASVS 5.0 V10.4.6 · CWE-345 (Insufficient Verification of Data Authenticity)')
    expect(card.find('a[href="evidence/pkce.verifier-mismatch.md"]').length).toBe(1)
  })

  test('draws its exchange and marks the step that decides', () => {
    const svg = card.find('svg')
    const steps = card.find('.steps li').toArray()
    // The same as a list, for a screen reader and a phone.
    expect(steps.map((step) => shownText(step))).toEqual([
      'Browser → Authorization server | GET /oauth/authorize: S256 | ← 200 page',
      'Browser → Authorization server | POST /oauth/authorize: consent form | ← 302 redirect to the client | → Client: code, state',
      'Client → Authorization server decides ✗ | POST /oauth/token: authorization_code, code, code_verifier | ← 200 access_token',
    ])
    expect(card.find('.steps li.open').length).toBe(1)
    expect(svg.find('.band').text()).toBe('decides ✗')
    expect(shown([passed])('.band.met').text()).toBe('decides ✓')
    const blocker = { cause: 'step-failed', message: 'It answered 500.' }
    expect(shown([{ ...failed, verdict: 'blocked', findings: [], blocker }])('.band').text()).toBe('stopped ■')
    // Of what is not a token endpoint.
    expect(svg.find('.actor').text()).toBe('ClientBrowserAuthorization server')
  })

  test('names the variant of the only one that passed, and explains the control', () => {
    const two = shown([
      { ...failed, variant: 'one' },
      { ...passed, variant: 'other' },
    ])('.contract')
    expect(two.find('.check').last().find('td').eq(1).text()).toBe('other')
    expect(two.text()).toContain('Positive control passed: the same flow without the invalid value succeeds.')
    expect(two.text()).toContain('publicPkce (a public client that must use PKCE), editor')
  })

  test('shows request, response and a line for a shell behind a click', () => {
    const exchanges = card.find('.exchange')
    expect(exchanges.length).toBe(3)
    expect(exchanges.last().text()).toContain('POST http://127.0.0.1:8080/oauth/token')
    expect(exchanges.last().text()).toContain('"${code_verifier_1:?}"')
    expect(exchanges.attr('open')).toBeUndefined()
  })

  test('that passed shows the exchange that decides, and less of it', () => {
    const long = exchange({ response: { body: 'A'.repeat(9_000) } })
    const page = shown([{ ...passed, exchanges: [...codeGrant.slice(0, 2), long] }])
    expect(page('.exchange').length).toBe(1)
    expect(page('.exchange').text()).toMatch(/A{1000}… \(8000 more characters\)/u)
    expect(shown([{ ...failed, exchanges: [long] }])('.exchange').text()).toMatch(/A{6000}… \(3000 more characters\)/u)
  })
})

describe('whatever a server says', () => {
  const tags = (html: string): Set<string> =>
    new Set(
      load(html)('*')
        .toArray()
        .flatMap((element) =>
          'attribs' in element
            ? [element.name, ...Object.keys(element.attribs).map((name) => `${element.name} ${name}`)]
            : [],
        ),
    )
  const plain = tags(pageOf(reportOfText('plain')))
  const all = {
    ...hostile,
    endsScript: '</script></style></textarea><svg onload=alert(1)>',
    breaksOut: '"\'><b autofocus onfocus=alert(1) style=x>',
    link: 'javascript:alert(1)',
  }

  test.each(Object.keys(all) as (keyof typeof all)[])('%s is text', (name) => {
    const html = pageOf(reportOfText(all[name]))
    expect([...tags(html)].filter((tag) => !plain.has(tag))).toEqual([])
    const page = load(html)
    expect(page('script').length).toBe(1)
    expect(
      page('[href]')
        .toArray()
        .map((element) => page(element).attr('href') ?? '')
        .filter((href) => !/^(?:#|https:\/\/|evidence\/[a-z0-9][a-z0-9._-]*\.md$)/u.test(href)),
    ).toEqual([])
    // Nothing that moves a cursor or reorders text; line feeds are our own.
    expect(html).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u)
  })

  test.each([
    'javascript:alert(1)',
    'http://example.org/',
    '//example.org/',
    'https://a" onclick="b',
    'data:text/html,x',
    'https://a\nb',
    '',
  ])('%j is not a link', (address) => {
    expect(safeLink(address)).toBeUndefined()
  })
})

describe('the file', () => {
  const html = pageOf(reportOf(outcome(oneOfEach)))

  test('runs and loads nothing but its own style and script, by their hashes', () => {
    const page = load(html)
    const hash = (selector: string): string => createHash('sha256').update(page(selector).text()).digest('base64')
    expect(page('meta[http-equiv=Content-Security-Policy]').attr('content')).toBe(
      `default-src 'none'; style-src 'sha256-${hash('style')}'; script-src 'sha256-${hash('script')}'; base-uri 'none'; form-action 'none'`,
    )
    expect(page('[src], [style], link, iframe, object, embed, form, img').length).toBe(0)
    expect(page('script').text()).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval|fetch|XMLHttp|import/u,
    )
  })

  test('has one id each, and every link in it leads somewhere', () => {
    const page = load(html)
    const ids = page('[id]')
      .toArray()
      .map((element) => page(element).attr('id') ?? '')
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
    const links = page('a[href^="#"]')
      .toArray()
      .map((element) => (page(element).attr('href') ?? '').slice(1))
    expect([...new Set(links.filter((id) => !ids.includes(id)))]).toEqual([])
  })

  test('of 5,000 checks has all contracts, and evidence as far as 3 MB last', () => {
    const big = pageOf(bigReport(5_000))
    expect(Buffer.byteLength(big)).toBeLessThan(3_000_000)
    const cards = big.match(/<details class="contract"/gu) ?? []
    expect(cards.length).toBe(500)
    expect(big.match(/class="sequence"/gu)?.length).toBeGreaterThan(200)
  })
})

test('guarantees for consumers have a table for each, and are linked', () => {
  const page = load(renderPage(guaranteeReport, { rerunCommand: 'npx simple-oauth-contract', folder: 'results' }))
  expect(page('#policy').next().text()).toBe(
    '3 guarantees: 1 refuted, 1 not refuted, 1 proven. All were tested by requests, none was read from settings.',
  )
  expect(
    page('section[aria-labelledby=policy] caption')
      .toArray()
      .map((one) => page(one).text()),
  ).toEqual(['my-job', 'my-app'])
  expect(page('section[aria-labelledby=policy] tbody tr').first().text()).toMatch(
    /refuted.*scopes: site:content.*policy\.scope-refused/su,
  )
  expect(page('section[aria-labelledby=policy] tbody tr').first().find('td').last().text()).toMatch(
    /^answer of the token endpoint \(token\.issued\): 200, issued/u,
  )
  // The values that a guarantee is about share the table of their consumer.
  const values = ['my-app: plain', 'my-app: S256', 'my-app'].map((variant) =>
    check({ variant, guarantee: 'challengeMethods', group: 'policy' }),
  )
  const one = shown(values)('section[aria-labelledby=policy]')
  expect(one.find('caption').text()).toBe('my-app')
  expect(one.find('tbody .names').text()).toContain('challengeMethods: plain')
  expect(page('nav a[href="#policy"]').text()).toBe('Guarantees')
})
