import { describe, expect, test } from 'vitest'
import { bindsClient, must } from '../../helpers/model/source.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { evidenceMarker, evidencePages } from '../../helpers/report/evidence.ts'
import { check, exchange, finding, header, hostile, oneOfEach, outcome } from '../support/report-factory.ts'

const pageOf = (...results: readonly CheckResult[]): string => {
  const [page = ''] = evidencePages(outcome(results)).values()
  return page
}

describe('the evidence of', () => {
  test.each(oneOfEach.filter(({ verdict }) => verdict !== 'skipped'))('$verdict', async (result) => {
    await expect(pageOf(result)).toMatchFileSnapshot(`../golden/evidence-${result.verdict}.md`)
  })

  test('a contract with variants is one page', async () => {
    const get = exchange({
      request: {
        method: 'GET',
        url: 'http://127.0.0.1:8080/oauth/authorize?state=‹state:1›',
        headers: [['cookie', 'SESS=‹cookie:1›']],
        body: null,
      },
      response: {
        status: 302,
        headers: [['location', 'https://client.example.test/callback?error=access_denied']],
        body: '',
        truncated: true,
      },
    })
    const variants = ['plus', 'a | b'].map((variant) =>
      check({
        variant,
        sources: [bindsClient(must('RFC7636', '4.1')), must('OIDC', 'appendix B')],
        findings: [finding({ ok: true, note: 'a note' })],
        exchanges: [get],
      }),
    )
    const pages = evidencePages(outcome(variants))
    expect([...pages.keys()]).toEqual(['pkce.verifier-mismatch.md'])
    await expect(pageOf(...variants)).toMatchFileSnapshot('../golden/evidence-variants.md')
  })

  test('a skipped contract gets no page', () => {
    expect(evidencePages(outcome([check({ verdict: 'skipped' })])).size).toBe(0)
  })
})

const everywhere = (text: string): CheckResult =>
  check({
    contract: text,
    variant: text,
    title: text,
    client: text,
    user: text,
    location: text,
    reason: { kind: 'suite-error', message: text },
    verdict: 'fail',
    blocker: { cause: text, message: text },
    findings: [
      finding({
        path: text,
        expected: text,
        actual: text,
        note: text,
        knownIssue: { kind: 'difference', reason: text, source: text },
      }),
      finding({ path: 'json.error_description', actual: { error_description: text } }),
    ],
    stale: [{ path: text, actual: text, reason: text }],
    observed: { [text]: text },
    exchanges: [
      exchange({
        request: { url: `http://127.0.0.1/?${text}`, headers: [[`x-${text}`, text]], body: text },
        response: {
          headers: [
            ['location', text],
            ['content-type', text],
          ],
          body: text,
        },
      }),
    ],
    serverLog: [text],
  })

test('a page whose every value is hostile', async () => {
  const text = Object.values(hostile)
    .filter((value) => value !== hostile.long)
    .join(' ')
  const page = pageOf(everywhere(text)).replace(/contract-[a-z0-9-]+\.md/g, 'NAME.md')
  await expect(page).toMatchFileSnapshot('../golden/evidence-hostile.md')
})

test.each(Object.entries(hostile))('hostile %s in every place of a page: nothing renders', (_name, text) => {
  const page = pageOf(everywhere(text))
  expect(page.startsWith(evidenceMarker)).toBe(true)
  expect(page).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  const prose = withoutCode(page)
  expect(prose.replace(evidenceMarker, '').replaceAll('<br>', '')).not.toContain('<')
  // Our own links go to the RFC editor; there is no other, and no image.
  expect(prose.replace(/\]\(https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d+#section-[\d.]+\)/g, '')).not.toMatch(
    /\]\(|https?:|www\.|@/,
  )
  // Every row of a table has the columns of its head.
  for (const block of prose.split('\n\n').filter((part) => part.startsWith('|'))) {
    const columns = block.split('\n').map((row) => row.split('|').length)
    expect(new Set(columns).size).toBe(1)
  }
})

/** What a reader of Markdown would render: fenced blocks and code spans taken out, as CommonMark finds them (§4.5, §6.1). */
function withoutCode(page: string): string {
  const blocks: string[] = []
  let fence = ''
  for (const line of page.split('\n')) {
    const run = /^`{3,}/.exec(line)?.[0] ?? ''
    if (fence !== '') fence = run.length >= fence.length && line.trim() === run ? '' : fence
    else if (run !== '') fence = run
    else blocks.push(line)
  }
  expect(fence).toBe('')
  return blocks.join('\n').replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, 'CODE')
}

test('a body longer than a block is cut and says so', () => {
  const page = pageOf(check({ exchanges: [exchange({ response: { body: 'A'.repeat(50_000) } })] }))
  expect(page).toContain('more characters)')
  expect(page.length).toBeLessThan(30_000)
})

test('a target that was never reached leaves its lines empty', () => {
  const pages = evidencePages(outcome([check()], { header: { ...header, target: null } }))
  expect([...pages.values()][0]).toContain('| target | – |')
})
