import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { describe, expect, test } from 'vitest'
import { foldersTable } from '../../.ci/folders.js'
import { catalogue } from '../../helpers/command/catalogue.ts'
import { collect } from '../../helpers/plan/collect.ts'
import { envExample, helpText, settingsTable } from '../../helpers/command/help.ts'
import { packageRoot } from '../../helpers/model/package.ts'
import { siteSchema } from '../../helpers/targets/site/site-schema.ts'
import { settingRows, variableOf } from '../../helpers/settings/settings-table.ts'
import { readSettings } from '../../helpers/settings/settings.ts'
import matrix from '../mutation/matrix.json' with { type: 'json' }
import type { Matrix } from '../mutation/matrix.ts'
import { must } from '../mutation/must.ts'
import { checkNotCovered, notCoveredDocument, readNotCovered } from '../support/not-covered.ts'

const rows = Object.values(settingRows)
const at = (file: string): string => join(packageRoot, file)

// `npm run generate` runs this file with --update, which writes what is out of date.
describe('written from the table of settings', () => {
  test('.env.example', async () => {
    await expect(envExample()).toMatchFileSnapshot(at('.env.example'))
  })
})

describe('written from the list of folders', () => {
  test('its table', async () => {
    const marked = /(<!-- folders -->\n).*?(<!-- \/folders -->)/su
    const pages = ['CONTRIBUTING.md', 'docs/architecture.md'].filter(
      (page) => existsSync(at(page)) && marked.test(readFileSync(at(page), 'utf8')),
    )
    expect(pages).toHaveLength(1)
    for (const page of pages) {
      const table = `\n<!-- prettier-ignore -->\n${foldersTable()}\n\n`
      const expected = readFileSync(at(page), 'utf8').replace(
        marked,
        (_, start: string, end: string) => start + table + end,
      )
      await expect(expected).toMatchFileSnapshot(at(page))
    }
  })
})

describe('written from the roles', () => {
  test('the schema of a site file', async () => {
    const schema = `${JSON.stringify(siteSchema, null, 2)}\n`
    await expect(schema).toMatchFileSnapshot(at('fixtures/schemas/site.schema.json'))
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

describe('written from the list of what no contract proves', () => {
  test('docs/not-covered.md', async () => {
    await expect(notCoveredDocument(readNotCovered())).toMatchFileSnapshot(at('docs/not-covered.md'))
  })

  test.each([
    ['no source', { requirement: 'A requirement.', sources: [], reason: 'The reason.' }],
    ['no reason', { requirement: 'A requirement.', sources: [{ document: 'RFC6749' }] }],
    [
      'an unknown member',
      { requirement: 'A requirement.', sources: [{ document: 'RFC6749' }], reason: 'The reason.', x: 1 },
    ],
    [
      'an unknown document',
      { requirement: 'A requirement.', sources: [{ document: 'RFC 6749' }], reason: 'The reason.' },
    ],
    ['half a sentence', { requirement: 'A requirement', sources: [{ document: 'RFC6749' }], reason: 'The reason.' }],
  ])('an entry with %s is rejected', (_, entry) => {
    expect(() => checkNotCovered([entry])).toThrow('fixtures/not-covered.yaml/0')
  })
})
