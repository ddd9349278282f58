import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { packageRoot, suite } from '../../helpers/model/package.ts'

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  readonly scripts: Record<string, string>
  readonly dependencies: Record<string, string>
  readonly peerDependencies: Record<string, string>
}

let packed: readonly string[] = []

// Installed, it is tested in test/e2e/package.test.ts.
beforeAll(() => {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline']
  const { stdout, stderr } = spawnSync('npm', args, { cwd: packageRoot, encoding: 'utf8' })
  expect(stdout, stderr).toMatch(/^\[/u)
  const [content] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[]
  packed = content?.files.map(({ path }) => path) ?? []
}, 60_000)

describe('the packed package', () => {
  test('holds what it needs to run and to be read, and no tests', () => {
    const top = [...new Set(packed.map((path) => path.split('/')[0]))].sort()
    const code = ['bin', 'dist', 'docker', 'drupal', 'examples', 'fixtures', 'package.json', 'specs']
    expect(top).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', ...code])
    // A front end of the examples has a test of its own.
    const isOurs = (path: string): boolean => path.endsWith('.test.ts') && !path.startsWith('examples/')
    expect(packed.filter((path) => isOurs(path) || path.startsWith('dist/.'))).toEqual([])
    expect(packed.filter((path) => path.startsWith('bin/'))).toEqual(['bin/simple-oauth-contract.js', 'bin/start.js'])
    // Each is present once: as a readable source or as built JavaScript.
    expect(packed.filter((path) => path.startsWith('helpers/') || /^dist\/.*(?<!\.d)\.ts$/u.test(path))).toEqual([])
  })

  test('has no script that an installation would run or warn of', () => {
    expect(['preinstall', 'install', 'postinstall'].filter((name) => name in manifest.scripts)).toEqual([])
  })

  test('depends on every library it imports', () => {
    const { dependencies, peerDependencies } = manifest
    const imported = packed
      .filter((path) => path.endsWith('.js'))
      .flatMap((path) => [
        ...readFileSync(join(packageRoot, path), 'utf8').matchAll(/(?: from |\brequire\()'([^.'][^']*)'\)?;?$/gmu),
      ])
      .map(([, from = '']) =>
        from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/'),
      )
      .filter((name) => !name.startsWith('node:') && name !== suite.name)
    expect(imported.filter((name) => builtinModules.includes(name))).toEqual([])
    expect([...new Set(imported)].sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort())
  })
})
