import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { clip, escapeJson, fenced, markdown, shellQuote, terminal } from '../../helpers/report/escape.ts'
import { hostile } from '../support/report-factory.ts'

const golden = (name: string): string => `../golden/${name}`
const all = Object.entries(hostile)
/** Every hostile value but the long one, under its name, as the function prints it. */
const gallery = (print: (text: string) => string): string =>
  all
    .filter(([name]) => name !== 'long')
    .map(([name, text]) => `${name}\n${print(text)}\n`)
    .join('\n')

describe('terminal', () => {
  test('shows what cannot be seen and disarms commands', async () => {
    await expect(gallery(terminal)).toMatchFileSnapshot(golden('escape-terminal.txt'))
  })

  test.each(all)('%s: one line, nothing unseen, no command', (_name, text) => {
    const shown = terminal(text)
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u3164\u00a0]/u)
    expect(shown).not.toMatch(/^\s*::/)
    expect(shown).not.toMatch(/##\w*\[/)
  })

  test('keeps line feeds on request, and no line begins a command', () => {
    expect(terminal(hostile.secondLine, { lines: 'keep' })).toBe('harmless\n:\\:add-mask::a\n#\\#[error]b')
    expect(terminal('a\rb\n  ::error::', { lines: 'keep' })).toBe('a\\rb\n  :\\:error::')
  })

  test('leaves ordinary text alone, in any script', () => {
    const text = 'Drupal\\user\\Foo::bar() ‹code:1› “é” 漢字 😀 #1 ## a'
    expect(terminal(text)).toBe(text)
  })

  test('is cut at a limit, never within a character', () => {
    expect(terminal(hostile.long, { max: 3 })).toBe('AAA… (9997 more characters)')
    expect(clip('ab😀', 3)).toBe('ab… (2 more characters)')
    expect(clip('abc', 3)).toBe('abc')
  })
})

describe('markdown', () => {
  test('inline: plain words stand, anything else is a code span', async () => {
    await expect(gallery(markdown)).toMatchFileSnapshot(golden('escape-markdown.md'))
  })

  test('fenced: the content cannot end its block', async () => {
    await expect(gallery((text) => fenced(text, 'text'))).toMatchFileSnapshot(golden('escape-fenced.md'))
  })

  test.each([
    'a code is refused',
    'RFC 7636 §4.6 MUST',
    'redirect_uri and code_verifier (both)',
    "the client's own, as sent",
  ])('%s stands as it is', (text) => {
    expect(markdown(text)).toBe(text)
  })

  test.each([
    'www.evil.example',
    'mail a@b.example',
    'see https://a.example',
    '_a_ b',
    '# a',
    '- a',
    'a *b*',
    'a & b',
    'a <b>',
    'a [b](c)',
    '1. a',
    '',
    ' a',
  ])('%j is a code span', (text) => {
    expect(markdown(text)).toMatch(/^(`+)[^`]+\1$/)
  })

  const marked = all.filter(([name]) => name !== 'long')
  test.each(marked)('%s: the code span holds no bar and no run of its own fence', (_name, text) => {
    const [, fence = '', inner = ''] = /^(`+)(.*?)\1$/s.exec(markdown(text)) ?? []
    expect(fence).not.toBe('')
    expect(inner).not.toContain('|')
    expect(inner.match(/`+/g) ?? []).not.toContain(fence)
  })

  test.each(all)('%s: no line of the block is as long a fence as the block has', (_name, text) => {
    const [open = '', ...lines] = fenced(text, 'text').split('\n')
    const fence = open.replace('text', '')
    expect(lines.pop()).toBe(fence)
    for (const line of lines) expect(line).not.toContain(fence)
  })
})

test.each(['a', 'a ', '`a', '|', '\x1b', '\n', '(a', '::', '##'])('a long run of %j break nothing', (part) => {
  const text = part.repeat(300_000)
  expect(markdown(text).length).toBeLessThan(17_000)
  expect(fenced(text, 'text', 1_000).length).toBeLessThan(3_000)
  expect(terminal(text, { max: 1_000 }).length).toBeLessThan(1_100)
  expect(fenced(text, 'text').length).toBeGreaterThan(300_000)
})

describe('shellQuote', () => {
  test('golden', async () => {
    await expect(gallery(shellQuote)).toMatchFileSnapshot(golden('escape-shell.txt'))
  })

  const visible = all.filter(
    ([, text]) => terminal(text) === text || text === hostile.githubOld || text === hostile.azure,
  )
  test.each(visible)('%s: any shell reads back the very text', (_name, text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellQuote(text)}`], { encoding: 'utf8' })).toBe(text)
  })

  // An argument cannot hold NUL, and a lone surrogate has no bytes of its own.
  const unseen = all.filter(([name]) => name !== 'nul' && name !== 'surrogate')
  test.skipIf(spawnSync('bash', ['-c', 'true']).error).each(unseen)(
    '%s: bash reads back the very text',
    (_name, text) => {
      expect(execFileSync('bash', ['-c', `printf %s ${shellQuote(text)}`], { encoding: 'utf8' })).toBe(text)
    },
  )
})

test.each(all)('escapeJson, %s: the same value, and nothing unseen', (_name, text) => {
  const json = escapeJson(JSON.stringify({ text }))
  expect(JSON.parse(json)).toEqual({ text })
  expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u3164\u00a0]/u)
})
