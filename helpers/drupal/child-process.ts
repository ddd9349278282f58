import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Kills the whole process group as soon as descriptor 3 closes. The kernel closes it when the suite dies, even by SIGKILL.
 * A signal to the master of `php -S` alone would leave its workers alive with the port.
 */
const guard = `
(read -r _ <&3; kill -KILL 0) &
watcher=$!
"$@" 3<&-
code=$?
kill -KILL $watcher
exit $code
`

export interface ChildOptions {
  readonly cwd: string
  /** Added to the inherited environment, of which only a list of names is passed on. */
  readonly env: Readonly<Record<string, string>>
  /** A folder in which the command looks for programs first. */
  readonly programs?: string
  /** Standard input, output and error as for node:child_process. */
  readonly stdio: readonly [StdioPart, StdioPart, StdioPart]
}
type StdioPart = 'pipe' | 'ignore' | number

/** Starts a command in a process group of its own, which never outlives this process. */
export function startChild(command: readonly string[], options: ChildOptions): ChildProcess {
  const stdio: StdioOptions = [...options.stdio, 'pipe']
  const inherited = inheritedEnvironment()
  const path = options.programs === undefined ? {} : { PATH: `${options.programs}:${inherited['PATH'] ?? ''}` }
  const env = { ...inherited, ...options.env, ...path }
  const child = spawn('sh', ['-c', guard, 'sh', ...command], { cwd: options.cwd, env, stdio, detached: true })
  // The command may already be gone when the watch pipe is torn down.
  child.stdio[3]?.on('error', () => undefined)
  return child
}

/** Kills a command and every process it started. Synchronous. */
export function killChild(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group has already ended.
  }
}

/**
 * Variables for programs, languages, time zones and temporary files, and those with which ssh, Docker, DDEV and Kubernetes reach a site.
 */
const inherited = new RegExp(
  '^(?:' +
    'PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\\w+|TZ|TERM|TMPDIR|TMP|TEMP|XDG_RUNTIME_DIR|XDG_CONFIG_HOME|LD_LIBRARY_PATH|' +
    'PHPRC|PHP_INI_SCAN_DIR|SSH_AUTH_SOCK|DOCKER_(?:HOST|CONTEXT|CONFIG|CERT_PATH|TLS_VERIFY)|COMPOSE_(?:FILE|PROJECT_NAME|PROFILES)|' +
    'CONTAINER_HOST|DDEV_\\w+|IS_DDEV_PROJECT|LANDO|LANDO_\\w+|KUBECONFIG' +
    ')$',
  'u',
)

/**
 * The environment of a child process: only listed names are passed on, because the site's code must not see secrets, whose variables have
 * names of the user's choice.
 */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  // eslint-disable-next-line no-restricted-properties -- passed on, never read
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => inherited.test(name)))
}

/** A process, identified by pid and start time: pids are reused, in containers within seconds. */
export interface ProcessMark {
  readonly pid: number
  /** In the format of the operating system; empty if unknown. */
  readonly started: string
}

export const thisProcess = (): ProcessMark => ({ pid: process.pid, started: startOf(process.pid) ?? '' })

/** Identifies where a pid is valid: the host name and, on Linux, the PID namespace. */
export function thisHost(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** Whether the process of this host that left this mark still runs. */
export function isAlive({ pid, started }: ProcessMark): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = startOf(pid)
  return now !== undefined && (now === '' || started === '' || now === started)
}

/** Undefined for a process that has ended or is a zombie. */
function startOf(pid: number): string | undefined {
  try {
    // Fields after the name in parentheses: state is the first, the start time in clock ticks the twentieth (proc(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? undefined : (fields[19] ?? '')
  } catch (error) {
    if (hasProc()) return undefined
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return ''
    return ps('-o', 'lstart=', '-p', String(pid)).trim()
  }
}

/** Kills every process whose command line contains `text`; meant for the path of a folder with a random name. */
export function killMentioning(text: string): number[] {
  const pids = commandLines()
    .filter(([pid, line]) => pid !== process.pid && line.includes(text))
    .map(([pid]) => pid)
  return pids.filter((pid) => {
    try {
      return process.kill(pid, 'SIGKILL')
    } catch {
      return false
    }
  })
}

function commandLines(): [number, string][] {
  if (!hasProc()) {
    return ps('-axww', '-o', 'pid=,command=')
      .split('\n')
      .map((line) => [Number.parseInt(line, 10), line])
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return [Number(name), readFileSync(`/proc/${name}/cmdline`, 'utf8')]
      } catch {
        return [Number(name), '']
      }
    })
}

/** An empty string if `ps` is missing. */
function ps(...args: string[]): string {
  const { stdout, error } = spawnSync('ps', args, { encoding: 'utf8' })
  return error ? '' : stdout
}

function hasProc(): boolean {
  try {
    return readFileSync('/proc/self/stat').length > 0
  } catch {
    return false
  }
}
