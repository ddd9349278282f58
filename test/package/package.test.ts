import { execFile } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot, suite } from '../../helpers/model/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'contract-package-'))
const project = join(folder, 'project')
const minutes = 60_000

/** A command in the project, without the variables that npm and vitest gave this run. */
async function run(command: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const own =
    /^(npm_(?!config_(registry|cache|userconfig|globalconfig)$)|VITEST|CONTRACT_|CI$|NODE_ENV$|INIT_CWD$|TEST$)/u
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
  const options = { cwd: project, env: { ...env, TMPDIR: join(folder, 'tmp') }, maxBuffer: 1 << 26 }
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 1)
      resolve({ code, stdout, stderr })
    })
  })
}

const installed = (...path: string[]): string => join(project, 'node_modules', ...path)

/** Every file in node_modules with size and time. */
const state = (): string[] =>
  readdirSync(installed(), { recursive: true, encoding: 'utf8' })
    .map((file) => [file, statSync(installed(file))] as const)
    .map(([file, { size, mtimeMs }]) => `${file} ${String(size)} ${String(mtimeMs)}`)
    .sort()

let packed: string[] = []

beforeAll(async () => {
  for (const name of ['tmp', 'project']) mkdirSync(join(folder, name))
  writeFileSync(join(project, 'package.json'), '{ "private": true }')
  const pack = await run('npm', 'pack', packageRoot, '--json', '--pack-destination', folder)
  expect(pack.code, pack.stderr).toBe(0)
  const [{ filename, files }] = JSON.parse(pack.stdout.slice(pack.stdout.search(/^\[$/mu))) as [
    { filename: string; files: { path: string }[] },
  ]
  packed = files.map(({ path }) => path)
  const quiet = ['--prefer-offline', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund']
  const install = await run('npm', 'install', ...quiet, join(folder, filename))
  expect(install.code, install.stderr).toBe(0)
}, 10 * minutes)

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the packed package', () => {
  test('holds what it needs to run and to be read, and no tests', () => {
    const top = [...new Set(packed.map((path) => path.split('/')[0]))].sort()
    const code = ['bin', 'docker', 'drupal', 'fixtures', 'helpers', 'package.json', 'specs', 'types']
    expect(top).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', ...code])
    expect(packed.filter((path) => path.endsWith('.test.ts'))).toEqual([])
  })

  test('depends on every library it imports', () => {
    const { dependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const imported = packed
      .filter((path) => /\.[jt]s$/u.test(path))
      .flatMap((path) => [...readFileSync(join(packageRoot, path), 'utf8').matchAll(/ from '([^.'][^']*)'$/gmu)])
      .map(([, from = '']) =>
        from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/'),
      )
      .filter((name) => !name.startsWith('node:') && name !== suite.name)
    expect(imported.filter((name) => builtinModules.includes(name))).toEqual([])
    expect([...new Set(imported)].sort()).toEqual(Object.keys(dependencies).sort())
  })
})

describe('installed in a project of its own ways', () => {
  test('type-checks and runs a contract of the user beside ours, from a folder of theirs', async () => {
    // Brackets and spaces mean something to the tools in between.
    const own = join(project, 'my contracts (shop)')
    mkdirSync(own)
    copyFileSync(installed(suite.name, 'fixtures', 'template.spec.ts'), join(own, 'shop.spec.ts'))
    const options = { strict: true, noEmit: true, module: 'nodenext', target: 'es2023', types: [], skipLibCheck: false }
    const check = (): ReturnType<typeof run> => {
      writeFileSync(join(own, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }))
      return run(process.execPath, join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', own)
    }
    expect((await check()).stdout).toBe('')
    const text = readFileSync(join(own, 'shop.spec.ts'), 'utf8')
    writeFileSync(join(own, 'wrong.spec.ts'), text.replace("severity: 'high'", "severity: 'terrible'"))
    expect((await check()).stdout).toContain(`wrong.spec.ts(11,3): error TS2322: Type '"terrible"' is not assignable`)
    rmSync(join(own, 'wrong.spec.ts'))
    writeFileSync(join(own, 'tsconfig.json'), '{ "extends": "./missing.json" }')

    const command = ['--offline', suite.name, '--contracts', own, '--target', 'reference']
    const both = await run('npx', ...command, '--only', 'x-example.claims,access-token.subject')
    expect(both.stdout, both.stderr).toMatch(/\n2 passed, 0 failed, 0 skipped\n$/u)
    const explained = await run('npx', '--offline', suite.name, 'explain', 'x-exa', '--contracts', own)
    expect(explained.stdout, explained.stderr).toContain('access_token.claims: the claims of the shop')
    expect(explained.stdout).toContain('The shop cannot tell its customers apart.')
  })

  test(
    'helps, lists and runs, and writes nothing but its report',
    async () => {
      // None of these is any business of ours, and each ends whoever takes it for theirs.
      for (const name of ['vitest.config.ts', 'vite.config.ts', 'postcss.config.js']) {
        writeFileSync(join(project, name), "throw new Error('not yours')\n")
      }
      writeFileSync(
        join(project, 'tsconfig.json'),
        '{ "extends": "./missing.json", "compilerOptions": { "target": "ES5" } }',
      )
      writeFileSync(join(project, '.env'), 'BASE_URL=/shop\nNODE_ENV=production\nTARGET=nowhere\nVITE_X=1\n')
      const before = state()

      const help = await run('npx', '--offline', suite.name, '--help')
      expect(help.stdout).toContain(`${suite.name} ${suite.version}: a contract test suite`)
      expect(help.code).toBe(0)

      const list = await run('npx', '--offline', suite.name, 'list', '--only', 'pkce.verifier-*')
      expect(list.stdout).toMatch(/^pkce\.verifier-mismatch +critical/mu)
      const explained = await run('npx', '--offline', suite.name, 'explain', 'pkce.verifier-mism')
      expect(explained.stdout, explained.stderr).toContain('  · pkce-any-verifier (RFC 7636 §4.6)\n')
      expect(list.code).toBe(0)

      const contract = await run('npx', '--offline', suite.name, '--target', 'reference', '--only', 'pkce.verifier-*')
      const [, checks] = /(\d+) checks\n$/u.exec(list.stdout) ?? []
      const [, passed, skipped] = /\n(\d+) passed, 0 failed, (\d+) skipped\n$/u.exec(contract.stdout) ?? []
      expect(Number(passed), contract.stdout + contract.stderr).toBeGreaterThan(0)
      expect(Number(passed) + Number(skipped)).toBe(Number(checks))
      expect(contract.code).toBe(0)

      expect(state()).toEqual(before)
      expect(readdirSync(join(project, 'results', 'latest')).sort()).toEqual(['evidence', 'report.json'])
      expect(readdirSync(join(folder, 'tmp'))).toEqual([])
    },
    5 * minutes,
  )
})
