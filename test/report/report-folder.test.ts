import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { privateFolder } from '../../helpers/report/private-files.ts'
import { requireReportFolder } from '../../helpers/report/report-folder.ts'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test.each<[string, (folder: string) => string | null]>([
  ['that does not exist, and is not created', () => null],
  [
    'with a report of ours',
    (folder) => (writeFileSync(join(folder, 'report.json'), '{"suite":{"name":"simple-oauth-contract"}}'), ''),
  ],
  ['with other files', (folder) => (writeFileSync(join(folder, 'package.json'), '{}'), '')],
])('a folder %s', (_, prepare) => {
  const folder = newFolder()
  const path = prepare(folder) === null ? join(folder, 'a', 'b') : folder
  const before = readdirSync(folder)
  expect(() => requireReportFolder(path)).not.toThrow()
  expect(readdirSync(folder)).toEqual(before)
})

// Files by path; the report folder is `results`.
test.each<[string, Record<string, string>, RegExp]>([
  [
    'that is a file',
    { results: '' },
    /^The report cannot be written to \S+results: \S+results is a file\. Choose another folder with --report\.$/u,
  ],
  ['with a file for its evidence', { 'results/evidence': '' }, /results\/evidence is a file/u],
  [
    "with somebody else's report",
    { 'results/report.json': '{"suite":"mine"}' },
    /report\.json is not a report of simple-oauth-contract and would be overwritten\. Choose another folder/u,
  ],
  ['with null for a report', { 'results/report.json': 'null' }, /would be overwritten/u],
  ['with a report that is not JSON', { 'results/report.json': 'x' }, /would be overwritten/u],
  ['with a folder for its report', { 'results/report.json/x': '' }, /would be overwritten/u],
])('a folder %s is refused', (_, files, message) => {
  const folder = newFolder()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const act = (): void => {
    requireReportFolder(join(folder, 'results'))
  }
  expect(act).toThrow(message)
  expect(act).toThrow(expect.objectContaining({ code: 'report-unwritable' }))
})

test.skipIf(process.getuid?.() === 0)('a folder that may not be written to is refused', () => {
  const folder = newFolder()
  chmodSync(folder, 0o500)
  expect(() => requireReportFolder(join(folder, 'results'))).toThrow(/EACCES/u)
})

test('a folder below one in which none can be created fails at once', () => {
  // Node's own recursive mkdir never ends there.
  const folder = process.platform === 'linux' ? '/proc/no-such/results' : join(tmpdir(), 'no\0such')
  expect(() => {
    privateFolder(folder)
  }).toThrow()
})
