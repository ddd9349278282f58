import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { collect, CollectError, specFiles } from '../../helpers/plan/collect.ts'
import { packageRoot, suite } from '../../helpers/model/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const spec = (name: string, ...lines: string[]): string => {
  const file = join(folder, name)
  writeFileSync(file, [`import * as c from '${suite.name}'`, ...lines].join('\n'))
  return file
}
const contract = (id: string, title: string, more = ''): string =>
  `c.contractTest('${id}', { title: '${title}', sources: [c.must('RFC6749', '5.2')], severity: 'low',
    client: ${more === '' ? "'machine'" : "c.variant('client')"}, when: c.jwks(), then: c.holds({ status: c.equals(200) })${more} })`

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

  test("of ours with an id like a user's are refused", async () => {
    // A path through our folder counts as ours, wherever it leads; nothing may be written there while other tests read it.
    const file = join(folder, 'theirs.spec.ts')
    const ours = join(packageRoot, 'helpers', 'contract', 'index.ts')
    writeFileSync(file, `import * as c from '${ours}'\n${contract('x-a.b', 'one')}`)
    const among = `${join(packageRoot, 'specs')}/${relative(join(packageRoot, 'specs'), file)}`
    expect(await refusal(among)).toMatch(
      /theirs\.spec\.ts:\d+:\d+: the id x-a\.b begins with x-, which is left for users' own contracts$/,
    )
  })

  test('with an invalid JSON Schema are refused', async () => {
    const wrong = contract('x-a.b', 'one').replace('status: c.equals(200)', "json: c.ofSchema({ type: 'text' })")
    expect(await refusal(spec('schema.spec.ts', '', wrong))).toMatch(
      /schema\.spec\.ts:\d+:\d+: x-a\.b: not a valid JSON Schema: .*type/,
    )
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

  test('with a duplicate id are refused, across files', async () => {
    const [one, other] = [spec('one.spec.ts', contract('x-a.b', 'one')), spec('two.spec.ts', contract('x-a.b', 'two'))]
    expect(await refusal(one, other)).toMatch(/two\.spec\.ts:\d+:\d+: the id x-a\.b is declared twice$/)
  })

  test('with a duplicate title are refused', async () => {
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

  test.each([
    ['a word too few', 'const = 1', '2:7: Unexpected token `=`. Expected yield, an identifier, [ or {'],
    ['an enum', 'enum Size { small }', '2:1: TypeScript enum is not supported in strip-only mode'],
    [
      'an import of nothing',
      "import './nowhere.ts'",
      /Cannot find module '.*nowhere\.ts' imported from .*\.spec\.ts$/u,
    ],
    [
      'an import of what there is not',
      "import { contractTests } from 'simple-oauth-contract'",
      "2:10: The requested module 'simple-oauth-contract' does not provide an export named 'contractTests' Did you mean contractTest?",
    ],
  ])('in a TypeScript file with %s are refused with its place', async (what, line, message) => {
    const file = spec(`${what}.spec.ts`, line)
    const refused = await refusal(file)
    if (typeof message === 'string') expect(refused).toBe(`${file}:${message}`)
    else expect(refused).toMatch(message)
  })

  test('in a JavaScript file that does not parse are refused with its place', async () => {
    expect(await refusal(spec('syntax.spec.js', '', 'const = 1'))).toMatch(
      /\/syntax\.spec\.js:3:7: Unexpected token `=`\. /,
    )
  })

  test('in a file that is missing are refused with its name', async () => {
    expect(await refusal(join(folder, 'missing.spec.ts'))).toMatch(/\/missing\.spec\.ts: There is no such file\.$/)
  })

  test('in TypeScript and JavaScript share files, as NodeNext names them, in node_modules too', async () => {
    const own = join(folder, 'node_modules', 'shop contracts')
    mkdirSync(own, { recursive: true })
    writeFileSync(join(own, 'shared.ts'), 'export const title = (of: string): string => `${of} of the shop`\n')
    const name = join('node_modules', 'shop contracts')
    const files = ['ts', 'mts', 'js', 'mjs'].map((end) => {
      const from = end.endsWith('ts') ? './shared.js' : './shared.ts'
      const lines = [
        `import { title } from '${from}'`,
        contract(`x-a.${end}`, end).replace(`'${end}',`, `title('${end}'),`),
      ]
      return spec(join(name, `x.spec.${end}`), ...lines)
    })
    const { checks } = await collect(files)
    expect(checks.map(({ title, location }) => [title, location])).toEqual(
      files.map((file) => [`${/[cm]?[jt]s$/u.exec(file)?.[0] ?? ''} of the shop`, `${file}:3:3`]),
    )
  })

  test('are read again after their file has changed', async () => {
    const file = spec('changing.spec.ts', contract('x-a.b', 'one'))
    expect((await collect([file])).checks.map(({ title }) => title)).toEqual(['one'])
    expect((await collect([file])).checks.map(({ title }) => title)).toEqual(['one'])
    spec('changing.spec.ts', '', contract('x-a.b', 'two'))
    utimesSync(file, 1, 1)
    const { checks } = await collect([file])
    expect(checks.map(({ title, location }) => [title, location])).toEqual([['two', `${file}:3:3`]])
  })
})
