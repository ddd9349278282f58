import { existsSync } from 'node:fs'
import { delimiter, join, relative, sep } from 'node:path'
import { packageRoot, suite } from '../model/package.ts'
import { shellQuote } from '../report/escape.ts'
import type { FlagValues } from '../settings/flags.ts'
import { rowOf, selectors, settingNames } from '../settings/settings-table.ts'

/** How the user can call the command again from the same folder: through npm, npx, by its name, or by its file. */
export function invocation(
  environment: Readonly<Record<string, string | undefined>>,
  folder = process.cwd(),
  root = packageRoot,
): string {
  const ours = folder === root
  if (ours && environment['npm_lifecycle_event'] === 'contract') return 'npm run contract --'
  // npm adds node_modules/.bin to the PATH of its scripts; the user's own shell does not have it.
  if (environment['npm_command'] !== undefined && !ours) return `npx ${suite.name}`
  const onPath = (environment['PATH'] ?? '').split(delimiter).some((one) => existsSync(join(one, suite.name)))
  if (onPath && environment['npm_command'] === undefined) return suite.name
  if (ours) return 'npm run contract --'
  if (root.split(sep).includes('node_modules')) return `npx ${suite.name}`
  return `node ${shellQuote(relative(folder, join(root, 'bin', `${suite.name}.js`)))}`
}

/** Flags that change no verdict, only what is printed. */
const silent = ['quiet', 'verbose', 'reporter', 'compare-with', 'accept']

/** By flag, what stands for a value that must not be printed. */
const secrets = new Map(
  settingNames.map(rowOf).flatMap(({ flag, secret, shown = 'VALUE' }) => (secret ? [[flag, shown] as const] : [])),
)

/** The flags of a call without its selection, quoted for a shell, so that a failure can say how to repeat its contract. */
export function repeatedFlags(flags: FlagValues): string[] {
  const left: readonly string[] = [...selectors, 'shard', ...silent]
  return Object.entries(flags)
    .filter(([flag]) => !left.includes(flag))
    .flatMap(([flag, value]) =>
      value === true
        ? [`--${flag}`]
        : [secrets.get(flag) ?? value].flat().flatMap((one) => [`--${flag}`, shellQuote(String(one))]),
    )
}
