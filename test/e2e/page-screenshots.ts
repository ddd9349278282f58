// Takes the pictures of the page in docs/images from a real run in a real browser: npm run screenshots
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { withheldGroups } from '../../fixtures/withheld.ts'
import { packageRoot } from '../../helpers/model/package.ts'
import { noBrowser, startBrowser } from '../support/browser.ts'

const desk = { width: 1200, height: 860 }
const weakness = '[id="c-pkce.verifier-mismatch"]'

interface Picture {
  readonly name: string
  /** In the report folder; the page of the run by default. */
  readonly file?: string
  readonly options: BrowserContextOptions
  readonly prepare?: (page: Page) => Promise<void>
}

const pictures: readonly Picture[] = [
  { name: 'page-light', options: { viewport: desk } },
  { name: 'page-dark', options: { viewport: desk, colorScheme: 'dark' } },
  { name: 'page-phone', options: { viewport: { width: 390, height: 860 }, deviceScaleFactor: 1 } },
  { name: 'page-upgrade', file: 'new/upgrade.html', options: { viewport: desk } },
  {
    name: 'page-contract',
    options: { viewport: desk },
    prepare: async (page) => {
      await page.goto(`${page.url()}#${weakness.slice(5, -2)}`)
      await page.locator(`${weakness}[open]`).waitFor()
      await page.locator(':focus').blur()
    },
  },
]

/** Runs the command; something has to fail. */
function run(args: readonly string[]): void {
  const options = { cwd: packageRoot, encoding: 'utf8' } as const
  const { status, stdout } = spawnSync(process.execPath, ['bin/simple-oauth-contract.js', ...args], options)
  if (status !== 1) throw new Error(`Expected exit code 1, got ${String(status)}.\n${stdout}`)
}

/**
 * Runs the contract against the reference server, which behaves as Simple OAuth 6.0 and accepts any `code_verifier`, and takes the
 * pictures.
 */
export async function main(): Promise<void> {
  if (noBrowser !== undefined) throw new Error(`The pictures need a browser: ${noBrowser}.`)
  const folder = mkdtempSync(join(tmpdir(), 'contract-pictures-'))
  const browser = await startBrowser()
  try {
    // Withheld groups are shown nowhere; guarantees need a site file, MCP a profile, and an upgrade its own command.
    const groups = readdirSync(join(packageRoot, 'specs'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && ![...withheldGroups, 'policy', 'mcp', 'upgrade'].includes(entry.name))
      .map(({ name }) => name)
    const fault = [
      '--target',
      'reference',
      '--reference-profile',
      'simple-oauth-6.0',
      '--reference-fault',
      'pkce-any-verifier',
    ]
    run([...fault, '--group', groups.join(','), '--report', folder, '--quiet'])
    const upgrade = ['--reference-fault', 'upgrade-loses-access-tokens', '--only', 'upgrade.*,client-credentials.*']
    run([
      'upgrade',
      '--target',
      'reference',
      '--reference-profile',
      'ideal',
      ...upgrade,
      '--report',
      join(folder, 'new'),
    ])
    for (const { name, file = 'report.html', options, prepare } of pictures) {
      const page = await browser.newPage(options)
      await page.goto(pathToFileURL(join(folder, file)).href)
      await prepare?.(page)
      await page.screenshot({ path: join(packageRoot, 'docs/images', `${name}.png`), animations: 'disabled' })
      await page.close()
    }
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
