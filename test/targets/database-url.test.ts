import { expect, test } from 'vitest'
import { parseDatabaseUrl } from '../../helpers/targets/database-url.ts'
import { SettingsError } from '../../helpers/settings/settings-error.ts'

const shop = { host: '127.0.0.1', name: 'shop', user: 'drupal', password: 'geheim' }

test.each([
  ['mysql://drupal:geheim@127.0.0.1/shop', { driver: 'mysql', port: 3306 }],
  ['mariadb://drupal:geheim@127.0.0.1:33061/shop', { driver: 'mysql', port: 33061 }],
  ['pgsql://drupal:geheim@127.0.0.1/shop', { driver: 'pgsql', port: 5432 }],
  ['postgres://drupal:geheim@127.0.0.1/shop', { driver: 'pgsql', port: 5432 }],
  ['postgresql://drupal:geheim@127.0.0.1/shop', { driver: 'pgsql', port: 5432 }],
  ['mysql://drupal@127.0.0.1/shop', { driver: 'mysql', port: 3306, password: '' }],
  ['mysql://drupal:a%2Fb%3A%40%23%3F%25@127.0.0.1/shop', { driver: 'mysql', port: 3306, password: 'a/b:@#?%' }],
  ['pgsql://drupal:geheim@[::1]/shop', { driver: 'pgsql', port: 5432, host: '::1' }],
])('%s', (url, parts) => {
  expect(parseDatabaseUrl(url)).toEqual({ ...shop, ...parts })
})

test.each([
  ['geheim', 'does not begin with mysql:// or pgsql://'],
  ['sqlite://localhost/geheim', 'does not begin with mysql:// or pgsql://'],
  ['mysql://127.0.0.1/geheim', 'names no user'],
  ['mysql://drupal:geheim@/shop', 'does not begin with mysql:// or pgsql://'],
  ['mysql://drupal:geheim@127.0.0.1', 'does not end with the name of one database'],
  ['mysql://drupal:geheim@127.0.0.1/shop/geheim', 'does not end with the name of one database'],
  ['mysql://drupal:geheim@127.0.0.1/shop?charset=geheim', 'has options after the name'],
  ['mysql://drupal:geheim@127.0.0.1/shop#geheim', 'has options after the name'],
  [
    'mysql://drupal:geheim@127.0.0.1/shop;unix_socket=geheim',
    'has a name with a character that no connection can carry',
  ],
  ['mysql://drupal:geheim%@127.0.0.1/shop', 'has a "%" that escapes nothing'],
])('%s is refused without being repeated: it %s', (url, why) => {
  const refusal = (() => {
    try {
      return parseDatabaseUrl(url)
    } catch (error) {
      return error
    }
  })()
  expect(refusal).toBeInstanceOf(SettingsError)
  const { message } = refusal as SettingsError
  expect(message).toContain(`The database URL (--database-url or CONTRACT_DATABASE_URL) ${why}`)
  expect(message).toContain(
    'Write mysql://USER:PASSWORD@127.0.0.1:3306/NAME or pgsql://USER:PASSWORD@127.0.0.1:5432/NAME.',
  )
  expect(message).not.toContain('geheim')
})
