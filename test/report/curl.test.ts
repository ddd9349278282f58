import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import type { RecordedRequest } from '../../helpers/model/exchange.ts'
import { curlLine, curlVariables } from '../../helpers/report/curl.ts'
import { repeatLines } from '../../helpers/report/repeat-lines.ts'
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

test('a secret that was not set ends the line with an error', () => {
  expect(() => argumentsOf(request, { code_1: 'x' })).toThrow('code_verifier_1: parameter')
})

describe('what has to be set for a line', () => {
  const site = 'http://127.0.0.1:8080'

  test('is shown where it may be, and named with its origin where not', async () => {
    const refresh = exchange({
      request: { body: 'grant_type=refresh_token&refresh_token=‹refresh_token:1›&client_secret=‹client_secret:1›' },
    })
    const first = exchange({
      response: { body: '{"access_token":"‹access_token:1›","refresh_token":"‹refresh_token:1›"}' },
    })
    const lines = [first, refresh].map((_, index, all) => repeatLines(all, index, site)).join('\n\n')
    await expect(`${lines}\n`).toMatchFileSnapshot('../golden/curl-repeat.txt')
  })

  test('the lines run as they are, once the commented ones are filled in', () => {
    const lines = repeatLines([exchange()], 0, site).replace(/^# (export \w+=)….*$/gmu, '$1filled')
    const script = `curl() { for word; do printf '%s\\n' "$word"; done; }\n${lines}`
    const words = execFileSync('sh', ['-euc', script], { encoding: 'utf8' }).split('\n')
    expect(words).toContain(`${site}/oauth/token`)
    expect(words).toContain('grant_type=authorization_code&code=filled&code_verifier=filled')
  })

  test('an address that only begins like the site does not belong to it', () => {
    const other = exchange({ request: { url: 'http://127.0.0.1:80801/oauth/token', body: null } })
    expect(repeatLines([other], 0, site)).not.toContain('BASE_URL')
  })
})
