import { describe, expect, test } from 'vitest'
import { RedactionError, Redactor } from '../../helpers/http/redact.ts'

const secrets: Record<string, string> = {
  code: `def50200${'a1b2c3d4'.repeat(20)}`,
  jwt: 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIyIn0.c2lnbmF0dXJl-X_Y',
  verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk~.',
  password: `P&s "w<>'ö/\\+ 1%2F=`,
  cookie: 'lZ%2CkQ8x-_s%2Fmore',
  base64: 'q+/9aA==',
  unicode: 'gehéimnis🔑wort',
  six: 'kurz16',
}

const percent = (text: string, upper: boolean) =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      if (/[\w.~-]/.test(character)) return character
      const hex = byte.toString(16).padStart(2, '0')
      return `%${upper ? hex.toUpperCase() : hex}`
    })
    .join('')
const form = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
const html = (text: string, apostrophe: string) =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? apostrophe)
const ascii = (text: string) =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

const encodings: Record<string, (text: string) => string> = {
  plain: (text) => text,
  'percent, upper case': (text) => percent(text, true),
  'percent, lower case': (text) => percent(text, false),
  encodeURIComponent,
  encodeURI,
  'form encoding': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  'percent, twice': (text) => percent(percent(text, true), true),
  'form encoding, twice': (text) => encodeURIComponent(new URLSearchParams({ '': text }).toString().slice(1)),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 without padding': (text) => Buffer.from(text).toString('base64').replace(/=+$/, ''),
  'base64, percent-encoded': (text) => encodeURIComponent(Buffer.from(text).toString('base64')),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  hex: (text) => Buffer.from(text).toString('hex'),
  HEX: (text) => Buffer.from(text).toString('hex').toUpperCase(),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON, ASCII': ascii,
  'JSON as PHP writes it': (text) =>
    ascii(text).replaceAll('/', '\\/').replaceAll('<', '\\u003C').replaceAll('&', '\\u0026'),
  'JSON, twice': (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  HTML: (text) => html(text, '&#039;'),
  'HTML, hex reference': (text) => html(text, '&#x27;'),
  'HTML around percent': (text) => html(percent(text, true), '&#39;'),
  'HTML in JSON': (text) => JSON.stringify(html(text, '&#039;')).slice(1, -1),
  'a form, in base64': (text) => Buffer.from(form(text)).toString('base64'),
  'a form, in hex': (text) => Buffer.from(form(text)).toString('hex'),
  'a query, in base64url': (text) => Buffer.from(encodeURIComponent(text)).toString('base64url'),
  'UTF-8 read as latin1': (text) => Buffer.from(text).toString('latin1'),
}

function redactor(...names: string[]): Redactor {
  const made = new Redactor()
  for (const name of names) made.register(name, secrets[name] ?? '')
  return made
}

describe('a secret is hidden', () => {
  const cases = Object.keys(secrets).flatMap((name) =>
    Object.keys(encodings).map((encoding) => [name, encoding] as const),
  )
  test.each(cases)('%s in %s', (name, encoding) => {
    const written = encodings[encoding]?.(secrets[name] ?? '') ?? ''
    const all = redactor(...Object.keys(secrets))
    expect(all.redact(`a="${written}" b`)).toBe(`a="‹${name}:1›" b`)
    expect(all.redact(written)).toBe(`‹${name}:1›`)
    expect(all.redact(`${written}\n${written}`)).toBe(`‹${name}:1›\n‹${name}:1›`)
  })

  test.each(Object.keys(secrets))('%s inside longer base64, wherever it begins', (name) => {
    const value = secrets[name] ?? ''
    const made = redactor(name)
    for (const before of ['', 'x', 'xy', 'xyz', 'client:'])
      for (const after of ['', 'x', 'xy', 'xyz'])
        for (const alphabet of ['base64', 'base64url'] as const) {
          const out = made.redact(Buffer.from(before + value + after).toString(alphabet))
          expect(out).toContain(`‹${name}:1›`)
          // What is left decodes to nothing of the secret: at most the neighbours' characters remain.
          expect(out.replace(`‹${name}:1›`, '').length).toBeLessThanOrEqual(
            ((before.length + after.length) * 4) / 3 + 3,
          )
        }
  })

  test('behind a percent sign that would swallow its beginning', () => {
    const made = new Redactor()
    made.register('code', '41abcdef42')
    expect(made.redact('100%41abcdef42')).toBe('100%‹code:1›')
    expect(made.redact('100%2541abcdef42')).toBe('100%25‹code:1›')
  })

  test('that a cookie holds escaped and somebody prints unescaped', () => {
    expect(redactor('cookie').redact('sid lZ,kQ8x-_s/more')).toBe('sid ‹cookie:1›')
  })

  test('with the text around it untouched', () => {
    const text = 'a%20b &amp; "c" \\n ü 🔑 + '
    expect(redactor('verifier').redact(`${text}${secrets['verifier']}${text}`)).toBe(`${text}‹verifier:1›${text}`)
    expect(redactor('verifier').redact(text)).toBe(text)
  })
})

describe('several secrets', () => {
  test('are numbered by kind, the same value once', () => {
    const made = new Redactor()
    made.register('code', 'first-code')
    made.register('code', 'second-code')
    made.register('token', 'some-token')
    made.register('token', 'first-code')
    expect(made.redact('second-code first-code some-token')).toBe('‹code:2› ‹code:1› ‹token:1›')
  })

  test('one inside the other: the longer one wins there', () => {
    const made = new Redactor()
    made.register('part', 'middle-part')
    made.register('whole', 'a-middle-part-z')
    made.register('head', 'a-middle')
    expect(made.redact('a-middle-part-z, middle-part, a-middle!')).toBe('‹whole:1›, ‹part:1›, ‹head:1›!')
  })

  test('that overlap are both hidden', () => {
    const made = new Redactor()
    made.register('a', 'abcdefghij')
    made.register('b', 'ghijklmnop')
    expect(made.redact('<abcdefghijklmnop>')).toBe('<‹a:1›‹b:1›>')
  })
})

describe('short secrets', () => {
  test.each(['', 'a', 'abc'])('%j is refused', (value) => {
    expect(() => new Redactor().register('password', value)).toThrow(RedactionError)
    expect(() => new Redactor().register('password', value)).toThrow(
      `A password of ${value.length} characters cannot be redacted from a report. Use one of at least 4 characters.`,
    )
  })

  test('one of four to seven characters is hidden as a word', () => {
    const made = new Redactor()
    made.register('password', 'test')
    expect(made.redact('test latest testing "test" pass=test&x dGVzdA== 74657374')).toBe(
      '‹password:1› latest testing "‹password:1›" pass=‹password:1›&x ‹password:1› ‹password:1›',
    )
  })
})

test('JSON is redacted in values and keys, its shape kept', () => {
  const made = redactor('code', 'password')
  const value = { [`k ${secrets['code']}`]: [secrets['password'], 1, null, true, { ['__proto__']: 'x' }], n: undefined }
  expect(made.redactJson(value)).toEqual({
    'k ‹code:1›': ['‹password:1›', 1, null, true, { ['__proto__']: 'x' }],
    n: undefined,
  })
  expect(made.redact(JSON.stringify(value))).toBe(JSON.stringify(made.redactJson(value)))
})

test('many long secrets and a long text take little time', () => {
  const made = new Redactor()
  // Alike in their beginning, as the codes of one server are.
  const codes = Array.from({ length: 2_000 }, (_, n) => `def50200${String(n).padStart(6, '0').repeat(148)}`)
  for (const code of codes) made.register('code', code)
  const text = codes.map((code) => `<p>${code}</p>`).join('some text & more &amp; more\n')
  const out = made.redact(text)
  expect(out.match(/‹code:\d+›/g)).toHaveLength(codes.length)
  expect(out).not.toContain('def50200')
})

describe('secrets that a server chose to hold up the run', () => {
  test('thousands that end alike, in a text that is nothing but such ends', () => {
    const made = new Redactor()
    for (let n = 0; n < 3_000; n++) made.register('token', `${String(n).padStart(4, '0')}${'x'.repeat(1_000)}`)
    expect(made.redact('x'.repeat(1_000_000))).toBe('‹withheld: too many secrets to search for›')
    expect(made.redact(`a 0042${'x'.repeat(1_000)} b`)).not.toContain('xxxx')
  })

  test('one that overlaps itself wherever it stands', () => {
    const made = new Redactor()
    made.register('token', 'a'.repeat(16_000))
    expect(made.redact('a'.repeat(1_000_000))).toBe('‹withheld: too many secrets to search for›')
    expect(made.redact('a'.repeat(16_000))).toBe('‹token:1›')
  })
})
