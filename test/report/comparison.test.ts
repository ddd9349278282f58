import { createHash } from 'node:crypto'
import addFormatsModule from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { load } from 'cheerio'
import { describe, expect, test } from 'vitest'
import schema from '../../fixtures/schemas/comparison.schema.json' with { type: 'json' }
import type { Comparison } from '../../helpers/compare/compare.ts'
import { matrixOf } from '../../helpers/compare/matrix.ts'
import { readReleases } from '../../helpers/command/compare-inputs.ts'
import { comparisonText } from '../../helpers/report/comparison-console.ts'
import { comparisonHtml } from '../../helpers/report/comparison-html.ts'
import { comparisonJson } from '../../helpers/report/comparison-json.ts'
import { comparisonMarkdown } from '../../helpers/report/comparison-markdown.ts'
import { matrixText } from '../../helpers/report/matrix-console.ts'
import { matrixHtml, matrixMarkdown } from '../../helpers/report/matrix-pages.ts'
import { painter } from '../../helpers/report/text.ts'
import { exchange, finding, hostile } from '../support/report-factory.ts'
import { comparisonOf, issued, named, refused, runOf, tokenCheck, versions } from '../support/compare-factory.ts'

const ajv = new Ajv2020({ allErrors: true })
addFormatsModule.default(ajv)
const valid = ajv.compile(schema)

const authorize = { exchanges: [exchange({ request: { url: 'http://127.0.0.1:8080/oauth/authorize?state=a' } })] }
const jwks = { exchanges: [exchange({ request: { url: 'http://127.0.0.1:8080/oauth/jwks' } })] }
const claims = (iss: object) => issued({ sub: 'string', ...iss })

/** An upgrade as it happens: something of each class. */
const before = versions(
  runOf([
    tokenCheck('access-token.keys-public', { status: 403 }, jwks),
    tokenCheck('code.plain', claims({})),
    tokenCheck('refresh.plain', { ...claims({}), 'header.cache-control': 'no-store' }),
    tokenCheck(
      'authorize.response-type',
      { status: 302, error: 'unsupported_grant_type', 'callback.params': ['error'] },
      {
        ...authorize,
        findings: [finding({ path: 'authorize.error', ok: false })],
        verdict: 'known',
      },
    ),
    tokenCheck('client.secret-wrong', refused(401, 'invalid_client')),
    tokenCheck('code.other-client', refused(400, 'invalid_grant'), { verdict: 'fail', findings: [finding()] }),
  ]),
  '6.0.0',
)
const after = versions(
  runOf([
    tokenCheck('access-token.keys-public', { status: 200 }, jwks),
    tokenCheck('code.plain', claims({ iss: 'string' })),
    tokenCheck('refresh.plain', { ...claims({ iss: 'string' }), 'header.cache-control': 'private' }),
    tokenCheck(
      'authorize.response-type',
      { status: 302, error: 'invalid_request', 'callback.params': ['error'] },
      {
        ...authorize,
        findings: [finding({ path: 'authorize.error', ok: true })],
      },
    ),
    tokenCheck('client.secret-wrong', refused(400, 'invalid_request')),
    tokenCheck('code.other-client', refused(400, 'invalid_grant'), { verdict: 'known', findings: [finding()] }),
  ]),
  '6.0.9',
  '9.4.1',
)
const later = { ...after, startedAt: '2026-02-03T04:05:06.000Z' }
const upgrade = comparisonOf(before, later, {
  releases: readReleases(),
  accepted: [
    { change: 'answer at jwks: 403 -> 200', reason: 'the keys are public', owner: 'Ann', until: '2027-01-01' },
    { change: 'answer at token: 1 -> 2', reason: 'expected', owner: 'Ann' },
  ],
})
const same = comparisonOf(before, { ...before, startedAt: later.startedAt })

/** Everything that a server, a codebase or a user's contract can put into a report. */
const nasty = (name: keyof typeof hostile) =>
  versions(
    runOf([
      tokenCheck(`x-${hostile[name]}`, { status: 400, error: hostile[name] }, { title: hostile[name] }),
      tokenCheck('a.b', { ...issued({ [hostile[name]]: 'string' }), 'header.cache-control': hostile[name] }),
    ]),
    hostile[name],
  )

describe('on the console', () => {
  const text = (comparison: Comparison, verbose = false) =>
    `${comparisonText(comparison, { paint: painter(false), width: 80, verbose })}\n`

  test('a usual upgrade fits one screen of 80x24', async () => {
    await expect(text(upgrade)).toMatchFileSnapshot('../golden/comparison-upgrade.txt')
    const lines = text(upgrade).trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(25)
    const notes = lines.filter((line) => line.startsWith('note'))
    for (const line of lines) if (!notes.includes(line)) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  test('in full', async () => {
    await expect(text(upgrade, true)).toMatchFileSnapshot('../golden/comparison-verbose.txt')
  })

  test.each([
    ['no-code', 'no code is issued'],
    ['a-new-cause', 'blocked (a-new-cause)'],
  ])('why a check is not judged: %s', (cause, sentence) => {
    const judged = runOf([tokenCheck('code.plain', claims({}))])
    const blocked = runOf([
      tokenCheck('code.plain', {}, { verdict: 'blocked', blocker: { cause, message: '' }, findings: [] }),
    ])
    expect(text(comparisonOf(judged, blocked))).toContain(`  can no longer be judged: ${sentence} (1 check)\n`)
    expect(text(comparisonOf(blocked, judged), true)).toContain(`can be judged now; before: ${sentence}`)
  })

  test('nothing changed', async () => {
    await expect(text(same)).toMatchFileSnapshot('../golden/comparison-same.txt')
  })

  test('a part', async () => {
    const interrupted = { ...later, interrupted: 'SIGINT', planned: 9, checks: later.checks.slice(0, 3) }
    await expect(text(comparisonOf(before, interrupted))).toMatchFileSnapshot('../golden/comparison-partial.txt')
  })

  test('several runs', async () => {
    const matrix = matrixOf([named('old', before), named('new', after), named('newest', after)])
    await expect(`${matrixText(matrix, 80)}\n`).toMatchFileSnapshot('../golden/comparison-matrix.txt')
    await expect(matrixMarkdown(matrix)).toMatchFileSnapshot('../golden/comparison-matrix.md')
    const page = matrixHtml(matrix)
    for (const { checks } of matrix.rows) for (const check of checks) expect(page).toContain(`<code>${check}</code>`)
    expect(page.match(/<th scope="col">/g)).toHaveLength(4)
  })

  test.each(Object.keys(hostile) as (keyof typeof hostile)[])('of which one says %s are harmless pages', (name) => {
    const matrix = matrixOf([named('old', before), named('new', nasty(name)), named('newest', after)])
    const page = matrixHtml(matrix)
    expect(
      page.match(
        /<(?!\/?(?:!doctype|html|head|meta|title|style|body|main|h1|p|dl|dt|dd|br|code|div|table|thead|tbody|tr|th|td|details|summary|ul|li)\b)/giu,
      ),
    ).toBeNull()
    for (const line of matrixMarkdown(matrix)
      .split('\n')
      .filter((text) => text.startsWith('| ')))
      expect(line.match(/(?<!\\)\|/gu), line).toHaveLength(6)
  })

  test.each(Object.keys(hostile) as (keyof typeof hostile)[])(
    '%s neither steers the terminal nor a pipeline',
    (name) => {
      for (const verbose of [false, true]) {
        const shown = text(comparisonOf(before, nasty(name)), verbose)
        expect(shown).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u)
        expect(shown).not.toMatch(/^ *::(?!\\)/mu)
        expect(shown).not.toMatch(/##\[/u)
      }
    },
  )
})

describe('comparison.json', () => {
  test.each([
    ['an upgrade', upgrade],
    ['no change', same],
    ['hostile text', comparisonOf(before, nasty('bidi'))],
    ['no target', comparisonOf(before, { ...after, target: null, interrupted: 'SIGINT' })],
  ])('of %s meets its schema', (_name, comparison) => {
    const text = comparisonJson(comparison)
    expect(valid(JSON.parse(text)) ? [] : valid.errors).toEqual([])
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  })

  test('golden', async () => {
    await expect(comparisonJson(upgrade)).toMatchFileSnapshot('../golden/comparison.json')
  })

  test.each([
    ['an unknown class', { class: 'good' }],
    ['an unknown member', { extra: 1 }],
    ['no meaning', { meaning: undefined }],
  ])('with %s does not meet its schema', (_name, difference) => {
    const report = JSON.parse(comparisonJson(upgrade)) as { changes: object[] }
    const spoiled = { ...report, changes: [{ ...report.changes[0], ...difference }] }
    expect(valid(JSON.parse(JSON.stringify(spoiled)))).toBe(false)
  })
})

describe('as Markdown', () => {
  test('golden', async () => {
    await expect(comparisonMarkdown(upgrade)).toMatchFileSnapshot('../golden/comparison.md')
  })

  test('has at most 60 lines, and says how many changes it leaves out', () => {
    const many = (iss: string) =>
      runOf(Array.from({ length: 90 }, (_, n) => tokenCheck(`a.${String(n)}`, issued({ [`claim${String(n)}`]: iss }))))
    const text = comparisonMarkdown(comparisonOf(many('string'), many('array')))
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
    const listed = text.match(/^- /gmu)?.length ?? 0
    expect(text).toContain(`… and ${String(90 - listed)} more in comparison.json`)
  })

  test.each(Object.keys(hostile) as (keyof typeof hostile)[])('%s stays text', (name) => {
    const text = comparisonMarkdown(comparisonOf(before, nasty(name)))
    const outside = text.replace(/(`+)[^`](?:[^]*?[^`])??\1(?!`)/gu, '')
    expect(outside).not.toMatch(/<(?:script|img|b)\b|javascript:|evil\.example|^# heading/mu)
  })
})

describe('as a page', () => {
  test('says the verdict, every change and where it was announced', () => {
    const page = load(comparisonHtml(upgrade))
    expect(page('.verdict').text()).toBe('1 change may break clients or open more than before (1 accepted).')
    expect(page('article').length).toBe(upgrade.changes.length)
    expect(page('article.loosened').text()).toContain('Accepted by Ann: the keys are public (until 2027-01-01)')
    expect(page('article.fixed a').attr('href')).toMatch(/^https:\/\/github\.com\/thephpleague\//u)
    expect(page('article.breaking').text()).toContain('client.secret-wrong')
  })

  test('requests nothing: no script, no address except links, and a policy that forbids the rest', () => {
    const page = load(comparisonHtml(upgrade))
    expect(page('script, img, link, iframe, object, embed, form, [src], [style]').length).toBe(0)
    const policy = page('meta[http-equiv=Content-Security-Policy]').attr('content')
    // A browser hashes what stands between the tags.
    const hash = createHash('sha256').update(page('style').text()).digest('base64')
    expect(policy).toContain(`'sha256-${hash}'`)
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'$/u)
  })

  test.each(Object.keys(hostile) as (keyof typeof hostile)[])('%s is shown as text', (name) => {
    const comparison = comparisonOf(before, nasty(name))
    const page = load(comparisonHtml(comparison))
    const empty = load(comparisonHtml(comparisonOf(before, nasty('blanks'))))
    const tags = (of: typeof page): string[] =>
      of('*')
        .toArray()
        .flatMap((element) => ('name' in element ? [element.name] : []))
    expect(new Set(tags(page))).toEqual(new Set(tags(empty)))
    expect(page('script, img, [onerror]').length).toBe(0)
  })
})
