import { describe, expect, test } from 'vitest'
import { chooseTarget } from '../../helpers/target/choose.ts'
import { readSettings } from '../../helpers/target/settings.ts'
import { TargetError } from '../../helpers/target/target.ts'

/** The code of the refusal, or null where a target was chosen. */
function refusal(argv: string[], environment: Record<string, string> = {}): string | null {
  try {
    chooseTarget(readSettings(argv, {}, {}).settings, environment)
    return null
  } catch (error) {
    if (error instanceof TargetError) return error.code
    throw error
  }
}

describe('the choice of a target', () => {
  test('falls to the reference server where nobody counts on the verdict', () => {
    for (const environment of [{}, { CI: '' }, { CI: 'false' }]) expect(refusal([], environment)).toBeNull()
  })

  test('is refused in a pipeline unless something is named', () => {
    const pipeline = { CI: 'true' }
    expect(refusal([], pipeline)).toBe('no-target')
    expect(refusal(['--target', 'auto', '--reference-profile', 'ideal'], pipeline)).toBe('no-target')
    expect(refusal(['--target', 'reference'], pipeline)).toBeNull()
    expect(refusal(['--codebase', 'here'], pipeline)).toBeNull()
  })

  test('is refused for php without a codebase', () => {
    expect(refusal(['--target', 'php'])).toBe('codebase-missing')
    expect(refusal(['--target', 'php', '--codebase', 'here'])).toBeNull()
  })
})
