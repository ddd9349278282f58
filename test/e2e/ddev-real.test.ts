import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'
import { newPlace } from '../support/command.ts'
import { startRealSite } from '../support/real-site.ts'

const { TEST_CODEBASE: codebase = '' } = process.env

test.skipIf(codebase === '')(
  'the command of the DDEV add-on tests a real site, through a stand-in for ddev',
  async () => {
    const place = newPlace()
    const site = await startRealSite(codebase)
    try {
      mkdirSync(place.at('bin'))
      const quoted = site.drush.map((word) => `'${word}'`).join(' ')
      writeFileSync(place.at('bin/ddev'), `#!/bin/sh\n[ "$1" = drush ] || exit 9\nshift\nexec ${quoted} "$@"\n`)
      chmodSync(place.at('bin/ddev'), 0o755)
      symlinkSync(join(packageRoot, 'bin/simple-oauth-contract.js'), place.at('bin/simple-oauth-contract'))
      const before = site.userNames()
      const { status, stdout, stderr } = spawnSync(
        'bash',
        [join(packageRoot, 'integrations/ddev/commands/host/oauth-contract'), '--only', 'pkce.verifier-mismatch'],
        {
          encoding: 'utf8',
          env: {
            PATH: `${place.at('bin')}:${process.env['PATH'] ?? ''}`,
            HOME: place.folder,
            DDEV_PRIMARY_URL: site.baseUrl,
            DDEV_APPROOT: place.folder,
          },
        },
      )
      expect(stdout, stderr).toMatch(/\n1 passed, 0 failed, 0 skipped\n$/u)
      expect(status).toBe(0)
      expect(site.userNames()).toEqual(before)
    } finally {
      site.stop()
    }
  },
  180_000,
)
