import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loginLink, siteRedactor } from '../../../helpers/targets/site/login-link.ts'
import type { TargetError } from '../../../helpers/model/target.ts'
import { emptyFolder } from '../../support/fake-php.ts'

const baseUrl = 'https://shop.example.test/drupal/de'
const name = "shop.editor'; $(reboot)"

/** An executable that reads its standard input as drush does; the program sees `args` and `request`. */
function drush(program: string): string {
  const command = join(emptyFolder(), 'drush')
  const read = `
    const args = process.argv.slice(2)
    const input = require('node:fs').readFileSync(0, 'utf8')
    const request = JSON.parse(Buffer.from(/base64_decode\\('([^']*)'\\)/.exec(input)[1], 'base64').toString())
    const answer = (message) => console.log('@simple-oauth-contract ' + JSON.stringify(message))
  `
  writeFileSync(command, `#!${process.execPath}\n${read}\n${program}`, { mode: 0o755 })
  return command
}

const asked = (command: readonly string[], redact = (text: string): string => text): Promise<string> =>
  loginLink(command, name, baseUrl, redact)

const failing = (...args: Parameters<typeof asked>): Promise<TargetError> =>
  asked(...args).then(
    () => expect.unreachable('it did not fail'),
    (error: unknown) => error as TargetError,
  )

test('the name of the user goes over standard input: no shell on the way sees it', async () => {
  const command = drush(
    `answer({ ok: true, link: 'http://x/user/reset/' + encodeURIComponent(JSON.stringify([args, request.op, request.data])) })`,
  )
  const link = await asked([command, '--root=/a b'])
  expect(JSON.parse(decodeURIComponent(link.replace(/^.*reset\//u, '')))).toEqual([
    ['--root=/a b', 'php:script', '-'],
    'site.login-link',
    { name },
  ])
})

test('the link is taken from what is printed around it, and followed on the site that is tested only', async () => {
  const command = drush(`
    console.error('PHP Deprecated: something')
    console.log('[warning] https://drupal.org/node/1')
    answer({ ok: true, link: 'http://default/drupal/de/user/reset/7/1700000000/abc-DEF_1/login' })
  `)
  expect(await asked([command])).toBe('https://shop.example.test/drupal/de/user/reset/7/1700000000/abc-DEF_1/login')
})

test('the command sees no secret of the environment', async () => {
  process.env['SHOP_EDITOR_PASSWORD'] = 'of-the-shop-1'
  try {
    const command = drush(`answer({ ok: true, link: 'http://x/user/reset/' + Object.keys(process.env).join() })`)
    const link = await asked([command])
    expect(link).toContain('PATH')
    expect(link).not.toContain('SHOP_EDITOR_PASSWORD')
  } finally {
    delete process.env['SHOP_EDITOR_PASSWORD']
  }
})

test.each<[string, string, string]>([
  [
    'an error',
    'console.error("\\n [error]  No database.\\nand more"); process.exitCode = 1',
    'ended with exit code 1. [error]  No database.',
  ],
  [
    'a refusal',
    `answer({ ok: false, code: 'unknown-user', message: 'The site has no user "x".' })`,
    'The site has no user "x".',
  ],
  ['no link', 'answer({ ok: true })', 'it returned no link'],
])('%s: the message contains the command', async (_, program, why) => {
  const command = drush(program)
  const error = await failing([command])
  expect(error.code).toBe('drush-failed')
  expect(error.message).toContain(`from "${command}"`)
  expect(error.message).toContain(why)
  expect(error.message).toContain('Run the command yourself, and correct drush in the site file.')
})

test('what the command says of secrets is redacted', async () => {
  const command = drush(
    'console.error("of-the-shop-1 in http://x/user/reset/7/1700000000/abc-DEF_1/login"); process.exitCode = 1',
  )
  const { message } = await failing([command], siteRedactor({ users: { editor: { password: 'of-the-shop-1' } } }))
  expect(message).toContain('‹password:1› in http://x/user/reset/‹login_link›')
})

test('no such command', async () => {
  expect((await failing(['/nowhere/drush'])).message).toContain('command not found')
})
