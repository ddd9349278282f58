import { expect, test } from 'vitest'
import { installOnDatabase } from '../../../helpers/targets/container/database.ts'
import type { SiteContainer } from '../../../helpers/targets/container/start-site.ts'
import { TargetError } from '../../../helpers/model/target.ts'

interface Ended {
  readonly exitCode: number
  readonly output: string
}

/** A site whose commands end like this, one after the other; after the last one they hang. */
function site(...ends: readonly Ended[]) {
  const commands: string[] = []
  const exec = ([program = '']: readonly string[]) => {
    const end = ends[commands.push(program) - 1]
    return end === undefined ? new Promise<never>(() => undefined) : Promise.resolve(end)
  }
  return { commands, site: { container: { exec } } as unknown as SiteContainer }
}
const install = (to: SiteContainer, ended: Promise<never> = new Promise(() => undefined)) =>
  installOnDatabase(to, { network: 'x', env: {}, ended })
const good = { exitCode: 0, output: '' }

test('a database that answers gets the site', async () => {
  const { commands, site: to } = site(good, good)
  await install(to)
  expect(commands).toEqual(['php', 'sh'])
})

test('a database that accepts no connection is blamed for that, not for its version', async () => {
  const { commands, site: to } = site({ exitCode: 1, output: 'SQLSTATE[HY000] [2002] Connection refused' })
  await expect(install(to)).rejects.toMatchObject({
    code: 'database-failed',
    message: 'The database accepts no connection from the site.\n  SQLSTATE[HY000] [2002] Connection refused',
  })
  expect(commands).toEqual(['php'])
})

test('a database that ends is not waited for', async () => {
  const ended = Promise.reject(new TargetError('database-failed', 'The database (x) ended with exit code 1.'))
  await expect(install(site().site, ended)).rejects.toMatchObject({ code: 'database-failed' })
})

test('a Drupal that cannot be installed on it shows its last lines', async () => {
  const { site: to } = site(good, { exitCode: 1, output: 'The MySQL version is less than 8.0' })
  await expect(install(to)).rejects.toMatchObject({
    code: 'install-failed',
    message: expect.stringMatching(/supports the version of the database\.\n {2}The MySQL version is less/) as string,
  })
})
