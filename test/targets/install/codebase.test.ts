import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findCodebase, listCode } from '../../../helpers/targets/install/codebase.ts'
import { emptyFolder, fakeCodebase, put } from '../../support/fake-php.ts'

const paths = (root: string) => listCode(findCodebase(root)).map(({ path }) => path)

describe('finding a codebase', () => {
  test('from the project and from its docroot', () => {
    const root = fakeCodebase()
    const found = { root, docroot: 'web', vendor: 'vendor', drush: 'vendor/drush/drush/drush.php' }
    expect(findCodebase(root)).toEqual(found)
    expect(findCodebase(join(root, 'web'))).toEqual(found)
  })

  test('with folders of other names', () => {
    const composer = {
      config: { 'vendor-dir': 'lib/' },
      extra: { 'drupal-scaffold': { locations: { 'web-root': './public/' } } },
    }
    const root = fakeCodebase({
      'composer.json': JSON.stringify(composer),
      'public/core/lib/Drupal.php': '<?php',
      'lib/autoload.php': '<?php',
      'lib/drush/drush/drush.php': '<?php',
    })
    expect(findCodebase(root)).toMatchObject({ docroot: 'public', vendor: 'lib', drush: 'lib/drush/drush/drush.php' })
  })

  test.each([
    ['codebase-missing', 'Pass the path of a Drupal codebase', () => join(emptyFolder(), 'nowhere')],
    ['codebase-unknown', 'no composer.json', () => emptyFolder()],
    ['codebase-unknown', 'cannot be read', () => fakeCodebase({ 'composer.json': '{' })],
    ['codebase-unknown', 'no Drupal core', () => fakeCodebase({ 'web/core/lib/Drupal.php': null })],
    ['vendor-missing', 'composer install', () => fakeCodebase({ 'vendor/autoload.php': null })],
    ['vendor-missing', 'composer install', () => fakeCodebase({ 'composer.json': '{"config":{"vendor-dir":"../x"}}' })],
    ['drush-missing', 'composer require drush/drush', () => fakeCodebase({ 'vendor/drush/drush/drush.php': null })],
    [
      'module-missing',
      'composer require drupal/simple_oauth',
      () => fakeCodebase({ 'web/modules/contrib/simple_oauth/simple_oauth.info.yml': null }),
    ],
  ])('%s: %s', (code, message, make) => {
    const path = make()
    expect(() => paths(path)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    )
  })
})

describe('listing the code', () => {
  test("leaves out uploads, version control and what may hold the owner's secrets", () => {
    const root = fakeCodebase({
      '.git/config': 'x',
      '.env': 'DB_PASSWORD=x',
      '.env.local': 'x',
      'keys/private.key': 'x',
      'dump.sql.gz': 'x',
      'web/sites/default/files/upload.txt': 'x',
      'web/sites/default/settings.local.php': 'x',
      'web/sites/sites.php': 'x',
      'web/themes/custom/node_modules/x.js': 'x',
      'web/modules/custom/files/kept.php': 'x',
      'web/modules/custom/settings.php': 'x',
      'web/modules/custom/api.key.php': 'x',
    })
    expect(paths(root)).toEqual([
      'composer.json',
      'vendor/autoload.php',
      'vendor/drush/drush/drush.php',
      'web/.ht.router.php',
      'web/core/lib/Drupal.php',
      'web/index.php',
      'web/modules/contrib/simple_oauth/simple_oauth.info.yml',
      'web/modules/contrib/simple_oauth/simple_oauth.module',
      'web/modules/custom/api.key.php',
      'web/modules/custom/files/kept.php',
      'web/modules/custom/settings.php',
    ])
  })

  test('follows links to modules elsewhere, and ends where links go round', () => {
    const root = fakeCodebase()
    const elsewhere = emptyFolder()
    put(join(elsewhere, 'own.module'), '<?php')
    symlinkSync(elsewhere, join(root, 'web/modules/own'))
    symlinkSync('..', join(elsewhere, 'up'))
    symlinkSync(root, join(root, 'web/modules/round'))
    symlinkSync('/nowhere/at/all', join(root, 'web/broken'))
    const own = paths(root).filter((path) => path.startsWith('web/modules/own/') && path.endsWith('own.module'))
    expect(own).toEqual(['web/modules/own/own.module'])
  })
})
