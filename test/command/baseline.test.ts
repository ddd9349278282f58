import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { counts, expectRefusal, newPlace, type Place } from '../support/command.ts'
import { mapping, runningSite, secretsOf, writeSite } from '../support/mapped-site.ts'

const broken = ['--target', 'reference', '--reference-profile', 'ideal', '--reference-fault', 'pkce-any-verifier']
const only = ['--only', 'pkce.verifier-mismatch,pkce.verifier-missing']
const report = ['--report', 'out']

describe('--generate-baseline', () => {
  test('accepts what fails: that run and the next one end with 0, and what is fixed later is stale', async () => {
    const place = newPlace({ verbose: true })
    const first = await place.run([...broken, ...only, ...report, '--generate-baseline', 'my.yaml'])
    expect(first.stdout).toMatch(/^FAIL pkce\.verifier-mismatch/mu)
    expect(first.stdout).toContain('accepted in my.yaml: say why, who answers for it and until when')
    expect(first.code).toBe(0)
    const text = readFileSync(place.at('my.yaml'), 'utf8')
    expect(text).toMatch(/^- contract: pkce\.verifier-mismatch\n {2}kind: weakness\n/mu)
    expect(text).toMatch(/^ {2}owner: nobody yet\n {2}until: "?\d{4}-\d\d-\d\d"?$/mu)

    const again = await place.run([...broken, ...only, ...report, '--baseline', 'my.yaml'])
    expect(counts(again)).toMatchObject({ failed: 0 })
    expect(again.stdout).toContain('entries of the baseline that nobody has explained yet: 1')
    expect(again.code).toBe(0)

    const [target, name, profile, ideal] = broken
    const fixed = [target, name, profile, ideal].map(String)
    const better = await place.run([...fixed, ...only, ...report, '--baseline', 'my.yaml'])
    expect(better.stdout).toMatch(/^STALE pkce\.verifier-mismatch/mu)
    expect(better.stdout).toContain('1 check stale: a known issue of the baseline no longer occurs')
    expect(better.code).toBe(1)
    const another = await place.run([...fixed, '--only', 'pkce.plain', ...report, '--baseline', 'my.yaml'])
    expect(another.code).toBe(0)
  })

  test('of a run without failures is empty, and can be committed', async () => {
    const place = newPlace()
    const sound = broken.slice(0, 4)
    const { code, stdout } = await place.run([
      ...sound,
      '--only',
      'pkce.verifier-mismatch',
      '--generate-baseline',
      'my.yaml',
    ])
    expect(stdout).toMatch(/^note +nothing to accept: my\.yaml is empty$/mu)
    expect(code).toBe(0)
  })

  test('never overwrites the reasons of an earlier one, and says so before anything starts', async () => {
    const place = newPlace({ verbose: true })
    writeFileSync(place.at('my.yaml'), '')
    const { code, stderr } = await place.run([...broken, ...only, '--generate-baseline', 'my.yaml'])
    expect(stderr).toContain(
      'my.yaml exists, and its reasons would be lost. Name a new file, or give it with --baseline.',
    )
    expect(code).toBe(2)
  })
})

describe('a baseline', () => {
  const entry = (until: string, contract = 'pkce.verifier-mismatch'): string => `- contract: ${contract}
  kind: weakness
  path: token.issued
  actual: { status: 200, issued: [access_token, refresh_token] }
  versions: { simple_oauth: { seen: [], assumed: '*' } }
  reason: We are about to mend it.
  source: our own issue 12
  owner: Jo
  until: '${until}'
`
  const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

  test.each([
    ['that has expired excuses nothing, and says so', -1, 1, 'known issues that have expired and excuse nothing: '],
    ['that expires within 60 days is announced', 59, 0, 'known issues that expire within 60 days: '],
  ])('%s', async (_, days, code, note) => {
    const place = newPlace({ verbose: true })
    writeFileSync(place.at('my.yaml'), entry(inDays(days)))
    const ended = await place.run([...broken, '--only', 'pkce.verifier-mismatch', '--baseline', 'my.yaml'])
    expect(ended.stdout).toContain(`${note}pkce.verifier-mismatch (${inDays(days)})`)
    expect(ended.code).toBe(code)
  })

  test('that holds for longer is not', async () => {
    const place = newPlace({ verbose: true })
    writeFileSync(place.at('my.yaml'), entry(inDays(61)))
    const ended = await place.run([...broken, '--only', 'pkce.verifier-mismatch', '--baseline', 'my.yaml'])
    expect(ended.stdout).not.toContain('expire')
    expect(ended.code).toBe(0)
  })

  test('with an unknown contract is refused, whatever the selection', async () => {
    const place = newPlace({ verbose: true })
    writeFileSync(place.at('my.yaml'), entry(inDays(99), 'pkce.verifier-mismatched'))
    const ended = await place.run([...broken, '--only', 'pkce.plain', '--baseline', 'my.yaml'])
    expectRefusal(
      place,
      ended,
      'RUN FAILED malformed-baseline',
      'my.yaml:1:13: no contract has the id "pkce.verifier-mismatched". Did you mean pkce.verifier-mismatch',
    )
  })
})

describe('the known issues of a release', () => {
  const known = ['--target', 'reference', '--reference-profile', 'simple-oauth-6.0', '--only', 'code.other-client']

  test('can be switched off by a reviewer', async () => {
    expect((await newPlace({ verbose: true }).run(known)).code).toBe(0)
    const { code, stdout } = await newPlace({ verbose: true }).run([...known, '--no-known-issues'])
    expect(stdout).toMatch(/^FAIL code\.other-client/mu)
    expect(code).toBe(1)
  })

  test('that do not occur are good news, and a failure only on request', async () => {
    const place = newPlace({ verbose: true })
    const site = await runningSite({ profile: 'ideal' })
    const versions = { simple_oauth: '6.0.9', league: '9.2.0' }
    writeSite(place, { baseUrl: site.baseUrl, versions, ...mapping(site, ['publicPkce', 'otherPublicPkce']) })
    const args = ['--site', 'site.yaml', '--only', 'code.other-client', ...report]
    const env = secretsOf(site)
    const good = await place.run(args, { env })
    expect(good.stdout).toContain('better      1 check without a known issue of this release: code.other-client')
    expect(good.code).toBe(0)
    const strict = await place.run(args, { env: { ...env, CONTRACT_FAIL_ON_FIXED: 'true' } })
    expect(strict.stdout).toMatch(/^STALE code\.other-client/mu)
    expect(strict.code).toBe(1)
  })
})

describe('a site of a recorded release', () => {
  const versions = {
    simple_oauth: '6.0.9',
    league: '9.2.0',
    consumers: '1.21.0',
    drupal: '10.5.5',
    database: 'SQLite 3',
  }
  const args = ['--site', 'site.yaml', '--only', 'refresh.old-access-token,token.other-methods', ...report]

  async function running(fault?: string): Promise<{ place: Place; env: Record<string, string> }> {
    const place = newPlace({ verbose: true })
    const site = await runningSite(fault === undefined ? {} : { fault })
    writeSite(place, { baseUrl: site.baseUrl, versions, ...mapping(site, ['publicPkce']) })
    return { place, env: secretsOf(site) }
  }

  test('that answers as recorded has no drift', async () => {
    const { place, env } = await running()
    const ended = await place.run(args, { env })
    expect(ended.stdout).not.toContain('drift')
    expect(ended.code, ended.stdout).toBe(0)
  })

  test('that opens what the release refuses fails, although no contract judges it; a generated baseline accepts it', async () => {
    const { place, env } = await running('revoked-token-accepted')
    const ended = await place.run(args, { env })
    expect(ended.stdout).toContain(
      'drift       1 difference from the record simple_oauth-6.0.9-league-9.2.0-drupal-10.5.5 in ',
    )
    expect(ended.stdout).toMatch(/^ {4}1 {2}GRANTED {2}answer at resource: 401 -> 200$/mu)
    expect(ended.stdout).toContain('what it rejects is granted')
    expect(ended.code).toBe(1)

    expect((await place.run([...args, '--generate-baseline', 'my.yaml'], { env })).code).toBe(0)
    expect(readFileSync(place.at('my.yaml'), 'utf8')).toMatch(/^- drift: /mu)
    const accepted = await place.run([...args, '--strict', '--baseline', 'my.yaml'], { env })
    expect(accepted.stdout).toMatch(/^ {4}1 {2}accepted {2}answer at resource/mu)
    expect(accepted.code).toBe(0)
  })
})
