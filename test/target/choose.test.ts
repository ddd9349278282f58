import { describe, expect, test } from 'vitest'
import { chooseTarget, kindOf } from '../../helpers/target/choose.ts'
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

  test('is a site wherever one is named', () => {
    const kind = (argv: string[]): string => kindOf(readSettings(argv, {}, {}).settings)
    expect(kind(['--base-url', 'https://host.test'])).toBe('site')
    expect(kind(['--site', 'site.yaml'])).toBe('site')
    expect(kind(['--site', 'site.yaml', '--codebase', 'here'])).toBe('site')
    expect(kind(['--site', 'site.yaml', '--target', 'reference'])).toBe('reference')
    expect(kind(['--codebase', 'here'])).toBe('php')
    expect(refusal(['--base-url', 'https://host.test'], { CI: 'true' })).toBeNull()
  })

  test('is refused for php without a codebase', () => {
    expect(refusal(['--target', 'php'])).toBe('codebase-missing')
    expect(refusal(['--target', 'php', '--codebase', 'here'])).toBeNull()
  })
})
