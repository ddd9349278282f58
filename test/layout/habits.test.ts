import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { validateWorkflow } from '@action-validator/core'
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { createVitest } from 'vitest/node'
import { packageRoot } from '../../helpers/model/package.ts'
import { collect } from '../../helpers/plan/collect.ts'
import { faults } from '../../helpers/reference/faults/index.ts'

const folder = join(packageRoot, '.github', 'workflows')

describe.each(readdirSync(folder))('the workflow %s', (name) => {
  const content = readFileSync(join(folder, name), 'utf8')

  test('meets the published schema', () => {
    expect(validateWorkflow(content).errors).toEqual([])
    expect(validateWorkflow(content.replace('runs-on:', 'run-on:')).errors).not.toEqual([])
  })

  test('pins every action by a commit, with its version beside it', () => {
    const uses = content.split('\n').filter((line) => line.includes('uses:'))
    expect(uses.length).toBeGreaterThan(0)
    expect(uses.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u.test(line))).toEqual([])
  })
})

const schemas = join(packageRoot, 'fixtures', 'schemas')

// A run compiles some of them without validation, which is faster.
test.each(readdirSync(schemas))('the schema %s is valid', (name) => {
  const schema = JSON.parse(readFileSync(join(schemas, name), 'utf8')) as { readonly type?: string }
  const ajv = new Ajv2020()
  expect(ajv.validateSchema(schema as AnySchema), ajv.errorsText()).toBe(true)
  expect(ajv.validateSchema({ ...schema, type: 'text' })).toBe(false)
})

test('a snapshot or golden file that is missing fails, on every machine', async () => {
  const vitest = await createVitest('test', { root: packageRoot, watch: false, project: ['suite'] })
  try {
    expect(vitest.config.snapshotOptions.updateSnapshot).toBe('none')
  } finally {
    await vitest.close()
  }
})

describe('the check of subjects', () => {
  const check = (...subjects: string[]) =>
    spawnSync(process.execPath, [join(packageRoot, '.ci', 'subjects.js')], {
      input: `${subjects.join('\n')}\n`,
      encoding: 'utf8',
    })

  test('lets an imperative pass', () => {
    const { status, stdout } = check(
      'Add a page',
      'Pass the port on',
      'Bring it back',
      'x'.repeat(72).replace('xxx', 'Do '),
    )
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  })

  test('refuses anything else, and says why', () => {
    const imperative = 'is not an imperative: say what the commit does, as "Add"'
    const refused = [
      ['Added a page', `"Added" ${imperative}`],
      ['Adds a page', `"Adds" ${imperative}`],
      ['Adding a page', `"Adding" ${imperative}`],
      ['docs: add a page', 'begin with a verb and a capital letter, without a prefix'],
      ['Add a page.', 'no full stop at the end'],
      [`Add ${'x'.repeat(69)}`, '73 characters, not 72 or fewer'],
    ]
    const { status, stdout } = check('Add a page', ...refused.map(([subject = '']) => subject))
    expect(stdout).toBe(refused.map(([subject, why]) => `${subject}\n  ${why}\n`).join(''))
    expect(status).toBe(1)
  })
})

test('titles, variants and gains of faults are plain English', async () => {
  const { checks } = await collect()
  const sentences = [
    ...checks.flatMap(({ contract, variant, title }) => [`${contract}: ${variant ?? ''}`, title]),
    ...faults.map(({ id, gain }) => `${id}: ${gain}`),
  ]
  expect(sentences.length).toBeGreaterThan(1000)
  expect(sentences.filter((sentence) => translated.test(sentence))).toEqual([])
  expect(
    ['a character more', 'another that is none', 'scope-told', 'It stands in the list'].filter((one) =>
      translated.test(one),
    ),
  ).toHaveLength(4)
})

test('comments, and titles of tests, are plain English', () => {
  const files = ['helpers', 'specs', 'fixtures', 'test'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  )
  const written = /^ *(?:\/\*\*|\*|\/\/|(?:test|describe)(?:\.each)?\()/u
  const lines = files.flatMap((file) =>
    readFileSync(join(packageRoot, file), 'utf8')
      .split('\n')
      .filter((line) => written.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(lines.length).toBeGreaterThan(5000)
  expect(lines.filter((line) => calqued.test(line))).toEqual([])
})

const calqued =
  /\b(?:of today|that (?:is|are) none|stands? in for|put back|mended|c[oa]mes? to (?:its|their) end|in the place of)\b/u

/** Phrases that are translated word for word. */
const translated =
  /\b(?:an? \w+ (?:more|less|too many)|that (?:is|are) none|told|stands? in|is no (?!longer|such|more)\w+|of their own making|beside|in capitals|beyond ASCII|small letters|put back|mended)\b/u
