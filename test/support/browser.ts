import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The Chromium of this machine: TEST_BROWSER, or one in the PATH. */
export const browserPath: string | undefined = [
  process.env['TEST_BROWSER'] ?? '',
  ...(process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))),
].find((path) => path !== '' && isExecutable(path))

/** Why tests in a browser cannot run; undefined where they can. */
export const noBrowser: string | undefined =
  browserPath === undefined
    ? 'no Chromium is installed: apt-get install chromium, or name one in TEST_BROWSER'
    : undefined

/** Starts it; whoever starts it closes it. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: browserPath ?? '',
    // Chromium refuses its sandbox to root, as in a container.
    chromiumSandbox: process.getuid?.() !== 0,
  })
