import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { requireReporterFiles } from '../../../helpers/report/formats/write.ts'

describe('requireReporterFiles', () => {
  it('lets a run replace the files of an earlier one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reporter-files-'))
    writeFileSync(join(folder, 'report.json'), '{}')
    requireReporterFiles([{ name: 'json', file: null }], folder)
  })

  it('refuses a file below a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reporter-files-'))
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    expect(() => requireReporterFiles([{ name: 'json', file: join(file, 'report.json') }], folder)).toThrow(
      /a-file is a file/u,
    )
  })
})
