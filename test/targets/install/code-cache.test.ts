import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { isAlive, killMentioning, startChild, thisProcess } from '../../../helpers/drupal/child-process.ts'
import { DrushError } from '../../../helpers/drupal/drush.ts'
import { findCodebase, listCode } from '../../../helpers/targets/install/codebase.ts'
import { takeLock } from '../../../helpers/targets/install/lock.ts'
import { openCache, updateCopy } from '../../../helpers/targets/install/code-cache.ts'
import { cacheError, installError } from '../../../helpers/targets/install/install-error.ts'
import { foreignFolders, makeRunFolder, sweepLeftovers } from '../../../helpers/targets/install/run-folder.ts'
import { emptyFolder, fakeCodebase, put } from '../../support/fake-php.ts'

const deadPid = () => spawnSync('true').pid
const failure = (code: string) => Object.assign(new Error(code), { code })

beforeEach(() => {
  vi.stubEnv('TMPDIR', emptyFolder())
  return () => vi.unstubAllEnvs()
})

describe('the copy of a codebase', () => {
  const open = (root: string, cacheRoot: string) => {
    const codebase = findCodebase(root)
    const cache = openCache(cacheRoot, codebase)
    return { cache, update: (fresh = false) => updateCopy(cache, codebase, listCode(codebase), fresh) }
  }

  test('holds the code and is private', async () => {
    const cacheRoot = join(emptyFolder(), 'cache')
    const { cache, update } = open(fakeCodebase(), cacheRoot)
    expect(await update()).toBeGreaterThan(5)
    expect(statSync(cacheRoot).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(cache.code, 'web/modules/contrib/simple_oauth/simple_oauth.module'), 'utf8')).toContain(
      'one',
    )
    expect(existsSync(join(cache.code, 'web/sites/default/settings.php'))).toBe(false)
  })

  test('takes in only what changed, and what is gone', async () => {
    const root = fakeCodebase({ 'web/a.php': 'old', 'web/b.php': 'same', 'web/gone.php': 'x' })
    const { cache, update } = open(root, emptyFolder())
    await update()
    writeFileSync(join(cache.code, 'web/b.php'), 'not touched again')
    put(join(root, 'web/a.php'), 'new')
    utimesSync(join(root, 'web/a.php'), 1, 1)
    rmSync(join(root, 'web/gone.php'))
    put(join(root, 'web/folder/c.php'), 'added')
    expect(await update()).toBe(3)
    expect(readFileSync(join(cache.code, 'web/a.php'), 'utf8')).toBe('new')
    expect(readFileSync(join(cache.code, 'web/b.php'), 'utf8')).toBe('not touched again')
    expect(readFileSync(join(cache.code, 'web/folder/c.php'), 'utf8')).toBe('added')
    expect(existsSync(join(cache.code, 'web/gone.php'))).toBe(false)
    expect(await update()).toBe(0)
  })

  test('a folder takes the place of a file, and a file that of a folder', async () => {
    const root = fakeCodebase({ 'web/one': 'file', 'web/two/inner.php': 'x' })
    const { cache, update } = open(root, emptyFolder())
    await update()
    rmSync(join(root, 'web/one'))
    rmSync(join(root, 'web/two'), { recursive: true })
    put(join(root, 'web/one/inner.php'), 'x')
    put(join(root, 'web/two'), 'file')
    await update()
    expect(readFileSync(join(cache.code, 'web/one/inner.php'), 'utf8')).toBe('x')
    expect(readFileSync(join(cache.code, 'web/two'), 'utf8')).toBe('file')
  })

  test('is made anew when it was interrupted, or when asked', async () => {
    const { cache, update } = open(fakeCodebase(), emptyFolder())
    const all = await update()
    rmSync(join(cache.folder, 'code.json'))
    put(join(cache.code, 'web/left-behind.php'), 'x')
    expect(await update()).toBe(all)
    expect(existsSync(join(cache.code, 'web/left-behind.php'))).toBe(false)
    expect(await update(true)).toBe(all)
  })

  test('does not change under a run that uses it', async () => {
    const root = fakeCodebase()
    const { cache, update } = open(root, emptyFolder())
    await update()
    makeRunFolder(cache.code)
    expect(await update()).toBe(0)
    put(join(root, 'web/index.php'), '<?php // changed')
    await expect(update()).rejects.toMatchObject({ code: 'codebase-busy' })
  })

  test("brings core's router where the project has none", async () => {
    const router = { 'web/.ht.router.php': null, 'web/core/assets/scaffold/files/ht.router.php': 'router' }
    const { cache, update } = open(fakeCodebase(router), emptyFolder())
    await update()
    expect(readFileSync(join(cache.code, 'web/.ht.router.php'), 'utf8')).toBe('router')
  })

  test('an unwritable cache', () => {
    const file = join(emptyFolder(), 'file')
    writeFileSync(file, '')
    const act = () => openCache(join(file, 'cache'), findCodebase(fakeCodebase()))
    expect(act).toThrow(expect.objectContaining({ code: 'cache-unwritable' }))
  })

  test.runIf(existsSync('/dev/full'))('a full disk', async () => {
    const { cache, update } = open(fakeCodebase(), emptyFolder())
    symlinkSync('/dev/full', join(cache.folder, 'code.json.new'))
    await expect(update()).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining('Free some') as string,
    })
  })
})

describe('errors of the cache', () => {
  test.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EACCES', 'cache-unwritable'],
    ['EROFS', 'cache-unwritable'],
    ['EIO', 'EIO'],
  ])('%s is %s', (code, expected) => {
    expect(cacheError(failure(code), '/cache')).toMatchObject({ code: expected })
  })

  test('a failed installation shows its last lines', () => {
    const error = installError(new DrushError('drush-failed', 'drush site:install ended', ['a', 'b']), 'Installing')
    expect(error).toMatchObject({
      code: 'install-failed',
      message: 'Installing failed: drush site:install ended\n  a\n  b',
    })
  })
})

describe('the lock', () => {
  test('keeps others out until it is released', async () => {
    const file = join(emptyFolder(), 'lock')
    const order: string[] = []
    const release = await takeLock(file, () => order.push('never'))
    const second = takeLock(file, (pid) => order.push(`waits for ${pid}`)).then((free) => {
      order.push('second')
      free()
    })
    await expect.poll(() => order).toEqual([`waits for ${process.pid}`])
    release()
    await second
    expect(order).toEqual([`waits for ${process.pid}`, 'second'])
    expect(existsSync(file)).toBe(false)
  })

  test.each([
    ['of a dead process', () => JSON.stringify({ pid: deadPid(), started: '1' })],
    ['of an earlier process with the same pid', () => JSON.stringify({ pid: process.pid, started: '1' })],
    ['that cannot be read', () => '{'],
  ])('%s is taken over', async (_what, content) => {
    const file = join(emptyFolder(), 'lock')
    writeFileSync(file, content())
    writeFileSync(`${file}.turn`, content())
    const releases = await Promise.all([takeLock(file, () => undefined)])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(thisProcess())
    for (const release of releases) release()
    expect(readdirSync(join(file, '..'))).toEqual([])
  })
})

describe('leftovers', () => {
  test('run folders and half-made sites of dead processes are removed, those of live ones stay', () => {
    const temp = process.env['TMPDIR'] ?? ''
    const cacheRoot = emptyFolder()
    const live = makeRunFolder('/code')
    const [mark = ''] = /(?<=run-)[0-9a-f]{8}(?=-)/.exec(live) ?? []
    const run = (name: string) => join(temp, `simple-oauth-contract-run-${name}-AbCdEf`)
    const dead = run(`${mark}-${deadPid()}`)
    const reused = run(`${mark}-${process.pid}`)
    put(join(dead, 'site/db/site.sqlite'), 'x')
    put(join(reused, 'owner.json'), JSON.stringify({ pid: process.pid, started: '1', code: '/code' }))
    put(join(temp, 'simple-oauth-contract-notes/file'), 'not a run folder')
    const making = join(cacheRoot, 'php-1', `making-${mark}-${deadPid()}`)
    const makingNow = join(cacheRoot, 'php-1', `making-${mark}-${process.pid}`)
    // In a container that shares the temporary folder, the same pid belongs to another process.
    const elsewhere = [run(`00000000-${deadPid()}`), join(cacheRoot, 'php-1', `making-00000000-${deadPid()}`)]
    for (const folder of [making, makingNow, ...elsewhere]) mkdirSync(folder, { recursive: true })
    expect(sweepLeftovers(cacheRoot).sort()).toEqual([dead, reused, making].sort())
    expect([live, makingNow, ...elsewhere].map((path) => existsSync(path))).toEqual([true, true, true, true])
    expect([dead, reused, making].map((path) => existsSync(path))).toEqual([false, false, false])
    expect(existsSync(join(temp, 'simple-oauth-contract-notes/file'))).toBe(true)
    expect(sweepLeftovers(cacheRoot)).toEqual([])
    expect(foreignFolders(cacheRoot).sort()).toEqual(elsewhere.sort())
  })

  test('their processes end', async () => {
    const folder = join(emptyFolder(), 'run')
    const child = startChild(['sh', '-c', 'read -r _', folder], {
      cwd: '/',
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const ended = new Promise((resolve) =>
      child.on('exit', (_code, signal) => {
        resolve(signal)
      }),
    )
    await expect.poll(() => killMentioning(folder).length).toBeGreaterThan(0)
    expect(await ended).toBe('SIGKILL')
  })
})

test('a child and its children end when the suite is gone', async () => {
  const script = 'sleep 300 & echo $!; wait'
  const child = startChild(['sh', '-c', script], { cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'ignore'] })
  const grandchild = await new Promise<number>((resolve) =>
    child.stdout?.once('data', (line) => {
      resolve(Number(line))
    }),
  )
  expect(isAlive({ pid: grandchild, started: '' })).toBe(true)
  // What the kernel does when the process that holds the other end dies.
  child.stdio[3]?.destroy()
  await expect.poll(() => isAlive({ pid: grandchild, started: '' })).toBe(false)
})

test("a child does not see the suite's settings", async () => {
  vi.stubEnv('CONTRACT_PASSWORD', 'secret')
  const child = startChild(['env'], { cwd: '/', env: { ADDED: 'yes' }, stdio: ['ignore', 'pipe', 'ignore'] })
  const seen = await new Promise<string>((resolve) => {
    let text = ''
    child.stdout
      ?.on('data', (part) => (text += String(part)))
      .on('end', () => {
        resolve(text)
      })
  })
  expect(seen).toContain('ADDED=yes')
  expect(seen).not.toContain('CONTRACT_PASSWORD')
})
