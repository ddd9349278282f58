import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loginLink } from '../../../helpers/targets/site/login-link.ts'
import type { TargetError } from '../../../helpers/model/target.ts'
import { emptyFolder } from '../../support/fake-php.ts'

const baseUrl = 'https://shop.example.test/drupal/de'

/** An executable with a program of its own, in the place of drush. */
function drush(program: string): string {
  const command = join(emptyFolder(), 'drush')
  writeFileSync(command, `#!${process.execPath}\n${program}`, { mode: 0o755 })
  return command
}

const failing = (command: readonly string[]): Promise<TargetError> =>
  loginLink(command, 'shop.editor', baseUrl).then(
    () => expect.unreachable('it did not fail'),
    (error: unknown) => error as TargetError,
  )

test('drush is asked for the user and the site, and for no browser', async () => {
  const command = drush('console.log("http://x/user/reset/" + encodeURIComponent(process.argv.slice(2).join("|")))')
  expect(decodeURIComponent(await loginLink([command, '--root=/a b'], 'shop.editor', baseUrl))).toBe(
    `https://shop.example.test/user/reset/--root=/a b|user:login|--name=shop.editor|--uri=${baseUrl}|--no-browser`,
  )
})

test('the link is taken from what is printed around it, and followed on the site that is tested only', async () => {
  const command = drush(`
    console.error('PHP Deprecated: something')
    console.log('[warning] https://drupal.org/node/1\\nhttp://default/drupal/de/user/reset/7/1700000000/abc-DEF_1/login\\n')
  `)
  expect(await loginLink([command], 'shop.editor', baseUrl)).toBe(
    'https://shop.example.test/drupal/de/user/reset/7/1700000000/abc-DEF_1/login',
  )
})

test.each<[string, string, string]>([
  [
    'an error',
    'console.error("\\n [error]  No user is called so.\\nand more"); process.exitCode = 1',
    'No user is called so.',
  ],
  ['no link', 'console.log("Welcome")', 'it printed no link'],
])('%s: it is told with the command', async (_, program, why) => {
  const command = drush(program)
  const error = await failing([command])
  expect(error.code).toBe('drush-failed')
  expect(error.message).toContain(`"${command} user:login --name=shop.editor"`)
  expect(error.message).toContain(why)
  expect(error.message).toContain('Run the command by hand, and correct drush in the site file.')
})

test('no such command', async () => {
  expect((await failing(['/nowhere/drush'])).message).toContain('command not found')
})
