import { expect, test } from 'vitest'
import { newPlace } from '../support/command.ts'

test('the reference server serves by itself, with its accounts and a fault, until a signal', async () => {
  const place = newPlace()
  const { ended, seen, kill } = place.start(['reference', '--profile', 'ideal', '--fault', 'framing-allowed'])
  await seen(/Press Ctrl-C to stop it/u)
  kill('SIGINT')
  const { code, stdout } = await ended
  expect(code).toBe(0)
  expect(stdout).toMatch(/^reference server, profile ideal, fault framing-allowed \(not a Drupal site\)$/mu)
  expect(stdout).toMatch(/^ {2}login +http:\/\/127\.0\.0\.1:\d+\/user\/login$/mu)
  expect(stdout).toMatch(/^ {4}contract_editor +\S{22}$/mu)
  expect(stdout).toMatch(/^ {4}contract_public_pkce +– +https:\/\/client\.example\.test\/callback$/mu)
  expect(place.temporary()).toEqual([])
})

test.each([
  [['--fault', 'nope'], 'There is no fault "nope". "simple-oauth-contract reference --list-faults" lists all faults.'],
  [['--port', '99999'], '--port must be a number from 0 to 65535, got "99999".'],
  [
    ['--profile', 'real'],
    '--profile does not accept "real". Did you mean ideal? Valid values: simple-oauth-6.0, simple-oauth-21, ideal.',
  ],
  [['--language', 'fr'], '--language does not accept "fr". Valid values: en, de.'],
  [
    ['--codebase', 'x'],
    '"reference" does not accept --codebase; "run", "replay", "upgrade", "doctor" and "record" do.',
  ],
])('%s is refused', async (flags, message) => {
  const { code, stderr, stdout } = await newPlace().run(['reference', ...flags])
  expect(stderr).toContain(message)
  expect(stdout).toBe('0 passed, 0 failed, 0 skipped\n')
  expect(code).toBe(2)
})
