import { faults, upgradeFaults } from '../reference/faults/index.ts'
import { referenceTarget, type ReferenceTargetOptions } from '../targets/reference-target.ts'
import type { FlagValues } from '../settings/flags.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { wrapped } from './list.ts'
import type { TargetInfo } from '../model/target.ts'

/** Every fault, those of an upgrade last, with what an attacker gains by it, in lines of 80 columns. */
export const listFaults = (): string =>
  [...faults, ...upgradeFaults]
    .map(({ id, gain }) => [id, ...wrapped(gain.split(' '), ' ', 76).map((line) => `    ${line}`)].join('\n'))
    .join('\n')

/**
 * Serves the reference server on its own, until a signal comes.
 * @throws SettingsError for a port that is not a number, TargetError for an unknown fault or a port in use.
 */
export async function serveReference(flags: FlagValues, say: (text: string) => void): Promise<void> {
  const options = optionsFrom(flags)
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  const target = referenceTarget(options)
  const info = await target.start(() => undefined)
  say(description(info))
  await ended
  target.stop()
}

function optionsFrom({
  port = '0',
  profile = 'simple-oauth-6.0',
  language = 'en',
  fault,
}: FlagValues): ReferenceTargetOptions {
  if (!/^\d{1,5}$/u.test(String(port)) || Number(port) > 65_535)
    throw new SettingsError('bad-value', `--port must be a number from 0 to 65535, got "${String(port)}".`)
  return {
    port: Number(port),
    profile: profile === 'ideal' || profile === 'simple-oauth-21' ? profile : 'simple-oauth-6.0',
    language: language === 'de' ? 'de' : 'en',
    ...(typeof fault === 'string' ? { fault } : {}),
  }
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
    'Press Ctrl-C to stop it.',
  ].join('\n')
}
