import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { provisionData } from '../../../helpers/drupal/provision.ts'
import { lackedByRoles } from '../../../helpers/drupal/roles-as-scopes.ts'
import { listFiles } from '../../../helpers/targets/install/codebase.ts'
import {
  installableExtensions,
  siteInfo,
  type ProvisionedSite,
} from '../../../helpers/targets/install/provision-site.ts'
import { emptyFolder } from '../../support/fake-php.ts'

/** Exported extensions of a profile, and code with these files. */
function extensionsOf(profile: string, files: Readonly<Record<string, string>>): string | undefined {
  const folder = emptyFolder()
  for (const [path, text] of Object.entries({
    ...files,
    'config/core.extension.yml': `module:\n  block: 0\n  ${profile}: 1000\ntheme:\n  olivero: 0\nprofile: ${profile}\n`,
  })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return installableExtensions(
    join(folder, 'config'),
    folder,
    listFiles(folder, () => true),
  )
}

describe('exported configuration of a profile', () => {
  const hook = '<?php\nfunction standard_install(): void {}\n'

  test.each(['web/core/profiles/standard', 'web/profiles/contrib/standard'])(
    'with a hook_install() in %s is installed with minimal',
    (folder) => {
      expect(extensionsOf('standard', { [`${folder}/standard.install`]: hook })).toBe(
        'module:\n  block: 0\n  minimal: 1000\ntheme:\n  olivero: 0\nprofile: minimal\n',
      )
    },
  )

  test.each<[string, string, Record<string, string>]>([
    [
      'without a hook_install()',
      'standard',
      { 'web/core/profiles/standard/standard.install': '<?php\nfunction standard_requirements() {}\n' },
    ],
    [
      'that brings modules',
      'standard',
      { 'web/profiles/standard/standard.install': hook, 'web/profiles/standard/modules/own/own.info.yml': '' },
    ],
    ['minimal', 'minimal', {}],
    ['that is not in the code', 'elsewhere', {}],
  ])('%s stays as it is', (_, profile, files) => {
    expect(extensionsOf(profile, files)).toBeUndefined()
  })
})

describe('what is said of an installed site', () => {
  const data = provisionData()
  const uids = Object.fromEntries(data.users.map(({ name }, index) => [name, String(index + 2)]))
  const info = (found: ProvisionedSite['found']) => siteInfo({ data, uids, versions: {}, ...(found ? { found } : {}) })

  test('has OpenID Connect and keys unless they are switched off', () => {
    expect(info({ openid: true, scopeProvider: 'dynamic' }).capabilities).toEqual(
      expect.arrayContaining(['oidc', 'jwks']),
    )
    const { capabilities } = info({ openid: false, scopeProvider: 'dynamic' })
    expect(capabilities).not.toContain('oidc')
    expect(capabilities).not.toContain('jwks')
    expect(capabilities).toContain('authorization_code')
  })

  test('of Simple OAuth 5.2 names what it lacks, and no scope provider', () => {
    const found = { openid: true, scopeProvider: '' }
    const { capabilities, notes } = siteInfo({ data, uids, versions: {}, scopeModel: 'roles', found })
    for (const lacked of lackedByRoles) expect(capabilities).not.toContain(lacked)
    expect(capabilities).toContain('refresh_token')
    expect(notes).toBeUndefined()
  })

  test('names a scope provider that was replaced', () => {
    expect(info({ openid: true, scopeProvider: 'dynamic' }).notes).toBeUndefined()
    expect(info({ openid: true, scopeProvider: 'static' }).notes).toEqual([
      'The configuration takes its scopes from the provider "static". Those scopes were not tested: the suite switched to "dynamic" for scopes of its own. Map them in a site file to test a site with them.',
    ])
  })
})
