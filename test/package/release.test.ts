import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { releaseNotes } from '../../.ci/release-notes.js'
import { packageRoot, repositoryUrl, webAddress } from '../../helpers/model/package.ts'

const changelog =
  '# Changelog\n\n## Unreleased\n\n- new\n\n## 1.2.3 (2026-12-01)\n\n- first\n\n### Verdict changes\n\n- a.b\n\n## 1.2.2\n'
const manifest = { version: '1.2.3', repository: 'x' }

test('a release has the notes of its version', () => {
  expect(releaseNotes('v1.2.3', changelog, manifest)).toEqual({ notes: '- first\n\n### Verdict changes\n\n- a.b' })
})

test.each([
  ['v1.2.4', manifest, 'the tag is v1.2.4, and package.json has version 1.2.3'],
  ['v1.2.3', { version: '1.2.3' }, 'package.json names no "repository"'],
  ['v1.2.2', { ...manifest, version: '1.2.2' }, 'CHANGELOG.md has no section "## 1.2.2" with content'],
])('%s cannot be released', (tag, of, problem) => {
  expect(releaseNotes(tag, changelog, of)).toEqual({ problem: expect.stringContaining(problem) as string })
})

test('the address of the repository is named in package.json alone, and left out while it is unknown', () => {
  expect(webAddress('git+https://git.example/o/n.git')).toBe('https://git.example/o/n')
  expect(webAddress({ url: 'https://git.example/o/n' })).toBe('https://git.example/o/n')
  expect(webAddress(undefined)).toBeUndefined()
  expect(webAddress('github:o/n')).toBeUndefined()
  const { repository } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { repository?: string }
  expect(repositoryUrl).toBe(webAddress(repository))
})
