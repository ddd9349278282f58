import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readAuthority } from '../../helpers/plan/plan.ts'
import { readSettings } from '../../helpers/settings/settings.ts'

const authority = (...argv: string[]): string | null => readAuthority(readSettings(argv, {}, {}).settings)

function written(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'ca.pem')
  writeFileSync(file, text)
  return file
}

test('a certificate authority is read, and nothing where none is named', () => {
  const [pem = ''] = rootCertificates
  expect(authority('--ca', written(pem))).toBe(pem)
  expect(authority()).toBeNull()
})

test.each([
  ['that is missing', () => '/nonexistent/ca.pem', 'ENOENT'],
  ['that is a folder', () => tmpdir(), 'EISDIR'],
  ['without a certificate', () => written('hello'), 'PEM'],
])('a file %s is refused', (_, file, why) => {
  const path = file()
  const refused = (): unknown => authority('--ca', path)
  expect(refused).toThrow(`"${path}" is not a certificate: `)
  expect(refused).toThrow(why)
  expect(refused).toThrow(/Name a PEM file with --ca\.$/)
})
