import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { collect, CollectError, specFiles } from '../../helpers/plan/collect.ts'
import { packageRoot } from '../../helpers/model/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const contractIndex = join(packageRoot, 'helpers', 'contract', 'index.ts')
const spec = (name: string, ...lines: string[]): string => {
  const file = join(folder, name)
  writeFileSync(file, [`import * as c from ${JSON.stringify(contractIndex)}`, ...lines].join('\n'))
  return file
}
const contract = (id: string, title: string, more = ''): string =>
  `c.contractTest('${id}', { title: '${title}', sources: [c.must('RFC6749', '5.2')], severity: 'low',
    client: ${more === '' ? "'machine'" : "c.variant('client')"}, when: c.jwks(), then: c.holds({})${more} })`

const refusal = async (...files: string[]): Promise<string> => {
  const error: unknown = await collect(files).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof CollectError)) throw error instanceof Error ? error : new Error('nothing was refused')
  expect(error.code).toBe('bad-contract')
  return error.message
}

describe('the declarations', () => {
  test('are collected with their place, and nothing is run', async () => {
    const file = spec('good.spec.ts', contract('x-a.b', 'one'), contract('x-a.c', 'two'))
    const { checks, files } = await collect([file])
    expect(checks.map((check) => check.contract)).toEqual(['x-a.b', 'x-a.c'])
    for (const { location } of checks) expect(location).toMatch(/good\.spec\.ts:\d+:\d+$/)
    expect(files.get('x-a.c')).toBe(file)
  })

  test('of a user are a group of their own', async () => {
    const { checks } = await collect([spec('own.spec.ts', contract('x-a.b', 'one'))])
    expect(checks.map((check) => check.group)).toEqual(['own'])
  })

  test('of a user with an id like ours are refused', async () => {
    expect(await refusal(spec('ours.spec.ts', '', contract('a.b', 'one')))).toMatch(
      /ours\.spec\.ts:\d+:\d+: the id a\.b of a contract of your own has to begin with x-: x-a\.b$/,
    )
  })

  test('with a JSON Schema that is none are refused', async () => {
    const file = spec('schema.spec.ts', '', "c.ofSchema({ type: 'text' })")
    expect(await refusal(file)).toMatch(/schema\.spec\.ts:\d+:\d+: no valid JSON Schema: .*type/)
  })

  test('in a folder with brackets and spaces have their file', async () => {
    const own = join(folder, 'my contracts (a) [b]')
    mkdirSync(own)
    const file = spec(join('my contracts (a) [b]', 'x.spec.ts'), contract('x-a.b', 'one'))
    const { checks, files } = await collect([file])
    expect(files.get('x-a.b')).toBe(file)
    expect(checks[0]?.location.startsWith(file)).toBe(true)
    expect(specFiles(own)).toEqual([...specFiles(), realpathSync(file)])
  })

  test('with an id that stands twice are refused, across files', async () => {
    const [one, other] = [spec('one.spec.ts', contract('x-a.b', 'one')), spec('two.spec.ts', contract('x-a.b', 'two'))]
    expect(await refusal(one, other)).toMatch(/two\.spec\.ts:\d+:\d+: the id x-a\.b is declared twice$/)
  })

  test('with a title that stands twice are refused', async () => {
    const file = spec('title.spec.ts', contract('x-a.b', 'one'), contract('x-a.c', 'one'))
    expect(await refusal(file)).toMatch(/title\.spec\.ts:\d+:\d+: x-a\.c: x-a\.b has the same title$/)
  })

  test('with a variant that lacks a value are refused', async () => {
    const file = spec('variant.spec.ts', contract('x-a.b', 'one', ', variants: { a: {} }'))
    expect(await refusal(file)).toMatch(/variant\.spec\.ts:2:3: x-a\.b: no variant has the value "client"\.$/)
  })

  test('in a file that throws are refused with its place', async () => {
    const file = spec('throws.spec.ts', '', "throw new Error('no luck')")
    expect(await refusal(file)).toMatch(/throws\.spec\.ts:3:7: no luck$/)
  })

  test('in a file that is no TypeScript are refused with its name', async () => {
    expect(await refusal(spec('syntax.spec.ts', 'const = 1'))).toMatch(/syntax\.spec\.ts:2:7: Expected identifier/)
  })

  test('in a file that is missing are refused with its name', async () => {
    expect(await refusal(join(folder, 'missing.spec.ts'))).toMatch(/Could not resolve ".*missing\.spec\.ts"$/)
  })
})
