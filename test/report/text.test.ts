import { expect, test } from 'vitest'
import { evidenceName } from '../../helpers/report/evidence-name.ts'
import { painter, versionsText } from '../../helpers/report/text.ts'
import { demonstration, header } from '../support/report-factory.ts'

test('versions as far as they are known', () => {
  expect(versionsText(header.target, ['drupal', 'league'])).toBe('Drupal 10.5.5, league/oauth2-server 9.2.0')
  expect(versionsText(demonstration.target)).toBe('imitates simple_oauth 6.0.9, league/oauth2-server 9.2.0')
  expect(versionsText(null)).toBe('versions unknown')
  expect(header.target && versionsText({ ...header.target, versions: {}, demonstration: true })).toBe('no Drupal')
})

test('colours only where asked for, whatever the environment says', () => {
  expect(painter(true)('red', 'a')).toBe('\x1b[31ma\x1b[39m')
  expect(painter(false)('red', 'a')).toBe('a')
})

test.each([
  '../../etc/passwd',
  'a/b',
  'A.b',
  'con.x',
  'nul',
  '.hidden',
  '',
  'a\0b',
  'x'.repeat(300),
  'é.a',
  'a..b',
  '-rf',
])('the evidence of %j has a harmless file name', (id) => {
  expect(evidenceName(id)).toMatch(/^contract-[a-z0-9-]*-[0-9a-f]{12}\.md$/)
  expect(evidenceName(id).length).toBeLessThan(100)
})

test('ids that differ have files that differ, and plain ids keep their name', () => {
  expect(evidenceName('pkce.verifier-mismatch')).toBe('pkce.verifier-mismatch.md')
  expect(new Set(['a/b', 'a\\b', 'A/b', 'a b'].map(evidenceName)).size).toBe(4)
})
