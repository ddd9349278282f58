import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { ESLint, Linter } from 'eslint'
import ts from 'typescript'
import tseslint from 'typescript-eslint'
import { describe, expect, test } from 'vitest'
import { folderOf, folders, listedImports, wrongImport } from '../../.ci/folders.js'
import { packageRoot } from '../../helpers/model/package.ts'

const at = (path: string): string => join(packageRoot, path)

describe('the list of folders', () => {
  test('holds every folder once, and no other', () => {
    const names = folders.map(({ folder }) => folder)
    expect(names).toEqual([...new Set(names)])
    expect(names.filter((folder) => !statSync(at(folder)).isDirectory())).toEqual([])
    const top = readdirSync(packageRoot, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !notOurs.includes(entry.name))
      .flatMap(({ name }) => (name === 'helpers' ? readdirSync(at(name)).map((part) => `helpers/${part}`) : [name]))
    expect(top.filter((folder) => !names.includes(folder))).toEqual([])
  })

  test('allows no import circle between folders', () => {
    const allowed = new Map(folders.map(({ folder, imports }) => [folder, imports.filter((one) => one !== '*')]))
    expect([...allowed.values()].flat().filter((folder) => !allowed.has(folder))).toEqual([])
    expect(circle(allowed)).toBeNull()
    expect(circle(new Map([...allowed, ['fixtures', ['helpers/plan']]]))).toEqual(
      expect.arrayContaining(['fixtures', 'helpers/plan']),
    )
  })

  test('allows what is imported and nothing else', () => {
    const sources = ['specs', 'fixtures', 'helpers', 'bin'].flatMap((folder) =>
      readdirSync(at(folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(?:[jt]s|tsx)$/u.test(file))
        .map((file) => `${folder}/${file}`),
    )
    expect(sources.length).toBeGreaterThan(150)
    const imported = sources.flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })))
    expect(imported.flatMap(({ file, specifier }) => wrongImport(file, specifier) ?? [])).toEqual([])
    const used = new Set(
      imported.map(({ file, specifier }) => {
        const target = relative(packageRoot, resolve(at(dirname(file)), specifier))
        return `${folderOf(file)?.folder ?? ''} imports ${folderOf(target)?.folder ?? ''}`
      }),
    )
    const listed = folders
      .filter(({ folder }) => folder !== 'specs' && folder !== 'test' && folder !== 'bin')
      .flatMap(({ folder, imports }) => imports.map((other) => `${folder} imports ${other}`))
    expect(listed.filter((arrow) => !used.has(arrow))).toEqual([])
  })
})

/** Made by tools, and not committed. */
const notOurs = ['node_modules', 'results', 'types', 'dist']

/** What a file imports of ours, types included. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(at(file), 'utf8'))
  return importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'))
}

/** The folders on a way from one back to itself. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const walk = (folder: string, way: readonly string[]): string[] | null => {
    if (way.includes(folder)) return way.slice(way.indexOf(folder))
    for (const next of graph.get(folder) ?? []) {
      const found = walk(next, [...way, folder])
      if (found) return found
    }
    return null
  }
  for (const folder of graph.keys()) {
    const found = walk(folder, [])
    if (found) return found
  }
  return null
}

describe('the lint rule', () => {
  /** What the rule says of one line in a file. */
  const messages = (file: string, line: string): string[] =>
    new Linter({ cwd: packageRoot })
      .verify(
        line,
        [
          {
            files: ['**/*.ts'],
            languageOptions: { parser: tseslint.parser },
            plugins: { folders: { rules: { listed: listedImports } } },
            rules: { 'folders/listed': 'error' },
          },
        ],
        { filename: at(file) },
      )
      .map(({ message }) => message)

  test.each([
    "import { driver } from '../oauth/driver.ts'",
    "import type { Driver } from '../oauth/driver.ts'",
    "export { driver } from '../oauth/driver.ts'",
    "export * from '../oauth/driver.ts'",
    "const driver = await import('../oauth/driver.ts')",
    "type Driver = import('../oauth/driver.ts').Driver",
  ])('refuses %s in the judge', (line) => {
    expect(messages('helpers/judge/x.ts', line)).toEqual([
      'helpers/judge must not import helpers/oauth: see docs/folders.json',
    ])
  })

  test('refuses a folder that is not listed', () => {
    expect(messages('helpers/judge/x.ts', "import '../util/x.ts'")).toEqual([
      'helpers/util/x.ts is in no folder that docs/folders.json lists',
    ])
    expect(messages('helpers/util/x.ts', "import '../judge/x.ts'")).toEqual([
      'helpers/util/x.ts is in no folder that docs/folders.json lists',
    ])
  })

  test('allows what is listed, packages and the own folder', () => {
    const fine = "import '../model/result.ts'; import './match.ts'; import 'ajv'; import 'node:fs'"
    expect(messages('helpers/judge/x.ts', fine)).toEqual([])
    expect(messages('test/judge/x.test.ts', "import '../../helpers/oauth/driver.ts'")).toEqual([])
  })

  test.each(folders.map(({ folder }) => folder).filter((folder) => /^(helpers|specs|fixtures|test)/u.test(folder)))(
    'is on for %s',
    async (folder) => {
      const eslint = new ESLint({ cwd: packageRoot })
      const config = (await eslint.calculateConfigForFile(`${folder}/x.ts`)) as { rules: Record<string, unknown> }
      expect(config.rules['folders/listed-imports']).toEqual([2])
    },
  )
})
