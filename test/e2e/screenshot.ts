// Draws docs/images/run.svg, the picture in the README, from the output of a real run: npm run screenshots
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../helpers/model/package.ts'
import { terminalSvg } from '../support/terminal-svg.ts'

const fault = ['--target', 'reference', '--reference-profile', 'ideal', '--reference-fault', 'pkce-any-verifier']
const selection = ['--only', 'pkce.verifier-mismatch,token.*']

/** Runs the command and writes the picture; fails unless the run ends with the exit code of a contract that is not met. */
export function main(): void {
  const args = [...fault, ...selection]
  const env = { ...process.env, FORCE_COLOR: '1' }
  const options = { cwd: packageRoot, encoding: 'utf8', env } as const
  const { stdout, status } = spawnSync(process.execPath, ['bin/simple-oauth-contract.js', ...args], options)
  if (status !== 1) throw new Error(`Expected exit code 1, got ${String(status)}.\n${stdout}`)
  const lines = [`$ npm run contract -- ${fault.join(' ')} \\`, `    ${selection.join(' ')}`, '', ...stable(stdout)]
  writeFileSync(join(packageRoot, 'docs/images/run.svg'), terminalSvg(lines))
}

/** Without ports, times and progress, so that the picture changes only with the text. */
function stable(output: string): string[] {
  const lines = output
    .trimEnd()
    .replace(/ · http:\/\/127\.0\.0\.1:\d+/gu, '')
    .replace(/ in \d+:\d+(?=:)/gu, '')
    .replace(/results\/[\w-]+-reference(?=\/)/gu, 'results/latest')
    .split('\n')
  return lines.filter((line) => !/^(?:\u001b\[\d+m)*(?:· |\d+\/\d+ )/u.test(line))
}
