import { execFile } from 'node:child_process'
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot, suite } from '../../helpers/model/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'contract-package-'))
const project = join(folder, 'project')
const minutes = 60_000

/** A command in the project, without the variables that npm and vitest gave this run. */
const run = (command: string, ...args: string[]) => runIn(project, command, ...args)

async function runIn(
  cwd: string,
  command: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const own =
    /^(npm_(?!config_(registry|cache|userconfig|globalconfig)$)|VITEST|CONTRACT_|CI$|NODE_ENV$|INIT_CWD$|TEST$)/u
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
  const options = { cwd, env: { ...env, TMPDIR: join(folder, 'tmp') }, maxBuffer: 1 << 26 }
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 1)
      resolve({ code, stdout, stderr })
    })
  })
}

/** The command as npx starts it, without npx. */
const command = (...args: string[]) => run(installed('.bin', suite.name), ...args)

const installed = (...path: string[]): string => join(project, 'node_modules', ...path)

/** Every file in node_modules with size and time. */
const state = (): string[] =>
  readdirSync(installed(), { recursive: true, encoding: 'utf8' })
    .map((file) => [file, statSync(installed(file))] as const)
    .map(([file, { size, mtimeMs }]) => `${file} ${String(size)} ${String(mtimeMs)}`)
    .sort()

let byNpx: Awaited<ReturnType<typeof run>>

/** Packs it, and lets npx install it in a Drupal project that has no package.json. What npx installed is the project of the other tests. */
beforeAll(async () => {
  for (const name of ['tmp', 'cache', 'drupal']) mkdirSync(join(folder, name))
  const pack = await runIn(folder, 'npm', 'pack', packageRoot, '--json', '--pack-destination', folder)
  expect(pack.code, pack.stderr).toBe(0)
  const [{ filename }] = JSON.parse(pack.stdout.slice(pack.stdout.search(/^\[$/mu))) as [{ filename: string }]
  // Its own cache is removed with the folder; only what comes from the registry is kept.
  const cache = (await runIn(folder, 'npm', 'config', 'get', 'cache')).stdout.trim()
  mkdirSync(join(cache, '_cacache'), { recursive: true })
  symlinkSync(join(cache, '_cacache'), join(folder, 'cache', '_cacache'))
  const from = ['--yes', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  const npx = [...from, `--cache=${join(folder, 'cache')}`, `--package=${join(folder, filename)}`, '--', suite.name]
  const selection = ['--target', 'reference', '--only', 'pkce.verifier-mismatch,code.replay']
  writeFileSync(join(folder, 'drupal', 'composer.json'), '{ "require": { "drupal/simple_oauth": "^6.0" } }')
  byNpx = await runIn(join(folder, 'drupal'), 'npm', 'exec', ...npx, ...selection)
  const [unpacked = ''] = readdirSync(join(folder, 'cache', '_npx'))
  renameSync(join(folder, 'cache', '_npx', unpacked), project)
}, 10 * minutes)

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
}, minutes)

test('runs by npx in a Drupal project that has no package.json, and leaves none', () => {
  expect(byNpx.stdout, byNpx.stderr).toMatch(/\n\d passed, 0 failed, \d skipped\n$/u)
  expect(readdirSync(join(folder, 'drupal')).sort()).toEqual(['composer.json', 'results'])
})

describe('the packed package', () => {
  // With 219 packages it was 83 MB; Testcontainers and what it needs are most of that.
  test('takes less than 100 MB, and says which parts are the largest', () => {
    const sizes = new Map<string, number>()
    for (const file of readdirSync(installed(), { recursive: true, encoding: 'utf8' })) {
      const [scope = '', name = ''] = file.split('/')
      const part = scope.startsWith('@') ? `${scope}/${name}` : scope
      const { size } = lstatSync(installed(file))
      sizes.set(part, (sizes.get(part) ?? 0) + size)
    }
    const megabytes = (bytes: number): number => Math.round(bytes / 100_000) / 10
    const total = megabytes([...sizes.values()].reduce((sum, size) => sum + size, 0))
    const largest = [...sizes].sort(([, one], [, other]) => other - one).slice(0, 5)
    console.info(`installed: ${total} MB; ${largest.map(([part, size]) => `${part} ${megabytes(size)}`).join(', ')}`)
    expect(total).toBeLessThan(100)
  })
})

describe('installed in a project of its own ways', () => {
  test('type-checks and runs a contract of the user beside ours, from a folder of theirs', async () => {
    // Brackets and spaces are special to tools on the way.
    const own = join(project, 'my contracts (shop)')
    mkdirSync(own)
    copyFileSync(installed(suite.name, 'examples', 'own-contract.spec.ts'), join(own, 'shop.spec.ts'))
    const options = { strict: true, noEmit: true, module: 'nodenext', target: 'es2023', types: [], skipLibCheck: false }
    writeFileSync(join(own, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }))
    const text = readFileSync(join(own, 'shop.spec.ts'), 'utf8')
    writeFileSync(join(own, 'wrong.spec.ts'), text.replace("severity: 'high'", "severity: 'terrible'"))
    const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc')
    const { stdout: errors } = await run(process.execPath, tsc, '-p', own)
    // Only the deliberate mistake is reported.
    expect(errors.match(/^\S.* error TS.*$/gmu)).toHaveLength(1)
    expect(errors).toContain(`wrong.spec.ts(11,3): error TS2322: Type '"terrible"' is not assignable`)
    rmSync(join(own, 'wrong.spec.ts'))
    writeFileSync(join(own, 'tsconfig.json'), '{ "extends": "./missing.json" }')

    const script = text
      .replaceAll('x-example.', 'x-script.')
      .replace('An access token', 'In JavaScript, too, an access token')
    writeFileSync(join(own, 'script.spec.js'), script)
    const npx = ['--offline', suite.name, '--contracts', own, '--target', 'reference']
    const both = await run('npx', ...npx, '--only', 'x-*,access-token.subject')
    expect(both.stdout, both.stderr).toMatch(/\n3 passed, 0 failed, 0 skipped\n$/u)
    expect(both.stderr).toBe('')
    const { checks } = JSON.parse(readFileSync(join(project, 'results', 'latest', 'report.json'), 'utf8')) as {
      checks: { location: string }[]
    }
    expect(checks.map(({ location }) => location).sort()).toEqual([
      'my contracts (shop)/script.spec.js:8:1',
      'my contracts (shop)/shop.spec.ts:8:1',
      expect.stringMatching(/^specs\/access-token\/claims\.spec\.ts:\d+:\d+$/u),
    ])
    rmSync(join(project, 'results'), { recursive: true })
    const explained = await command('explain', 'x-exa', '--contracts', own)
    expect(explained.stdout, explained.stderr).toContain(
      'access_token.claims (the claims of the access_token): the claims of the shop',
    )
    expect(explained.stdout).toContain('The shop cannot tell its customers apart.')
  }, 180_000)

  test(
    'helps, lists and runs, and writes nothing but its report',
    async () => {
      // The command must ignore these: each would break it.
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
      expect(help.stdout).toContain(`Usage: ${suite.name} [subcommand] [flags]`)
      expect(help.code).toBe(0)

      const list = await command('list', '--only', 'pkce.verifier-*')
      expect(list.stdout).toMatch(/^pkce\.verifier-mismatch +critical/mu)
      const explained = await command('explain', 'pkce.verifier-mism')
      expect(explained.stdout, explained.stderr).toContain('  · pkce-any-verifier: ')
      expect(list.code).toBe(0)

      const contract = await command('--target', 'reference', '--only', 'pkce.verifier-*')
      const [, checks] = /(\d+) checks\n$/u.exec(list.stdout) ?? []
      const [, passed, skipped] = /\n(\d+) passed, 0 failed, (\d+) skipped\n$/u.exec(contract.stdout) ?? []
      expect(Number(passed), contract.stdout + contract.stderr).toBeGreaterThan(0)
      expect(Number(passed) + Number(skipped)).toBe(Number(checks))
      expect(contract.code).toBe(0)

      expect(state()).toEqual(before)
      expect(readdirSync(join(project, 'results', 'latest')).sort()).toEqual(['evidence', 'report.html', 'report.json'])
      expect(readdirSync(join(folder, 'tmp'))).toEqual([])
    },
    5 * minutes,
  )

  test("runs in the user's vitest, which it needs for nothing else", async () => {
    expect(readdirSync(installed())).not.toContain('vitest')
    symlinkSync(join(packageRoot, 'node_modules', 'vitest'), installed('vitest'))
    writeFileSync(
      join(project, 'contract.config.ts'),
      `import { defineConfig } from 'vitest/config'
       import { contractProject } from '${suite.name}/vitest'
       export default defineConfig({ test: { projects: [contractProject()] } })`,
    )
    writeFileSync(join(project, '.env'), 'CONTRACT_TARGET=reference\nCONTRACT_ONLY=pkce.verifier-mismatch\n')
    const bin = installed('vitest', 'vitest.mjs')
    const ended = await run(process.execPath, bin, 'run', '--config', 'contract.config.ts')
    expect(ended.stderr, ended.stdout).toMatch(/\n1 passed, 0 failed, 0 skipped\n$/u)
    expect(ended.code).toBe(0)
  }, 120_000)

  test('type-checks every export', async () => {
    const folder = join(project, 'exports')
    mkdirSync(folder)
    const { exports } = JSON.parse(readFileSync(installed(suite.name, 'package.json'), 'utf8')) as { exports: object }
    const code = Object.keys(exports).filter((name) => !name.endsWith('.json'))
    expect(code).toEqual(['.', './vitest', './testcontainers'])
    writeFileSync(
      join(folder, 'front-end.ts'),
      `import { contractTest } from '${suite.name}'
       import { contractProject } from '${suite.name}/vitest'
       import { SimpleOAuthContainer, type StartedSimpleOAuthContainer } from '${suite.name}/testcontainers'
       export const project = contractProject()
       export const start = async (): Promise<StartedSimpleOAuthContainer> =>
         new SimpleOAuthContainer().withDrupal('^11').withSimpleOAuth('~6.1').start()
       export const wrong: number = contractTest`,
    )
    const types = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      types: ['node'],
      skipLibCheck: true,
    }
    const roots = [join(packageRoot, 'node_modules/@types')]
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...types, typeRoots: roots }, include: ['*.ts'] }),
    )
    const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc')
    const { stdout } = await run(process.execPath, tsc, '-p', folder)
    // Only the deliberate mistake is reported.
    expect(stdout.match(/error TS.*$/gmu)).toEqual([expect.stringMatching(/^error TS2322: Type '.* => void' is not/u)])
  }, 60_000)

  test('says in one sentence that Node is too old', async () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '18.20.8' })`
    const bin = installed(suite.name, 'bin', 'simple-oauth-contract.js')
    const preload = join(folder, 'old.cjs')
    writeFileSync(preload, `${old}\nObject.defineProperty(process, 'version', { value: 'v18.20.8' })`)
    expect(await run(process.execPath, '--require', preload, bin, '--help')).toEqual({
      code: 2,
      stdout: '0 passed, 0 failed, 0 skipped\n',
      stderr: 'simple-oauth-contract needs Node.js 20.19 or newer; this is v18.20.8.\n',
    })
  })
})
