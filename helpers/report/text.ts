import { styleText } from 'node:util'
import type { Versions } from '../model/target.ts'
import { terminal } from './escape.ts'
import type { RunHeader } from './run.ts'

/** Colours text of our own; text of others must already be escaped. */
export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string

/** The caller decides `on` from the terminal, NO_COLOR and FORCE_COLOR. */
export const painter = (on: boolean): Paint =>
  on ? (format, text) => styleText(format, text, { validateStream: false }) : (_format, text) => text

/** Maximum length of others' text on one line of the console; evidence and report.json have all of it. */
const longest = 600

/** Text of others on one line. */
export const inline = (text: string): string => terminal(text, { max: longest })

/** Text of others with its line breaks, indented, at most `max` lines. */
export function indented(text: string, indent: string, max = 40): string[] {
  const lines = terminal(text, { lines: 'keep' }).split('\n')
  const shown = lines.slice(0, max).map((line) => `${indent}${inline(line)}`)
  return lines.length > max ? [...shown, `${indent}… (${lines.length - max} more lines)`] : shown
}

const names: Readonly<Record<keyof Versions, string>> = {
  drupal: 'Drupal',
  simple_oauth: 'simple_oauth',
  consumers: 'consumers',
  league: 'league/oauth2-server',
  php: 'PHP',
  webServer: 'web server',
  database: 'database',
}

/** "Drupal 11.2.3, simple_oauth 6.0.9, league/oauth2-server 9.2.0", as far as known. */
export function versionsText(
  target: RunHeader['target'],
  of: readonly (keyof Versions)[] = Object.keys(names) as (keyof Versions)[],
): string {
  const known = of.flatMap((name) => {
    const version = target?.versions[name]
    return version === undefined ? [] : [`${names[name]} ${version}`]
  })
  const all = [...known, ...otherModules(target)]
  if (all.length === 0) return target?.demonstration ? 'no Drupal' : 'versions unknown'
  return `${target?.demonstration ? 'imitates ' : ''}${all.join(', ')}${target?.stated ? ' (declared in the site file, not detected)' : ''}`
}

/** Enabled OAuth modules besides those whose version is named anyway. */
function otherModules(target: RunHeader['target']): string[] {
  const own = new Set(['simple_oauth', 'consumers'])
  return Object.entries(target?.modules ?? {}).flatMap(([name, version]) =>
    own.has(name) ? [] : [`${name} ${version}`.trim()],
  )
}
