import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** An exchange on an evidence page: its status, and the commands that repeat it. */
interface Repeatable {
  readonly status: number
  readonly lines: string
}

/** The exchanges of the first check on an evidence page. */
export function exchangesOn(page: string): Repeatable[] {
  const [, first = ''] = readFileSync(page, 'utf8').split(/^## /mu)
  return [...first.matchAll(/^#### \d+\. [^\n]*: (\d+), \d+ ms$.*?^```sh\n(.*?)^```$/gmsu)].map(
    ([, status = '', lines = '']) => ({ status: Number(status), lines }),
  )
}

const shell = promisify(execFile)

/**
 * Runs the commands as a reader would: fills in known values, and takes values of earlier responses from the current ones. Does not block
 * the event loop, because the server may run in this process.
 * @param known Values by kind of label, which the owner of the site knows.
 * @returns the current statuses.
 */
export async function repeatAll(
  exchanges: readonly Repeatable[],
  known: Readonly<Record<string, string>>,
): Promise<number[]> {
  const values = new Map(Object.entries(known))
  const statuses: number[] = []
  for (const { lines } of exchanges) {
    const filled = lines.replace(/^# export ((\w+)_\d+)=….*$/gmu, (line: string, name: string, kind: string) => {
      const value = values.get(name) ?? values.get(kind)
      return value === undefined ? line : `export ${name}='${value}'`
    })
    const { stdout: answer } = await shell('sh', ['-eu', '-c', filled], { timeout: 20_000 })
    for (const [, name = '', value = ''] of answer.matchAll(/"(access_token|refresh_token)":\s*"([^"]+)"/gu))
      values.set(name, value)
    statuses.push(Number(/^HTTP\/\S+ (\d+)/u.exec(answer)?.[1]))
  }
  return statuses
}
