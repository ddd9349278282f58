import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { collect } from '../../helpers/plan/collect.ts'
import { failureOf } from '../../helpers/command/failure.ts'
import { select } from '../../helpers/plan/select.ts'
import { chooseTarget } from '../../helpers/targets/choose.ts'
import { readDotenv, readSettings, SettingsError, type Settings } from '../../helpers/settings/settings.ts'
import type { Target } from '../../helpers/model/target.ts'
import { endCommands, runCommand, timeCommand, type CommandTimes } from './command.ts'
import { record } from './record.ts'
import { replay } from './replay.ts'

const cachedStarts = 3
const commandStarts = 5

interface Row {
  readonly what: string
  readonly goal: string
  readonly figure: string
}

/** Shows how fast the suite is and how much memory it takes; asserts nothing. Takes the settings of the command. */
export async function main(argv: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'simple-oauth-contract-bench-'))
  const targets: Target[] = []
  process.on('exit', () => {
    for (const target of targets) target.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void endCommands().then(() => process.exit(1)))
  try {
    const settings = settingsOf(argv)
    // The reference server needs no cache, and refuses the setting.
    const cache = settings.target === 'reference' ? [] : ['--cache', join(folder, 'cache')]
    const own = [...cache, '--report', join(folder, 'results')]
    const start = async (): Promise<Target> => {
      const target = await chooseTarget(
        { ...settings, ...(cache.length === 0 ? {} : { cache: join(folder, 'cache') }), fresh: false },
        process.env,
      )
      targets.push(target)
      return target
    }
    // Other load on the machine distorts every figure except the last ones.
    const load = loadavg()[0]?.toFixed(1) ?? 'unknown'
    const commands = await measureCommands(['--report', join(folder, 'results')])
    const starts = await measureStarts(settings, [...argv, ...own])
    say(table([...commands, ...starts.rows, ...(await measureOverhead(settings, start, starts.whole))]))
    say(`${availableParallelism()} cores, Node ${process.version}, load of the machine before: ${load}`)
    if (starts.whole.exitCode !== 0)
      say(`The run ended with ${String(starts.whole.exitCode)}: its figures may mean little.`)
  } catch (error) {
    process.stderr.write(`${failureOf(error).message}\n`)
    process.exitCode = 2
  }
  process.exit()
}

function settingsOf(argv: readonly string[]): Settings {
  const { settings } = readSettings(argv, process.env, readDotenv('.env'))
  if (settings.codebase !== null || settings.target === 'reference') return settings
  throw new SettingsError(
    'bad-value',
    'The bench needs a Drupal codebase: give its folder with --codebase DIR (CONTRACT_CODEBASE). ' +
      'With --target reference it shows what needs none.',
  )
}

/** What a developer waits for again and again. */
async function measureCommands(own: readonly string[]): Promise<Row[]> {
  const one = ['--target', 'reference', '--only', 'pkce.verifier-mismatch', ...own]
  const rows: Row[] = []
  for (const [what, goal, argv] of [
    ['--help', '0.25 s', ['--help']],
    ['list', '0.50 s', ['list']],
    ['one contract on the reference server', '1.00 s', one],
  ] as const) {
    progress(what)
    const times: number[] = []
    while (times.length < commandStarts) times.push(await timeCommand(argv))
    const median = times.sort((a, b) => a - b)[Math.floor(commandStarts / 2)] ?? 0
    rows.push({ what, goal, figure: `${(median / 1000).toFixed(2)} s (median of ${commandStarts})` })
  }
  return rows
}

async function measureStarts(
  settings: Settings,
  argv: readonly string[],
): Promise<{ rows: readonly Row[]; whole: CommandTimes }> {
  const isPhp = settings.target !== 'reference'
  const rows: Row[] = []
  if (isPhp) {
    progress('cold codebase to first case')
    const { first, ready } = await runCommand(argv, false)
    rows.push({
      what: 'cold codebase to first case',
      goal: '20 s',
      figure: `${s(first)} (server ready after ${s(ready)})`,
    })
  }
  const what = isPhp ? 'cached template to first case' : 'start to first case'
  progress(what)
  const again: CommandTimes[] = []
  while (again.length < cachedStarts) again.push(await runCommand(argv, false))
  const [median] = again.sort((a, b) => a.first - b.first).slice(Math.floor(cachedStarts / 2))
  if (median)
    rows.push({
      what,
      goal: '4 s',
      figure: `${s(median.first)} (server ready after ${s(median.ready)}; median of ${cachedStarts})`,
    })
  progress('a whole run')
  const whole = await runCommand(argv, true)
  rows.push({ what: "the suite's processes", goal: '500 MB', figure: `${whole.memory.toFixed(0)} MB` })
  return { rows, whole }
}

async function measureOverhead(settings: Settings, start: () => Promise<Target>, whole: CommandTimes): Promise<Row[]> {
  const checks = select((await collect()).checks, settings)
  progress('the same checks without vitest, recorded')
  const recorded = await start()
  const from = await recorded.start(() => undefined)
  const suite = await timed(() => record(recorded, from, checks))
  recorded.stop()
  progress('their requests again in a bare loop')
  const again = await start()
  const to = await again.start(() => undefined)
  const bare = await timed(() => replay(suite.value, from, again, to))
  again.stop()
  const { requests, otherwise } = bare.value
  const ratio = (time: number): string => `${(time / bare.wall).toFixed(2)} (${s(time)} / ${s(bare.wall)})`
  return [
    {
      what: "the command's time, server ready to exit, by a bare loop's",
      goal: '1.3',
      figure: ratio(whole.end - whole.ready),
    },
    { what: "  the checks' time alone, without vitest", goal: '', figure: ratio(suite.wall) },
    { what: '  CPU time of this process, checks and bare loop', goal: '', figure: `${s(suite.cpu)}, ${s(bare.cpu)}` },
    {
      what: '  requests the loop had answered alike',
      goal: '',
      figure: `${requests - otherwise.length} of ${requests}`,
    },
  ]
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; wall: number; cpu: number }> {
  const begun = performance.now()
  const before = process.cpuUsage()
  const value = await work()
  const { user, system } = process.cpuUsage(before)
  return { value, wall: performance.now() - begun, cpu: (user + system) / 1000 }
}

const s = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

function table(rows: readonly Row[]): string {
  const head = { what: '', goal: 'goal, at most', figure: 'figure' }
  const width = (column: keyof Row): number => Math.max(...[head, ...rows].map((row) => row[column].length))
  return [head, ...rows]
    .map(({ what, goal, figure }) => `${what.padEnd(width('what'))}   ${goal.padEnd(width('goal'))}   ${figure}`)
    .join('\n')
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const progress = (text: string): void => void process.stderr.write(`· ${text}\n`)
