import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { checkName } from '../../helpers/model/result.ts'
import { select } from '../../helpers/plan/select.ts'
import { allChecks, cellFor, runAgainst } from './run-against.ts'

/** The cells of one fault: of every check that did not pass. */
export type Row = Readonly<Record<string, string>>

// Concurrent faults per process: a run mostly waits for tokens to expire.
const atOnce = 4

/**
 * Runs the checks that `only` selects against each of the faults, on every core, and hands over each row as it comes.
 * @throws Error where a process ends before its work is done.
 */
export async function measure(ids: readonly string[], only: readonly string[], take: (id: string, row: Row) => void) {
  const queue = [...ids]
  const processes = Math.max(1, Math.min(availableParallelism(), Math.ceil(ids.length / atOnce)))
  await Promise.all(Array.from({ length: processes }, () => feed(startWorker(only), queue, take)))
}

const startWorker = (only: readonly string[]): ChildProcess =>
  fork('test/run.js', ['test/mutation/measure.ts', ...only], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })

function feed(worker: ChildProcess, queue: string[], take: (id: string, row: Row) => void): Promise<void> {
  let owed = 0
  const give = (): void => {
    const id = queue.shift()
    if (id !== undefined) {
      owed += 1
      worker.send(id)
    } else if (owed === 0) worker.disconnect()
  }
  return new Promise((resolve, reject) => {
    worker.on('message', ([id, row]: [string, Row]) => {
      owed -= 1
      take(id, row)
      give()
    })
    worker.on('exit', (code) => {
      if (code === 0 && owed === 0) resolve()
      else reject(new Error(`A process that measured faults ended with ${String(code)}.`))
    })
    for (let i = 0; i < atOnce; i += 1) give()
  })
}

/** The process that measures: a fault comes in, its row goes out. */
export async function main(only: readonly string[]): Promise<void> {
  const checks = select(await allChecks(), { only: [...only] })
  process.on('message', (fault: string) => {
    void runAgainst({ profile: 'ideal', fault }, checks).then((results) => {
      const noticed = results.filter((result) => result.verdict !== 'pass')
      process.send?.([fault, Object.fromEntries(noticed.map((one) => [checkName(one), cellFor(one)]).sort())])
    })
  })
  await new Promise<void>((resolve) => process.once('disconnect', resolve))
  process.exit()
}
