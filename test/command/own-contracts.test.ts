import { readFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'
import { counts, expectRefusal, newPlace, type Place } from '../support/command.ts'

const template = readFileSync(join(packageRoot, 'examples', 'own-contract.spec.ts'), 'utf8')
const reference = ['--target', 'reference', '--contracts', 'my contracts']

/** A place with these files in its folder of contracts. */
function placeWith(files: Readonly<Record<string, string>>): Place {
  const place = newPlace({ verbose: true })
  mkdirSync(place.at('my contracts'))
  for (const [name, text] of Object.entries(files)) writeFileSync(place.at('my contracts', name), text)
  return place
}

test('a contract of the user runs with ours, is selected, and is in report, evidence and a baseline of theirs', async () => {
  const wanting = template
    .replace('x-example.claims', 'x-example.roles')
    .replace('the claims that the shop', 'every claim that the shop')
    .replace("required: ['sub', 'exp']", "required: ['shop_roles']")
  const place = placeWith({ 'a.spec.ts': template, 'b.spec.ts': wanting })
  const ended = await place.run([...reference, '--only', 'access-token.subject,x-*'])
  expect(counts(ended)).toEqual({ passed: 2, failed: 1, skipped: 0 })
  expect(ended.stdout).toMatch(/^FAIL x-example\.roles {3}high {3}x-shop-api §2\.1 MUST$/mu)
  expect(ended.stdout).toMatch(
    /expected +the claims of the shop\n +actual +\/ must have required property 'shop_roles'$/mu,
  )
  expect(ended.stdout).toContain(" --target reference --contracts 'my contracts' --only x-e")
  expect(ended.code).toBe(1)
  expect(place.verdicts()).toEqual({
    'access-token.subject': 'pass',
    'x-example.claims': 'pass',
    'x-example.roles': 'fail',
  })
  expect(readFileSync(place.at('results', 'latest', 'evidence', 'x-example.roles.md'), 'utf8')).toContain(
    'x-shop-api §2.1 MUST',
  )

  writeFileSync(
    place.at('my.yaml'),
    `- contract: x-example.roles
  path: access_token.claims
  actual: { problems: ["/ must have required property 'shop_roles'"] }
  kind: difference
  versions: { simple_oauth: { seen: [], assumed: '*' } }
  reason: The module comes with the next release.
  source: our own issue 12
`,
  )
  const excused = await place.run([...reference, '--group', 'own', '--source', 'x-shop-api/2', '--baseline', 'my.yaml'])
  expect(counts(excused)).toEqual({ passed: 1, failed: 0, skipped: 1 })
  const explained = await place.run(['explain', 'x-example.r', '--contracts', 'my contracts', '--baseline', 'my.yaml'])
  expect(explained.stdout).toMatch(/The module\s+comes with the next\s+release\.\s+\(our own\s+issue 12\)/u)
  expect(place.temporary()).toEqual([])
})

test('an id like ours is refused with file and line', async () => {
  const place = newPlace({ verbose: true })
  mkdirSync(place.at('mine'))
  writeFileSync(place.at('mine', 'a.spec.ts'), template.replace('x-example.claims', 'example.claims'))
  const ended = await place.run(['--target', 'reference', '--contracts', 'mine'])
  expectRefusal(
    place,
    ended,
    'mine/a.spec.ts:8:1: the id example.claims of a contract of your own has to begin with x-: x-example.claims',
  )
})
