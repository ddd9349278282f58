import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openCache } from '../../../helpers/targets/install/code-cache.ts'
import { requireOwnFolder } from '../../../helpers/targets/install/own-folder.ts'
import { manifestsIn } from '../../../helpers/targets/site/manifest.ts'

const own = process.getuid?.() ?? 0

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'own-folder-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

const untrusted = (folder: string, problem: string) => ({
  code: 'cache-untrusted',
  message: `${folder} ${problem}, and code in it would be run. Delete it if it is yours, or choose a folder of your own with --cache.`,
})

test('a folder of this user alone is trusted, even if others can read it', () => {
  const folder = emptyFolder()
  for (const mode of [0o700, 0o755]) {
    chmodSync(folder, mode)
    expect(() => {
      requireOwnFolder(folder)
    }).not.toThrow()
  }
})

test.each([
  [0o777, 'can be changed by others (mode 777)'],
  [0o770, 'can be changed by others (mode 770)'],
])('mode %o is not trusted', (mode, problem) => {
  const folder = emptyFolder()
  chmodSync(folder, mode)
  expect(() => {
    requireOwnFolder(folder)
  }).toThrow(expect.objectContaining(untrusted(folder, problem)))
})

test('a folder of another user, a link and a file are not trusted', () => {
  const folder = emptyFolder()
  expect(() => {
    requireOwnFolder(folder, own + 1)
  }).toThrow(expect.objectContaining(untrusted(folder, `belongs to another user (uid ${own})`)))
  const link = join(folder, 'link')
  symlinkSync(folder, link)
  const file = join(folder, 'file')
  writeFileSync(file, '')
  for (const path of [link, file])
    expect(() => {
      requireOwnFolder(path)
    }).toThrow(expect.objectContaining(untrusted(path, 'is a link or a file, not a folder')))
})

test('the copy of a codebase and the manifests are read from trusted folders only', () => {
  const root = emptyFolder()
  const codebase = { root: '/drupal', docroot: 'web' } as Parameters<typeof openCache>[1]
  const { folder } = openCache(root, codebase)
  chmodSync(folder, 0o777)
  expect(() => openCache(root, codebase)).toThrow(
    expect.objectContaining(untrusted(folder, 'can be changed by others (mode 777)')),
  )
  const manifests = join(root, 'provisioned')
  expect(manifestsIn(manifests)).toEqual([])
  mkdirSync(manifests)
  expect(manifestsIn(manifests)).toEqual([])
  chmodSync(manifests, 0o777)
  expect(() => manifestsIn(manifests)).toThrow(
    expect.objectContaining(untrusted(manifests, 'can be changed by others (mode 777)')),
  )
})
