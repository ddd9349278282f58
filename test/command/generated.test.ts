import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../../helpers/command/catalogue.ts'
import { caseSchema } from '../../helpers/contract/case-schema.ts'
import { collect } from '../../helpers/plan/collect.ts'
import { envExample, helpText, settingsTable } from '../../helpers/command/help.ts'
import { packageRoot } from '../../helpers/model/package.ts'
import { siteSchema } from '../../helpers/targets/site/site-schema.ts'
import { settingRows, variableOf } from '../../helpers/settings/settings-table.ts'
import { readSettings } from '../../helpers/settings/settings.ts'
import { vocabulary, vocabularyPage } from '../support/vocabulary.ts'
import matrix from '../mutation/matrix.json' with { type: 'json' }
import type { Matrix } from '../mutation/matrix.ts'
import { must } from '../mutation/must.ts'

const rows = Object.values(settingRows)
const at = (file: string): string => join(packageRoot, file)

// `npm run generate` runs this file with --update, which writes what is out of date.
describe('written from the table of settings', () => {
  test('.env.example', async () => {
    await expect(envExample()).toMatchFileSnapshot(at('.env.example'))
  })

  test('the table in the README', async () => {
    const readme = readFileSync(at('README.md'), 'utf8')
    const marked = /(<!-- settings -->\n).*?(<!-- \/settings -->)/su
    expect(readme).toMatch(marked)
    // Aligned columns would be as wide as the longest text.
    const table = `\n<!-- prettier-ignore -->\n${settingsTable()}\n\n`
    const due = readme.replace(marked, (_, start: string, end: string) => start + table + end)
    await expect(due).toMatchFileSnapshot(at('README.md'))
  })
})

describe('written from the roles', () => {
  test('the schema of a site file', async () => {
    const schema = `${JSON.stringify(siteSchema, null, 2)}\n`
    await expect(schema).toMatchFileSnapshot(at('fixtures/schemas/site.schema.json'))
  })
})

describe('written from roles, capabilities, documents and facts', () => {
  test('the schema of a case', async () => {
    const schema = `${JSON.stringify(caseSchema, null, 2)}\n`
    await expect(schema).toMatchFileSnapshot(at('fixtures/schemas/case.schema.json'))
  })
})

describe('written from the docstrings', () => {
  test('the vocabulary of a case', async () => {
    await expect(vocabularyPage()).toMatchFileSnapshot(at('docs/vocabulary.md'))
  })

  test('every exported name has its meaning, and is used in a contract', () => {
    const words = [...vocabulary().values()].flat()
    expect(words.length).toBeGreaterThan(50)
    expect(words.filter(({ meaning }) => meaning.length < 20)).toEqual([])
    // It stands around the contracts.
    expect(words.filter(({ name, example }) => example === null && name !== 'describe')).toEqual([])
  })
})

describe('written from the specs', () => {
  test('the catalogue', async () => {
    const { checks } = await collect()
    await expect(catalogue(checks)).toMatchFileSnapshot(at('specs/CATALOGUE.md'))
  })

  // test/ is not in the package; `explain` tells from this file which faults turn a contract red.
  test('which faults turn a contract red', async () => {
    const { checks } = await collect()
    const ids = [...new Set(checks.map(({ contract }) => contract))].sort()
    const red = (fault: string, id: string): boolean =>
      Object.entries((matrix as Matrix)[fault] ?? {}).some(
        ([check, verdict]) => /^(fail|warn)$/u.test(verdict) && check.split(' [')[0] === id,
      )
    const lines = ids.map((id) => {
      const about = Object.keys(must).filter((fault) => id in (must[fault] ?? {}))
      const also = Object.keys(matrix).filter((fault) => !about.includes(fault) && red(fault, id))
      return `${JSON.stringify(id)}: ${JSON.stringify({ about, also })}`
    })
    await expect(`{\n${lines.join(',\n')}\n}\n`).toMatchFileSnapshot(at('fixtures/kills.json'))
  })
})

describe('.env.example', () => {
  test('changes nothing as it is, and is accepted with every line in use', () => {
    expect(parse(envExample())).toEqual({})
    const used = parse(envExample().replace(/^#(?=CONTRACT_)/gmu, ''))
    expect(Object.keys(used)).toEqual(rows.map(variableOf))
    expect(readSettings([], {}, used).settings).toEqual(readSettings([], {}, {}).settings)
  })
})

test('help and table hold every setting, in lines that fit', () => {
  for (const text of [helpText(), settingsTable()]) {
    for (const row of rows) {
      expect(text).toContain(`--${row.flag}`)
      expect(text).toContain(variableOf(row))
      expect(text).toContain(row.help)
    }
  }
  expect(
    settingsTable()
      .split('\n')
      .map((line) => line.split('|').length),
  ).toEqual(Array<number>(rows.length + 2).fill(5))
})
