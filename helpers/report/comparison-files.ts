import { join } from 'node:path'
import type { Comparison } from '../compare/compare.ts'
import { comparisonHtml } from './comparison-html.ts'
import { comparisonJson } from './comparison-json.ts'
import { comparisonMarkdown } from './comparison-markdown.ts'
import { privateFile, privateFolder, ReportError } from './private-files.ts'

/**
 * Writes comparison.json, comparison.md and comparison.html for their owner alone.
 * @throws ReportError
 */
export function writeComparison(folder: string, comparison: Comparison): void {
  try {
    privateFolder(folder)
    privateFile(join(folder, 'comparison.md'), comparisonMarkdown(comparison))
    privateFile(join(folder, 'comparison.html'), comparisonHtml(comparison))
    // Last: whoever sees it finds the others.
    privateFile(join(folder, 'comparison.json'), comparisonJson(comparison))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ReportError(
      `The comparison could not be written to ${folder}: ${why}. Choose another folder with --out.`,
      { cause },
    )
  }
}
