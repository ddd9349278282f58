import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { createHttpClient } from '../http/client.ts'
import { SettingsError, type Settings } from '../settings/settings.ts'
import { baseUrlOf, defaultResource, probeSite, unreachable, type SiteFacts } from '../targets/site/probe-site.ts'
import { transportWarnings } from '../targets/site/transport-warnings.ts'
import { TargetError } from '../model/target.ts'
import { packageRoot } from '../model/package.ts'
import { readAuthority } from '../plan/plan.ts'
import { proposedLines } from '../exported-config/propose-site.ts'
import { readDrushFacts, type DrushFacts } from '../drupal/drush-facts.ts'
import { commandWords } from '../drupal/site-drush.ts'
import { siteFileText } from './site-file-text.ts'
import { proposedConsumers, type ProposedConsumers } from './propose-consumers.ts'
import { readConfig } from '../exported-config/read-config.ts'
import { shellQuote } from '../report/escape.ts'

export interface InitOptions {
  /** The file to write. */
  readonly out: string
  /** Overwrite a file that exists. */
  readonly force: boolean
  /** How the user calls the command. */
  readonly command: string
  /** Whether Node accepts every certificate (NODE_TLS_REJECT_UNAUTHORIZED=0). */
  readonly uncheckedTls: boolean
  /** Receives warnings that the user must see before the first request. */
  readonly say: (line: string) => void
}

/**
 * Probes a site and writes a site file for the user to complete.
 * @returns What to tell the user.
 * @throws TargetError where the site cannot be tested, SettingsError where the file cannot be written.
 */
export async function init(
  settings: Settings,
  { out: file, force, command, uncheckedTls, say }: InitOptions,
): Promise<string> {
  if (settings.baseUrl === null && settings.config === null && settings.drush === null)
    throw new SettingsError('bad-value', '"init" requires the address of the site: --base-url URL.')
  if (existsSync(file) && !force)
    throw new SettingsError(
      'bad-value',
      `${file} already exists. Name another file with --out, or overwrite it with --force.`,
    )
  const exported = settings.config === null ? null : proposedLines(readConfig(settings.config))
  const read = settings.drush === null ? null : proposedConsumers(await drushFacts(settings.drush, say))
  const proposed = read ?? exported
  const baseUrl = settings.baseUrl === null ? null : baseUrlOf(settings.baseUrl)
  if (baseUrl !== null) for (const warning of transportWarnings(baseUrl, uncheckedTls)) say(`warning: ${warning}`)
  const facts = baseUrl === null ? null : await factsOf(baseUrl, settings)
  try {
    writeFileSync(
      file,
      siteFileText(baseUrl, facts, {
        ...{ schema: schemaFrom(file), ca: settings.ca && from(file, settings.ca), proposed },
        ...(read === null ? {} : { versions: read.versions, drush: settings.drush }),
      }),
    )
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SettingsError('bad-value', `${file} cannot be written: ${why}. Name another file with --out.`)
  }
  return [
    ...(baseUrl === null ? [] : seen(baseUrl, facts)),
    ...(read === null ? [] : proposedText(read)),
    `Created ${file}. Complete it, put the secrets into the environment or .env, and run`,
    `  ${command} --site ${shellQuote(file)}`,
  ].join('\n')
}

/** Reads only; the command is run without a shell. */
function drushFacts(command: string, say: (line: string) => void): Promise<DrushFacts> {
  say('· reading consumers and scopes with drush')
  return readDrushFacts({ command: commandWords(command), timeout: 120_000, redact: (text) => text }, [])
}

function proposedText({ policy, secrets }: ProposedConsumers): string[] {
  const count = policy.filter((line) => line.startsWith('  - consumer:')).length
  return [
    `Proposed a policy for ${String(count)} consumer${count === 1 ? '' : 's'}, as they are set now: keep what you guarantee.`,
    ...(secrets.length > 0 ? [`Secrets that the file names: ${secrets.join(', ')}.`] : []),
  ]
}

/** Null if the site requires HTTP authentication first; the file has a place for it. */
async function factsOf(baseUrl: string, settings: Settings): Promise<SiteFacts | null> {
  const ca = readAuthority(settings)
  const http = createHttpClient({
    ...{ origin: new URL(baseUrl).origin, timeout: settings.requestTimeout * 1000, bodyLimit: 1024 * 1024 },
    ...{ connections: 1, ...(ca === null ? {} : { ca }) },
  })
  try {
    return await probeSite(http, { baseUrl, resource: defaultResource, httpBasic: false })
  } catch (error) {
    if (error instanceof TargetError && error.code === 'http-basic-needed') return null
    throw unreachable(baseUrl, error)
  } finally {
    await http.close()
  }
}

function seen(baseUrl: string, facts: SiteFacts | null): string[] {
  if (facts === null) return [`${baseUrl} requires HTTP authentication: fill in httpBasic.`]
  const version = facts.drupal === null ? 'Drupal' : `Drupal ${facts.drupal}`
  const keys = facts.jwks ? 'its public keys are at /oauth/jwks' : 'it publishes no keys at /oauth/jwks'
  const resource = facts.resource ? `${defaultResource} exists` : `${defaultResource} does not exist: name a resource`
  return [`${baseUrl} is a ${version} site with Simple OAuth; ${keys}; ${resource}.`]
}

/** A path relative to the folder of the file. */
const from = (file: string, path: string): string =>
  relative(dirname(resolve(file)), resolve(path)).replaceAll('\\', '/')

/** The path at which an editor finds the schema. */
const schemaFrom = (file: string): string => from(file, join(packageRoot, 'fixtures', 'schemas', 'site.schema.json'))
