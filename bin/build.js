// Builds dist/ from the sources of a clone: `npm run build`, after `npm ci`, and whenever the command finds that they have changed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const stamp = join(dist, '.built')
const lock = join(dist, '.lock')
const folders = ['fixtures', 'helpers', 'specs']
const isSource = (/** @type {string} */ file) =>
  /(?<!\.d)\.(?:[jt]s|tsx|json)$/u.test(file) || file === 'known-issues.yaml'
const timeOf = (/** @type {string} */ path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

/**
 * Builds dist/ if the sources have changed, which takes seconds; otherwise milliseconds.
 * @throws {Error} with the compiler's output as message.
 */
export function buildIfStale() {
  if (!isStale()) return
  mkdirSync(dist, { recursive: true })
  while (!tryLock()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  try {
    // Another process may have built it in the meantime.
    if (isStale()) build()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** The tests start with it, too. */
export const setup = buildIfStale

/** The times of folders show removed files. */
function isStale() {
  const built = timeOf(stamp)
  const changed = (/** @type {string} */ path) => timeOf(join(root, path)) > built
  if (['tsconfig.json', 'tsconfig.build.json', ...folders].some(changed)) return true
  return folders.some((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).some(
      (entry) => (entry.isDirectory() || isSource(entry.name)) && timeOf(join(entry.parentPath, entry.name)) > built,
    ),
  )
}

/** Whether no other process is building; a lock left by a dead process is ignored. */
function tryLock() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    try {
      process.kill(Number(readFileSync(lock, 'utf8')), 0)
    } catch {
      rmSync(lock, { force: true })
    }
    return false
  }
}

function build() {
  process.stderr.write('· building dist/\n')
  // The time before compiling, so that later changes are noticed.
  const begun = new Date()
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  if (!existsSync(compiler))
    throw new Error('dist/ cannot be built without TypeScript. Run npm ci, with development dependencies.')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`dist/ cannot be built:\n${stdout.trim()}`)
  removeOrphans()
  // JSON copies, because each run reads them and parsing YAML takes a third of a second.
  const { parse } = createRequire(import.meta.url)('yaml')
  const knownIssues = readFileSync(join(root, 'fixtures', 'known-issues.yaml'), 'utf8')
  writeFileSync(join(dist, 'fixtures', 'known-issues.json'), JSON.stringify(parse(knownIssues, { merge: true })))
  writeFileSync(stamp, '')
  utimesSync(stamp, begun, begun)
}

/** Removes built files whose source is gone: they would still be loaded. */
function removeOrphans() {
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const [, name] = /^(.*?)(?:\.d\.ts|\.js\.map|\.js)$/u.exec(file) ?? []
    if (name !== undefined && !['ts', 'tsx', 'js'].some((end) => existsSync(join(root, `${name}.${end}`))))
      rmSync(join(dist, file))
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    buildIfStale()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
