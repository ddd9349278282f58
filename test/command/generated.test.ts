import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { describe, expect, test } from 'vitest'
import { foldersTable } from '../../.ci/folders.js'
import { catalogue } from '../../helpers/command/catalogue.ts'
import { caseSchema } from '../../helpers/contract/case-schema.ts'
import { collect, specFiles, upgradeFiles } from '../../helpers/plan/collect.ts'
import { envExample, settingsDocument } from '../../helpers/command/settings-document.ts'
import { packageRoot } from '../../helpers/model/package.ts'
import { siteSchema } from '../../helpers/targets/site/site-schema.ts'
import { variableOf } from '../../helpers/settings/setting-row.ts'
import { settingRows } from '../../helpers/settings/settings-table.ts'
import { readSettings } from '../../helpers/settings/settings.ts'
import { vocabulary, vocabularyPage } from '../support/vocabulary.ts'
import matrix from '../mutation/matrix.json' with { type: 'json' }
import { isRed, type Matrix } from '../mutation/matrix.ts'
import { must } from '../mutation/must.ts'
import { diagnosisTable } from '../support/diagnosis-table.ts'
import { atlasOf, atlasSections, withAtlas } from '../atlas/atlas.ts'
import { readRecords } from '../atlas/recorded-runs.ts'
import { readWebServers, webServersTable } from '../support/web-server-runs.ts'
import { readReleases } from '../../helpers/command/compare-inputs.ts'
import { must as upgradeMust } from '../upgrade/must.ts'
import { asvsDocument } from '../support/asvs-document.ts'
import { contractsOf } from '../../helpers/plan/contracts.ts'
import { checkNotCovered, notCoveredDocument, readNotCovered } from '../support/not-covered.ts'

const rows = Object.values(settingRows)
const at = (file: string): string => join(packageRoot, file)

// `npm run generate` runs this file with --update, which writes what is out of date.
describe('written from the table of settings', () => {
  test('.env.example', async () => {
    await expect(envExample()).toMatchFileSnapshot(at('.env.example'))
  })

  test('docs/settings.md', async () => {
    await expect(settingsDocument()).toMatchFileSnapshot(at('docs/settings.md'))
  })
})

describe('written from the diagnoses', () => {
  test('their table', async () => {
    const page = at('docs/doctor.md')
    const marked = /(<!-- conditions -->\n).*?(<!-- \/conditions -->)/su
    const text = readFileSync(page, 'utf8')
    expect(text).toMatch(marked)
    const table = `\n<!-- prettier-ignore -->\n${diagnosisTable()}\n\n`
    await expect(text.replace(marked, (_, start: string, end: string) => start + table + end)).toMatchFileSnapshot(page)
  })
})

describe('written from the runs on web servers', () => {
  test('their table', async () => {
    const page = at('docs/compatibility.md')
    const marked = /(<!-- web-servers -->\n).*?(<!-- \/web-servers -->)/su
    const text = readFileSync(page, 'utf8')
    expect(text).toMatch(marked)
    const table = `\n<!-- prettier-ignore -->\n${webServersTable(readWebServers())}\n\n`
    await expect(text.replace(marked, (_, start: string, end: string) => start + table + end)).toMatchFileSnapshot(page)
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
    // It wraps the contracts.
    expect(words.filter(({ name, example }) => example === null && name !== 'describe')).toEqual([])
  })
})

describe('written from the specs', () => {
  test('the catalogue', async () => {
    const { checks } = await collect([...specFiles(), ...upgradeFiles()])
    await expect(catalogue(checks)).toMatchFileSnapshot(at('specs/CATALOGUE.md'))
  })

  test('docs/asvs.md', async () => {
    const { checks } = await collect()
    await expect(asvsDocument(contractsOf(checks))).toMatchFileSnapshot(at('docs/asvs.md'))
  })

  // test/ is not in the package; from this file, `explain` knows which faults turn a contract red.
  test('which faults turn a contract red', async () => {
    const { checks } = await collect()
    const ids = [...new Set(checks.map(({ contract }) => contract))].sort()
    const red = (fault: string, id: string): boolean =>
      Object.entries((matrix as Matrix)[fault] ?? {}).some(
        ([check, cell]) => isRed(cell) && check.split(' [')[0] === id,
      )
    const lines = ids.map((id) => {
      const about = Object.keys(must).filter((fault) => id in (must[fault] ?? {}))
      const also = Object.keys(matrix).filter((fault) => !about.includes(fault) && red(fault, id))
      return `${JSON.stringify(id)}: ${JSON.stringify({ about, also })}`
    })
    const upgrades = [...new Set((await collect(upgradeFiles())).checks.map(({ contract }) => contract))].sort()
    for (const id of upgrades) {
      const about = Object.keys(upgradeMust).filter((fault) => id in (upgradeMust[fault] ?? {}))
      lines.push(`${JSON.stringify(id)}: ${JSON.stringify({ about, also: [] })}`)
    }
    await expect(`{\n${lines.join(',\n')}\n}\n`).toMatchFileSnapshot(at('fixtures/kills.json'))
  })
})

describe('written from the records and what releases announced', () => {
  test('docs/compatibility.md', async () => {
    const { checks } = await collect()
    const releases = readReleases()
    const sections = atlasSections(atlasOf(readRecords(), checks, releases), releases)
    const file = at('docs/compatibility.md')
    await expect(withAtlas(readFileSync(file, 'utf8'), sections)).toMatchFileSnapshot(file)
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

test('docs/settings.md has one row for every setting and every deprecated name', () => {
  const cells = settingsDocument()
    .split('\n')
    .filter((line) => line.startsWith('| `--'))
    .map((line) => line.split(' | '))
  for (const row of rows) {
    const own = cells.filter(
      ([flag = '']) => flag.startsWith(`| \`--${row.flag}`) && flag.match(/`--([\w-]+)/u)?.[1] === row.flag,
    )
    expect(
      own.some(([, variable]) => variable === `\`${variableOf(row)}\``),
      row.flag,
    ).toBe(true)
    expect(
      own.some(([, , meaning = '']) => meaning.startsWith(row.help)),
      row.flag,
    ).toBe(true)
  }
  expect(settingsDocument()).toContain('| `--ledger`, `CONTRACT_LEDGER` | `--baseline`, `CONTRACT_BASELINE` |')
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
