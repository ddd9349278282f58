import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { validateAction } from '@action-validator/core'
import { parse } from 'yaml'
import { expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'

const content = readFileSync(join(packageRoot, 'action.yml'), 'utf8')
interface Step {
  readonly id?: string
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}
const action = parse(content) as {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly description: string }>>
  readonly runs: { readonly steps: readonly Step[] }
}
const { steps } = action.runs

/** A job on a runner: its folders, its files and a fake `gh` that logs its arguments. */
function newJob(event: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'contract-action-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const at = (...path: string[]) => join(folder, ...path)
  for (const name of ['bin', 'temp', 'workspace']) mkdirSync(at(name))
  for (const name of ['output', 'summary', 'gh.log']) writeFileSync(at(name), '')
  writeFileSync(at('event.json'), JSON.stringify(event))
  // Answers with the content of the file gh.answer; fails without it.
  writeFileSync(at('bin/gh'), `#!/bin/sh\necho "$@" >>'${at('gh.log')}'\n. '${at('gh.answer')}'\n`)
  chmodSync(at('bin/gh'), 0o755)
  const inputs = new Map(Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']))
  const outputs = () =>
    Object.fromEntries(
      readFileSync(at('output'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(/=(.*)/su, 2) as [string, string]),
    )
  /** As the runner fills in an expression of `env`. */
  const evaluate = (text: string): string =>
    text.replace(/\$\{\{ (.*?) \}\}/gu, (_, expression: string) => {
      const [, input] = /^inputs\.([\w-]+)$/u.exec(expression) ?? []
      if (input !== undefined) return inputs.get(input) ?? expect.fail(`there is no input ${input}`)
      const [, output] = /^steps\.run\.outputs\.([\w-]+)$/u.exec(expression) ?? []
      return outputs()[output ?? ''] ?? ''
    })
  /** Runs one shell step. */
  const run = (name: string) => {
    const step = steps.find((one) => one.name === name) ?? expect.fail(`there is no step ${name}`)
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run ?? ''],
      {
        cwd: at('workspace'),
        encoding: 'utf8',
        env: {
          PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`,
          HOME: folder,
          CI: 'true',
          GITHUB_ACTIONS: 'true',
          GITHUB_ACTION_PATH: packageRoot,
          GITHUB_BASE_REF: 'main',
          GITHUB_EVENT_PATH: at('event.json'),
          GITHUB_OUTPUT: at('output'),
          GITHUB_REPOSITORY: 'shop/site',
          GITHUB_STEP_SUMMARY: at('summary'),
          GITHUB_WORKFLOW_REF: 'shop/site/.github/workflows/oauth.yml@refs/pull/7/merge',
          GITHUB_WORKSPACE: at('workspace'),
          RUNNER_TEMP: at('temp'),
          ...Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, evaluate(value)])),
        },
      },
    )
    return { code: status, stdout, stderr }
  }
  const read = (...path: string[]) => readFileSync(at(...path), 'utf8')
  const answer = (script: string) => writeFileSync(at('gh.answer'), script)
  answer('exit 1')
  return { at, inputs, outputs, run, read, answer }
}

/** Tests the reference server with one check that passes, or fails if a fault is given. */
function onReference(job: ReturnType<typeof newJob>, fault = '') {
  job.inputs.set('codebase', '')
  job.inputs.set('target', 'reference')
  job.inputs.set('args', `--only pkce.verifier-mismatch --reference-profile ideal ${fault}`)
}

test('meets the published schema', () => {
  expect(validateAction(content).errors).toEqual([])
  expect(validateAction(content.replace('using: composite', 'uses: composite')).errors).not.toEqual([])
})

test('pins every action by a commit, and lets no input into a shell but by its environment', () => {
  const uses = content.split('\n').filter((line) => line.includes('uses:'))
  expect(uses.filter((line) => !/uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u.test(line))).toEqual([])
  expect(steps.filter(({ run = '' }) => run.includes('${{'))).toEqual([])
  for (const input of Object.keys(action.inputs)) expect(content).toContain(`inputs.${input}`)
})

const event = { pull_request: { number: 7 } }

test('a first run writes a baseline; then a pull request is compared with it, judged, and commented on once', () => {
  const first = newJob(event)
  onReference(first)
  expect(first.run('Report of the base branch').stdout).toContain(
    '::notice title=No comparison::No run of this workflow on main',
  )
  const { code, stdout } = first.run('Contract')
  expect({ code, errors: stdout.match(/^::error.*/gmu) }).toEqual({ code: 0, errors: null })
  expect(stdout).toContain('::warning title=Nothing is judged yet::oauth-baseline.yaml does not exist. Take the one')
  expect(existsSync(first.at('temp/oauth-contract/oauth-baseline.yaml'))).toBe(true)
  expect(first.read('summary')).not.toBe('')
  expect(first.outputs()).toMatchObject({ first: 'true', report: first.at('temp/oauth-contract/report') })
  expect(existsSync(first.outputs()['sarif'] ?? '')).toBe(true)
  first.answer('')
  expect(first.run('Comment').code).toBe(0)
  expect(first.read('temp/oauth-contract-comment.md')).toMatch(/^<!-- simple-oauth-contract oauth-contract -->\n#/u)

  const job = newJob(event)
  onReference(job, '--reference-fault pkce-any-verifier')
  writeFileSync(job.at('workspace/oauth-baseline.yaml'), '[]\n')
  job.answer(`case "$2" in
    list) printf '12\\n11\\n' ;;
    download) [ "$3" = 11 ] && mkdir -p "$9" && cp -r '${first.at('temp/oauth-contract')}/.' "$9" ;;
  esac`)
  expect(job.run('Report of the base branch').stdout).toContain('Compared with run 11 of main.')
  expect(job.read('gh.log')).toContain('run list --repo shop/site --workflow oauth.yml --branch main')
  const ran = job.run('Contract')
  expect(job.outputs(), ran.stdout + ran.stderr).toMatchObject({ 'exit-code': '1', first: 'false', comparison: '1' })
  expect(job.read('summary')).toContain('**loosened**')

  const body = job.at('temp/oauth-contract-comment.md')
  job.answer('')
  expect(job.run('Comment').code).toBe(0)
  expect(job.read('gh.log')).toContain(
    `api --method POST repos/shop/site/issues/7/comments --field body=@${body} --silent`,
  )
  const text = readFileSync(body, 'utf8')
  expect(text).toMatch(/^<!-- simple-oauth-contract oauth-contract -->\n### ❌ /u)
  expect(text).toContain('**loosened**')
  job.answer(`case "$2" in --paginate) printf '41\\n42\\n' ;; esac`)
  job.run('Comment')
  expect(job.read('gh.log')).toContain(`api --method PATCH repos/shop/site/issues/comments/41 --field body=@${body}`)
  job.answer('exit 1')
  expect(job.run('Comment')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('::notice title=No comment') as string,
  })
})

test.each<[outputs: string, failOn: string, code: number]>([
  ['exit-code=0 first=false', 'failure', 0],
  ['exit-code=1 first=false', 'failure', 1],
  ['exit-code=1 first=true', 'failure', 0],
  ['exit-code=2 first=true', 'failure', 2],
  ['exit-code=0 first=false comparison=1', 'failure', 0],
  ['exit-code=0 first=false comparison=1', 'change', 1],
  ['exit-code=0 first=false comparison=0', 'change', 0],
  ['exit-code=1 first=true', 'change', 0],
  ['exit-code=1 first=false comparison=1', 'never', 0],
  ['exit-code=2 first=false', 'never', 2],
  ['exit-code=0 first=false', 'always', 2],
])('after a run with %s, fail-on: %s ends with %i', (outputs, failOn, code) => {
  const job = newJob()
  writeFileSync(job.at('output'), `${outputs.replaceAll(' ', '\n')}\n`)
  job.inputs.set('fail-on', failOn)
  expect(job.run('Verdict').code).toBe(code)
})

test('what a maintainer writes into the inputs is never run by a shell', () => {
  const job = newJob()
  onReference(job)
  job.inputs.set('args', `--only '$(touch hit)' --only "\`touch hit\`" ; touch hit`)
  job.inputs.set('baseline', '$(touch hit).yaml')
  job.run('Contract')
  expect(job.outputs()['exit-code']).toBe('2')
  expect(existsSync(job.at('workspace/hit'))).toBe(false)
})
