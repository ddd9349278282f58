import { parseArgs } from 'node:util'
import { faults } from '../reference/faults/index.ts'
import { referenceTarget, type ReferenceTargetOptions } from '../targets/reference-target.ts'
import { settingRows } from '../settings/settings-table.ts'
import { SettingsError } from '../settings/settings.ts'
import type { TargetInfo } from '../model/target.ts'

const profiles = settingRows.referenceProfile.values

const usage = `Usage
  simple-oauth-contract reference [--port N] [--profile ${profiles.join('|')}] [--fault NAME] [--language en|de]

Serves the reference server on 127.0.0.1 until Ctrl-C, for building clients against it or watching a weakness.
It is no Drupal. Users, clients and secrets are made anew at every start.

Faults
${faults.map((fault) => `  ${fault.id.padEnd(34)} ${fault.gain}`).join('\n')}`

/**
 * Serves the reference server by itself.
 * @throws SettingsError for a flag that is unknown or cannot be used, TargetError for an unknown fault or a taken port.
 */
export async function serveReference(argv: readonly string[], say: (text: string) => void): Promise<void> {
  const flags = read(argv)
  if (flags.help) {
    say(usage)
    return
  }
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  const target = referenceTarget(flags.options)
  const info = await target.start(() => undefined)
  say(description(info))
  await ended
  target.stop()
}

function read(argv: readonly string[]): { help: boolean; options: ReferenceTargetOptions } {
  const text = { type: 'string' } as const
  let values
  try {
    values = parseArgs({
      args: [...argv],
      options: { port: text, profile: text, fault: text, language: text, help: { type: 'boolean', short: 'h' } },
    }).values
  } catch (error) {
    throw new SettingsError('unknown-setting', `${error instanceof Error ? error.message : ''} See reference --help.`)
  }
  const { port = '0', profile = 'simple-oauth-6.0', fault, language = 'en', help = false } = values
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new SettingsError('bad-value', `--port is a number from 0 to 65535 (0: any free one), not "${port}".`)
  }
  const knownProfile = profiles.find((known) => known === profile)
  if (!knownProfile)
    throw new SettingsError('bad-value', `--profile is one of ${profiles.join(', ')}, not "${profile}".`)
  const knownLanguage = (['en', 'de'] as const).find((known) => known === language)
  if (!knownLanguage) throw new SettingsError('bad-value', `--language is en or de, not "${language}".`)
  const options = { port: Number(port), profile: knownProfile, language: knownLanguage }
  return { help, options: fault === undefined ? options : { ...options, fault } }
}

function description(info: TargetInfo): string {
  const at = (path: string): string => info.baseUrl + path
  return [
    info.label,
    '',
    `  authorize  ${at(info.endpoints.authorize)}`,
    `  token      ${at(info.endpoints.token)}`,
    `  jwks       ${at(info.endpoints.jwks)}`,
    `  resource   ${at(info.endpoints.resource)}`,
    `  login      ${at(info.endpoints.login)}`,
    '',
    '  users (name, password)',
    ...Object.values(info.users).map(({ name, password }) => `    ${name.padEnd(30)} ${password}`),
    '',
    '  clients (client_id, client_secret, redirect URI)',
    ...Object.values(info.clients).map(
      ({ client_id, client_secret = '–', redirectUris }) =>
        `    ${client_id.padEnd(30)} ${client_secret.padEnd(24)} ${redirectUris.join(' ')}`,
    ),
    '',
    `  scopes     ${Object.values(info.scopes).join('  ')}`,
    '',
    'Ctrl-C ends it.',
  ].join('\n')
}
