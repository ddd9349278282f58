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

describe('the version of Simple OAuth', () => {
  const info = 'web/modules/contrib/simple_oauth/simple_oauth.info.yml'
  const installed = (version: string) =>
    JSON.stringify({ packages: [{ name: 'drupal/simple_oauth', version, version_normalized: `${version}.0` }] })
  const codebase = (text: string, composer?: string) =>
    fakeCodebase({ [info]: text, ...(composer === undefined ? {} : { 'vendor/composer/installed.json': composer }) })

  test.each<[string, string, string | undefined]>([
    ['5.0.6', "version: '5.0.6'\n", undefined],
    ['4.5.0', "name: x\nversion: '8.x-4.5'\n", undefined],
    ['5.1.1', 'name: x\n', installed('5.1.1')],
  ])('%s is refused before anything is installed, with what to do', (version, text, composer) => {
    const root = codebase(text, composer)
    expect(() => paths(root)).toThrow(
      expect.objectContaining({
        code: 'module-unsupported',
        message: `${root} has Simple OAuth ${version}; 5.2.0 or later is required. Update it there, or in a copy: composer require 'drupal/simple_oauth:^6.0' --with-all-dependencies`,
      }),
    )
  })

  test.each<[string, string, string | undefined]>([
    ['5.2.0', "version: '5.2.0'\n", undefined],
    ['a development version of 5.2', "version: '5.2.x-dev'\n", undefined],
    ['6.1.0', 'name: x\n', installed('6.1.0')],
    ['one that nobody can tell', 'name: x\n', undefined],
    ['a branch', 'name: x\n', installed('dev-main')],
  ])('%s is tried', (_, text, composer) => {
    expect(paths(codebase(text, composer))).toContain(info)
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

  test('is the same code after a run in its folder, which leaves reports and a baseline', () => {
    const root = fakeCodebase({ 'web/modules/custom/results/kept.php': 'x', 'web/modules/custom/kept.yml': 'x' })
    const before = paths(root)
    expect(before).toEqual(
      expect.arrayContaining(['web/modules/custom/results/kept.php', 'web/modules/custom/kept.yml']),
    )
    put(join(root, 'results/latest/report.json'), '{}')
    put(join(root, 'oauth-baseline.yaml'), '[]')
    expect(paths(root)).toEqual(before)
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
