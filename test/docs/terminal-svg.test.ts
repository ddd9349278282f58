import { expect, test } from 'vitest'
import { terminalSvg } from '../support/terminal-svg.ts'

const textsOf = (...lines: string[]): string[] =>
  terminalSvg(lines)
    .split('\n')
    .filter((line) => line.startsWith('<text'))

test('colours and bold become attributes, and end where the terminal ends them', () => {
  const [line] = textsOf('\u001b[1m\u001b[31mFAIL\u001b[39m id\u001b[22m rest')
  expect(line).toContain(
    '<tspan font-weight="bold" fill="#ff7b72">FAIL</tspan><tspan font-weight="bold"> id</tspan> rest</text>',
  )
})

test('markup is escaped, and an empty line leaves a gap', () => {
  const [first, second] = textsOf('<a & "b">', '', 'last')
  expect(first).toContain('&lt;a &amp; &quot;b&quot;&gt;')
  expect(second).toContain('y="65">last')
})

test('a long line goes on in the next row, in its colour', () => {
  const [first, second, last] = textsOf(`\u001b[31m${'a'.repeat(110)}\u001b[39m${'b'.repeat(3)}`, 'next')
  expect(first).toContain(`>${'a'.repeat(104)}</tspan></text>`)
  expect(second).toContain(`y="47"><tspan fill="#ff7b72">${'a'.repeat(6)}</tspan>bbb</text>`)
  expect(last).toContain('y="65">next</text>')
})

test('an unknown code is an error', () => {
  expect(() => terminalSvg(['\u001b[45mx'])).toThrow('SGR code 45')
})
