import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { RecordedRequest } from '../../helpers/model/exchange.ts'
import { curlLine, curlVariables } from '../../helpers/report/curl.ts'
import { exchange, hostile } from '../support/report-factory.ts'

const { request } = exchange()

/** The arguments curl would be called with. */
function argumentsOf(of: RecordedRequest, variables: Record<string, string> = {}): string[] {
  const script = `curl() { for word; do printf '%s\\n' "$word"; done; }\n${curlLine(of)}`
  return execFileSync('sh', ['-c', script], { encoding: 'utf8', env: { ...process.env, ...variables } })
    .trimEnd()
    .split('\n')
}

test('a request as a curl line, its secrets as variables', async () => {
  await expect(`${curlLine(request)}\n`).toMatchFileSnapshot('../golden/curl.txt')
  expect(curlVariables([request])).toEqual(['code_1', 'code_verifier_1'])
})

test('the shell puts the values in', () => {
  expect(argumentsOf(request, { code_1: 'c d', code_verifier_1: '$(id)' })).toEqual([
    '-si',
    '--globoff',
    '--path-as-is',
    '-X',
    'POST',
    'http://127.0.0.1:8080/oauth/token',
    '-H',
    'content-type: application/x-www-form-urlencoded',
    '--data-raw',
    'grant_type=authorization_code&code=c d&code_verifier=$(id)',
  ])
})

test('nothing of a hostile request is run, and no mark but a real one is a variable', () => {
  const body = [hostile.shell, hostile.html, hostile.forgedMark].join('')
  const passed = argumentsOf({ ...request, headers: [['x-a', hostile.shell]], body }, { PATH_1: 'value' })
  expect(passed).toContain(`x-a: ${hostile.shell}`)
  expect(passed.at(-1)).toBe(body.replace('‹PATH:1›', 'value'))
})

test('a GET, and a header without a value', () => {
  const get = {
    method: 'GET',
    url: 'http://127.0.0.1/a?b={c}[1-2]&d=‹code:2›',
    headers: [['x-empty', '']],
    body: null,
  } as const
  expect(argumentsOf(get, { code_2: 'e' })).toEqual([
    '-si',
    '--globoff',
    '--path-as-is',
    'http://127.0.0.1/a?b={c}[1-2]&d=e',
    '-H',
    'x-empty;',
  ])
})
