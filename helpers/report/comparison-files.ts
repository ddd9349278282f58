import { join } from 'node:path'
import type { Comparison } from '../compare/compare.ts'
import { comparisonHtml } from './comparison-html.ts'
import { comparisonJson } from './comparison-json.ts'
import { comparisonMarkdown } from './comparison-markdown.ts'
import type { Matrix } from '../compare/matrix.ts'
import { matrixHtml, matrixMarkdown } from './matrix-pages.ts'
import { privateFile, privateFolder, ReportError } from './private-files.ts'

/**
 * Writes matrix.md and matrix.html for their owner alone.
 * @throws ReportError
 */
export function writeMatrix(folder: string, matrix: Matrix): void {
  written(folder, () => {
    privateFile(join(folder, 'matrix.md'), matrixMarkdown(matrix))
    privateFile(join(folder, 'matrix.html'), matrixHtml(matrix))
  })
}

/**
 * Writes comparison.json, comparison.md and comparison.html for their owner alone.
 * @throws ReportError
 */
export function writeComparison(folder: string, comparison: Comparison): void {
  written(folder, () => {
    privateFile(join(folder, 'comparison.md'), comparisonMarkdown(comparison))
    privateFile(join(folder, 'comparison.html'), comparisonHtml(comparison))
    // Last, so that whoever sees it finds the others.
    privateFile(join(folder, 'comparison.json'), comparisonJson(comparison))
  })
}

function written(folder: string, write: () => void): void {
  try {
    privateFolder(folder)
    write()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ReportError(
      `The comparison could not be written to ${folder}: ${why}. Choose another folder with --out.`,
      { cause },
    )
  }
}
