import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expectRefusal, newPlace } from '../support/command.ts'
import { mapping, runningSite, secretsOf, writeSite } from '../support/mapped-site.ts'
import { exchangesOn, repeatAll } from '../support/repeat-exchanges.ts'

/** By the former name of the variant. */
const quick = ['replay', 'client-credentials.subset [named once]', '--target', 'reference']

test('shows each step with its requests and responses, then the verdict, and writes nothing', async () => {
  const place = newPlace()
  const { code, stdout } = await place.run(quick)
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^client-credentials\.subset \[requested once\] {3}high\nA .+\nOne of 2 variants; for another: replay 'client-credentials\.subset \[VARIANT\]'\nreference server, /u,
  )
  const step = stdout.indexOf('\nStep 1 of 1: a token is requested with client credentials')
  const sent = stdout.indexOf('\n> POST http://127.0.0.1:')
  const answer = stdout.indexOf('\n< 200 after ')
  const verdict = stdout.indexOf('\nPASS client-credentials.subset [')
  expect([0, step, sent, answer, verdict].toSorted((one, other) => one - other)).toEqual([
    0,
    step,
    sent,
    answer,
    verdict,
  ])
  expect(stdout).toContain('client_secret=‹client_secret:')
  expect(stdout).toContain('"access_token":"‹access_token:1›"')
  expect(stdout).not.toContain('eyJ')
  expect(stdout.endsWith('\n1 passed, 0 failed, 0 skipped\n')).toBe(true)
  expect(existsSync(place.at('results'))).toBe(false)
})

test('of one that fails, the control and the finding', async () => {
  const fault = ['--reference-profile', 'ideal', '--reference-fault', 'secret-unchecked']
  const { code, stdout } = await newPlace().run([
    'replay',
    'client-credentials.wrong-secret',
    '--target',
    'reference',
    ...fault,
  ])
  expect(code).toBe(1)
  expect(stdout).toContain('\nControl, step 1 of 1: ')
  expect(stdout).toMatch(/\nFAIL client-credentials\.wrong-secret \[.+\] {3}critical /u)
  expect(stdout).not.toContain('evidence ')
  expect(stdout.endsWith('\n0 passed, 1 failed, 0 skipped\n')).toBe(true)
})

test('stops after a step, by its number or its name, and judges nothing', async () => {
  const named = await newPlace().run(['replay', 'code.replay', '--target', 'reference', '--until', 'first'])
  expect(named.stdout).toContain('\nStopped after step 1 of 2. Nothing was judged.\n')
  expect(named.stdout).not.toContain('Control')
  expect(named.stdout.match(/^> POST .*\/oauth\/token$/gmu)).toHaveLength(1)
  expect(named.code).toBe(0)
})

test.each([
  [['replay'], '"replay" requires the ID of a contract.'],
  [['replay', 'cod.replay', '--target', 'reference'], 'There is no contract "cod.replay". Did you mean code.replay'],
  [
    ['replay', 'code.replay', '--target', 'reference', '--until', '3'],
    'code.replay has no step "3". Valid values: 1 (first), 2.',
  ],
  [
    ['replay', 'upgrade.iss', '--target', 'reference'],
    'Contracts about an upgrade are run by "simple-oauth-contract upgrade" alone',
  ],
  [['replay', 'code.replay', '--target', 'reference', '--only', 'x'], '"replay" does not accept --only'],
])('is refused: %j', async (args, message) => {
  const place = newPlace()
  expectRefusal(place, await place.run(args), message)
})

test.skipIf(spawnSync('curl', ['--version']).error)('the lines of a report repeat its requests', async () => {
  const place = newPlace()
  const site = await runningSite()
  writeSite(place, { baseUrl: site.baseUrl, ...mapping(site, ['machine']) })
  await place.run(
    ['--site', 'site.yaml', '--only', 'bearer.scheme-case,client-credentials.subset', '--report', 'out'],
    {
      env: secretsOf(site),
    },
  )
  const page = (id: string) => exchangesOn(place.at('out', 'evidence', `${id}.md`))
  const secret = { client_secret: encodeURIComponent(site.clients.machine?.client_secret ?? '') }
  const some = page('bearer.scheme-case')
  expect(some.map(({ lines }) => /^# export (\w+)_\d+=… {3}(.*)$/mu.exec(lines)?.slice(1))).toEqual([
    ['client_secret', 'the secret of the client, percent-encoded in a body'],
    ['access_token', 'an access token, until it expires, from response 1'],
    ['access_token', 'an access token, until it expires, from response 1'],
  ])
  for (const exchanges of [some, page('client-credentials.subset')])
    expect(await repeatAll(exchanges, secret)).toEqual(exchanges.map(({ status }) => status))
  await expect(repeatAll(some, {})).rejects.toThrow(/client_secret_\d+: parameter/u)
})
