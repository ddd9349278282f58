import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot, suite } from '../../helpers/model/package.ts'
import { newPlace, type Ended, type Place } from '../support/command.ts'

type Variables = Readonly<Record<string, string>>

/** A user's own project, with this package and vitest installed. */
function userProject(): Place {
  const place = newPlace()
  writeFileSync(place.at('package.json'), '{ "type": "module" }')
  mkdirSync(place.at('node_modules'))
  symlinkSync(join(packageRoot, 'node_modules', 'vitest'), place.at('node_modules', 'vitest'))
  symlinkSync(packageRoot, place.at('node_modules', suite.name))
  writeFileSync(
    place.at('vitest.config.ts'),
    `import { defineConfig } from 'vitest/config'
     import { contractProject } from '${suite.name}/vitest'
     export default defineConfig({ test: { projects: [contractProject()] } })`,
  )
  return place
}

/** `npx vitest run --project contract` in a folder. */
function vitest(place: Place, folder: string, variables: Variables, ...args: string[]): Promise<Ended> {
  const bin = join(packageRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const child = spawn(process.execPath, [bin, 'run', '--project', 'contract', ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: place.folder,
      TMPDIR: place.at('tmp'),
      DOCKER_HOST: `unix://${place.at('no-engine')}`,
      NO_COLOR: '1',
      ...variables,
    },
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (part: string) => (output[name] += part))
  return new Promise((resolve) =>
    child.on('close', (code) => {
      resolve({ code, ...output })
    }),
  )
}

/** A report without what differs from run to run: times, ports, what was issued. */
function comparable(file: string): unknown {
  const {
    checks,
    summary,
    settings,
    planned,
    interrupted,
    failure,
    suite: by,
    target,
  } = JSON.parse(readFileSync(file, 'utf8').replaceAll(/[0-9a-f]{40,}/gu, 'issued')) as Record<string, unknown> & {
    checks: Record<string, unknown>[]
    target: { label: string; versions: unknown }
  }
  const kept = checks.map(({ milliseconds: _, exchanges, ...check }) => ({
    ...check,
    statuses: (exchanges as { response: { status: number } }[]).map(({ response }) => response.status),
  }))
  const name = (check: Record<string, unknown>): string => `${String(check['contract'])} ${String(check['variant'])}`
  return {
    ...{ summary, settings, planned, interrupted, failure, by, label: target.label, versions: target.versions },
    checks: kept.sort((one, other) => name(one).localeCompare(name(other))),
  }
}

const variables = {
  CONTRACT_TARGET: 'reference',
  CONTRACT_REFERENCE_PROFILE: 'simple-oauth-6.0',
  CONTRACT_REFERENCE_FAULT: 'pkce-any-verifier',
  CONTRACT_GROUP: 'pkce,claims',
} as const

test('vitest and the command come to the same report and exit code', async () => {
  const [command, here] = [newPlace(), newPlace()]
  const report = (place: Place): string => place.at('results', 'latest', 'report.json')
  const byCommand = await command.run([], { env: variables })
  const reporters = ['--reporter=junit', '--reporter=json', '--reporter=github-actions', '--reporter=default']
  const files = [`--outputFile.junit=${here.at('junit.xml')}`, `--outputFile.json=${here.at('tests.json')}`]
  const environment = { ...variables, CONTRACT_REPORT: here.at('results', 'latest') }
  const byVitest = await vitest(here, packageRoot, environment, ...reporters, ...files)
  expect(comparable(report(here)), byVitest.stderr).toEqual(comparable(report(command)))
  const verdicts = new Set(Object.values(here.verdicts()))
  for (const verdict of ['pass', 'known', 'fail']) expect(verdicts).toContain(verdict)
  expect(byVitest.stderr.trim().split('\n').at(-1)).toBe(byCommand.stdout.trim().split('\n').at(-1))
  expect(byVitest.code).toBe(byCommand.code)
  expect(byVitest.code).toBe(1)

  const [known = ''] = Object.entries(here.verdicts()).find(([, verdict]) => verdict === 'known') ?? []
  const junit = readFileSync(here.at('junit.xml'), 'utf8')
  const testcase = (name: string): string =>
    junit.split('<testcase ').find((one) => one.includes(` name="${name}"`)) ?? ''
  expect(testcase('pkce.verifier-mismatch')).toContain('type="fail"')
  expect(testcase('pkce.verifier-mismatch')).toContain('A code is')
  expect(testcase(known)).toMatch(/<skipped\/>\s+<properties>\s+<property name="known" value="KNOWN /u)
  interface Tests {
    readonly testResults: { assertionResults: { title: string; status: string; meta: object }[] }[]
  }
  const { testResults } = JSON.parse(readFileSync(here.at('tests.json'), 'utf8')) as Tests
  const all = testResults.flatMap(({ assertionResults }) => assertionResults)
  expect(all.find(({ title }) => title === known)).toMatchObject({
    status: 'skipped',
    meta: { contract: { verdict: 'known', reason: expect.stringContaining(`KNOWN ${known}`) as unknown } },
  })
  expect(all.find(({ title }) => title === 'pkce.verifier-mismatch')).toMatchObject({
    status: 'failed',
    meta: { contract: { verdict: 'fail' } },
  })
  // Located in the source, so that GitHub shows it next to the line.
  expect(byVitest.stdout).toMatch(/^::error file=.*specs\/token\/pkce\.spec\.ts,.*pkce\.verifier-mismatch.*,line=\d+/mu)
}, 240_000)

test('a run that cannot begin ends with 2 and the reason', async () => {
  const place = newPlace()
  const environment = {
    CONTRACT_TARGET: 'site',
    CONTRACT_BASE_URL: 'http://127.0.0.1:9',
    CONTRACT_REPORT: place.at('r'),
  }
  const ended = await vitest(place, packageRoot, environment)
  expect(ended.code).toBe(2)
  expect(ended.stderr).toContain('RUN FAILED ')
  expect(ended.stderr.endsWith('0 passed, 0 failed, 0 skipped\n')).toBe(true)
  expect(existsSync(place.at('r'))).toBe(false)
}, 240_000)

test('a selection of nothing ends with 2, as in the command', async () => {
  const place = newPlace()
  const environment = { ...variables, CONTRACT_ONLY: 'pkce.verifier-mismatches', CONTRACT_REPORT: place.at('r') }
  const ended = await vitest(place, packageRoot, environment)
  expect(ended.stderr).toContain('Did you mean pkce.verifier-mismatch?')
  expect(ended.code).toBe(2)
  const filtered = await vitest(place, packageRoot, { ...variables, CONTRACT_REPORT: place.at('r') }, '-t', 'nothing')
  expect(filtered.stderr).toContain('nothing was selected')
  expect(filtered.code).toBe(2)
}, 240_000)

test("a user's own vitest runs our contracts and theirs, with the settings of their .env", async () => {
  const place = userProject()
  mkdirSync(place.at('contracts'))
  const template = readFileSync(join(packageRoot, 'examples', 'own-contract.spec.ts'), 'utf8')
  writeFileSync(place.at('contracts', 'shop.spec.ts'), template)
  writeFileSync(
    place.at('.env'),
    'CONTRACT_TARGET=reference\nCONTRACT_CONTRACTS=contracts\nCONTRACT_ONLY=x-example.claims,access-token.subject\n',
  )
  // vitest's run is compared with the earlier output of the command.
  const byCommand = await place.run([])
  expect(byCommand.code, byCommand.stdout).toBe(0)
  const ended = await vitest(place, place.folder, { CONTRACT_COMPARE_WITH: 'results/latest' })
  expect(place.verdicts(), ended.stdout + ended.stderr).toEqual({
    'access-token.subject': 'pass',
    'x-example.claims': 'pass',
  })
  expect(ended.stderr.endsWith('\n2 passed, 0 failed, 0 skipped\n')).toBe(true)
  const { checks } = place.report() as { checks: { contract: string; location: string }[] }
  expect(checks.map(({ location }) => location).sort()).toEqual([
    'contracts/shop.spec.ts:8:1',
    expect.stringMatching(/^specs\/access-token\/claims\.spec\.ts:\d+:\d+$/u),
  ])
  expect(ended.stderr).toMatch(/^compared {4}2 checks\nresult {6}No change that OAuth clients can see\.$/mu)
  expect(existsSync(place.at('results', 'latest', 'comparison.json'))).toBe(true)
  expect(ended.code).toBe(0)
}, 240_000)
