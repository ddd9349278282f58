import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'
import { refuseConflicts } from '../../helpers/settings/conflicts.ts'
import { readSettings } from '../../helpers/settings/settings.ts'

// GitLab's own schema, as its editor uses it; the package has no types.
const published = join(packageRoot, 'node_modules/gitlab-ci-local/src/schema/schema.js')
const { schema } = (await import(published)) as { schema: object }

const [header = '', body = ''] = readFileSync(join(packageRoot, 'templates/oauth-contract.yml'), 'utf8').split(
  '\n---\n',
)
interface Input {
  readonly default: unknown
  readonly description?: string
}
const { inputs } = (parse(header) as { spec: { inputs: Record<string, Input> } }).spec

interface Job {
  readonly variables: Readonly<Record<string, string>>
  readonly script: readonly string[]
}

/** The jobs that GitLab makes of the component (https://docs.gitlab.com/ci/inputs/). */
const jobsWith = (given: Readonly<Record<string, unknown>> = {}) =>
  parse(
    body.replace(/\$\[\[ inputs\.([\w-]+) \]\]/gu, (_, name: string) => {
      const value = given[name] ?? inputs[name]?.default ?? expect.fail(`there is no input ${name}`)
      return typeof value === 'string' ? value : JSON.stringify(value)
    }),
  ) as Record<string, Job>

/** Runs the script of the job; the fake suite and `curl` log their arguments. */
function runJob(variables: Readonly<Record<string, string>>, given: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'contract-gitlab-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'bin'))
  const executable = (name: string, script: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, 'bin', name), 0o755)
  }
  executable(
    'simple-oauth-contract',
    `for word; do printf '%s\\t' "$word"; done >>suite.log; echo >>suite.log
     while [ $# -gt 0 ]; do
       case $1 in --report) mkdir -p "$2"; echo '{}' >"$2/report.json" ;; --out) mkdir -p "$2"; echo '### changes' >"$2/comparison.md" ;; esac
       shift
     done
     exit "$SUITE_ENDS_WITH"`,
  )
  executable(
    'curl',
    `{ echo "$@"; cat; } >>curl.log
     while [ $# -gt 0 ]; do [ "$1" = --output ] && out=$2; shift; done
     [ "$out" = /dev/null ] || echo '{}' >"$out"`,
  )
  if (variables['BASELINE']) writeFileSync(join(folder, 'oauth-baseline.yaml'), '[]\n')
  const [job = expect.fail('there is no job')] = Object.values(jobsWith(given))
  const { status, stdout } = spawnSync('bash', ['-eo', 'pipefail', '-c', job.script.join('\n')], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      CI_API_V4_URL: 'https://gitlab.example/api/v4',
      CI_JOB_NAME: 'oauth-contract',
      CI_JOB_TOKEN: 'job-token-1',
      CI_PROJECT_ID: '5',
      ...job.variables,
      ...variables,
    },
  })
  const log = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '')
  const commands = log('suite.log')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t').slice(0, -1))
  return { code: status, stdout, commands, asked: log('curl.log') }
}

const accepted = (args: readonly string[] = []) => {
  const read = readSettings(args, {}, {})
  refuseConflicts(read)
  return read.settings
}

test("meets GitLab's schema once its inputs are filled in", () => {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
  expect(validate(jobsWith({ needs: ['composer'] })), JSON.stringify(validate.errors)).toBe(true)
  expect(validate(jobsWith({ needs: [{ jobs: 'composer' }] }))).toBe(false)
})

test('describes each of its inputs, and uses it', () => {
  expect(Object.values(inputs).filter(({ description }) => !description)).toEqual([])
  for (const name of Object.keys(inputs)) expect(body).toContain(`$[[ inputs.${name} ]]`)
  // A maintainer's input reaches the shell only as a variable.
  const [job] = Object.values(jobsWith(Object.fromEntries(Object.keys(inputs).map((name) => [name, 'x-input-x']))))
  expect(job?.script.join('\n')).not.toContain('x-input-x')
})

test('a first pipeline writes a baseline and is green, unless there is no verdict', () => {
  const { code, stdout, commands } = runJob(
    { SUITE_ENDS_WITH: '1' },
    { config: 'config/sync', args: '--strict --slow' },
  )
  expect(code).toBe(0)
  expect(stdout).toContain('Nothing is judged yet: oauth-baseline.yaml does not exist.')
  expect(commands).toHaveLength(1)
  expect(accepted(commands[0])).toMatchObject({
    ...{ target: 'php', codebase: '.', config: 'config/sync', strict: true, slow: true, baseline: [] },
    generateBaseline: 'oauth-contract-results/oauth-baseline.yaml',
    reporter: expect.arrayContaining(['junit=oauth-contract-results/junit.xml']) as string[],
  })
  expect(runJob({ SUITE_ENDS_WITH: '2' }).code).toBe(2)
})

test('a merge request is judged, compared with its target branch and commented on', () => {
  const request = { BASELINE: 'yes', CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'release/2', CI_MERGE_REQUEST_IID: '8' }
  const { code, commands, asked } = runJob({
    ...request,
    SUITE_ENDS_WITH: '1',
    OAUTH_CONTRACT_TOKEN: 'project-token-1',
  })
  expect(code).toBe(1)
  expect(accepted(commands[0])).toMatchObject({ baseline: ['oauth-baseline.yaml'], generateBaseline: null })
  const folder = 'oauth-contract-results'
  expect(commands[1]).toEqual([
    ...['compare', `${folder}/before.json`, `${folder}/report/report.json`, '--out', `${folder}/comparison`],
  ])
  const project = 'https://gitlab.example/api/v4/projects/5'
  expect(asked).toContain(
    `--data-urlencode job=oauth-contract ${project}/jobs/artifacts/release%2F2/raw/${folder}/report/report.json\n`,
  )
  expect(asked).toContain(
    `--data-urlencode body@${folder}/comparison/comparison.md ${project}/merge_requests/8/notes\n`,
  )
  // Others on the runner see the arguments of a command.
  expect(asked.match(/^.*-token-1.*$/gmu)).toEqual(Array(2).fill('header = "PRIVATE-TOKEN: project-token-1"'))

  const without = runJob({ ...request, SUITE_ENDS_WITH: '0' })
  expect(without.code).toBe(0)
  expect(without.asked.match(/^.*-token-1.*$/gmu)).toEqual(['header = "JOB-TOKEN: job-token-1"'])
  expect(without.asked).not.toContain('/notes')
})
