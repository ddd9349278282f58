import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkPhp } from '../../../helpers/targets/php/check-php.ts'
import { allExtensions, emptyFolder, fakePhp } from '../../support/fake-php.ts'

test('a PHP with all extensions is taken, whatever their case', async () => {
  const { command } = fakePhp(emptyFolder(), { version: '8.4.2-dev' })
  const php = await checkPhp(command)
  expect(php.version).toBe('8.4.2-dev')
  expect(php.extensions).toContain('simplexml')
})

test('a PHP that is not there', async () => {
  await expect(checkPhp(join(emptyFolder(), 'php'))).rejects.toMatchObject({
    code: 'php-missing',
    message: expect.stringMatching(/apt-get install php-cli.*--php.*--target container/) as string,
  })
})

test('a PHP that cannot be run', async () => {
  const command = join(emptyFolder(), 'php')
  writeFileSync(command, '#!/bin/sh\n', { mode: 0o644 })
  await expect(checkPhp(command)).rejects.toMatchObject({ code: 'php-missing' })
})

test('something else under the name of PHP', async () => {
  const command = join(emptyFolder(), 'php')
  writeFileSync(command, '#!/bin/sh\necho hello\n', { mode: 0o755 })
  await expect(checkPhp(command)).rejects.toMatchObject({ code: 'php-broken' })
})

test('a PHP that is too old', async () => {
  const { command } = fakePhp(emptyFolder(), { version: '8.0.30' })
  await expect(checkPhp(command)).rejects.toMatchObject({
    code: 'php-too-old',
    message: expect.stringContaining('Expected PHP 8.1 or later, got 8.0.30') as string,
  })
})

test.each([
  ['pdo_sqlite', 'php8.3-sqlite3'],
  ['gd', 'php8.3-gd'],
  ['SimpleXML', 'php8.3-xml'],
  ['mbstring', 'php8.3-mbstring'],
  ['curl', 'php8.3-curl'],
  ['openssl', 'php8.3-common'],
])('a PHP without %s', async (extension, debian) => {
  const extensions = allExtensions
    .split(' ')
    .filter((name) => name !== extension)
    .join(' ')
  const { command } = fakePhp(emptyFolder(), { version: '8.3.0', extensions })
  await expect(checkPhp(command)).rejects.toMatchObject({
    code: 'php-extension-missing',
    message: expect.stringMatching(
      new RegExp(`no extension ${extension.toLowerCase()}\\..*apt-get install ${debian}$`),
    ) as string,
  })
})
