import { diagnoses, layers, type DiagnosisId, type Layer } from '../../fixtures/diagnoses.ts'
import type { Site } from '../diagnosis/signs.ts'
import { DrushError } from '../drupal/drush.ts'
import { createHttpClient, TransportError, type HttpClient } from '../http/client.ts'
import { TargetError, type TargetInfo } from '../model/target.ts'
import { drushTimeout, siteRedactor } from '../targets/site/login-link.ts'
import {
  baseUrlOf,
  defaultLogin,
  defaultResource,
  jwksPath,
  tokenPath,
  unreachable,
} from '../targets/site/probe-site.ts'
import { drushWords, type LoadedSiteFile } from '../targets/site/site-file.ts'
import { siteTarget } from '../targets/site/site-target.ts'
import { readDrushFacts, type DrushFacts } from '../drupal/drush-facts.ts'
import { examineDownload, examineFront } from './examine-front.ts'
import { examineFacts } from './examine-facts.ts'
import { examineFlows } from './examine-flow.ts'
import { examineMachine, failed } from './examine-machine.ts'
import { doctorReport, type DoctorReport, type Examined } from './report.ts'

/** What is examined: a codebase on this machine, an existing site, or both. */
export interface DoctorOptions {
  /** Null if no codebase is named. */
  readonly codebase: string | null
  readonly php: string
  /** Overrides the one in the site file. */
  readonly baseUrl: string | null
  readonly site: LoadedSiteFile | null
  /** The command that runs drush for the site; overrides the one in the site file. */
  readonly drush: string | null
  /** PEM of a certificate authority to trust. */
  readonly ca: string | null
  /** Milliseconds. */
  readonly requestTimeout: number
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Examines the layers of a site, from this machine to the resource that a token opens. Changes no setting and no entity; with a site file,
 * each mapped user logs in once, and each mapped client gets one token.
 * @throws TargetError `nothing-to-examine`, `bad-base-url`; everything else is a finding.
 */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const { codebase, site, environment } = options
  const address = options.baseUrl ?? site?.content.baseUrl ?? null
  if (codebase === null && address === null)
    throw new TargetError(
      'nothing-to-examine',
      'Nothing to examine: name a site with --base-url URL or --site FILE, or a codebase with --codebase DIR.',
    )
  const baseUrl = address === null ? null : baseUrlOf(address)
  const found: Examined[] = codebase === null ? [] : await examineMachine(codebase, options.php, environment)
  if (baseUrl !== null) found.push(...(await examineSite(options, baseUrl)))
  const subject = [...(codebase === null ? [] : [codebase]), ...(baseUrl === null ? [] : [baseUrl])].join(' · ')
  return doctorReport(subject, [...found, ...notExamined(found, codebase === null, baseUrl === null)])
}

/** The layers that were not examined, with the reason. */
function notExamined(found: readonly Examined[], noCodebase: boolean, noSite: boolean): Examined[] {
  const machine: readonly Layer[] = ['php', 'engine', 'code']
  const first = found.find(({ state, layer }) => state === 'problem' && !machine.includes(layer))
  const why = (layer: Layer): string => {
    if (machine.includes(layer)) return noCodebase ? 'no codebase is named (--codebase)' : 'not reached'
    if (noSite) return 'no site is named (--base-url, --site); a run installs a site of its own from a codebase'
    if (layer === 'keys' && found.some((one) => one.layer === 'resource' && one.state === 'ok'))
      return 'an access token is issued and accepted; the files and their modes need drush'
    if (first !== undefined) return `the problem in ${layers[first.layer]} comes first`
    return layer === 'drush'
      ? 'no drush command is named (--drush, or drush in the site file)'
      : 'needs a site file or drush'
  }
  const missing = (Object.keys(layers) as Layer[]).filter((layer) => !found.some((one) => one.layer === layer))
  return missing.map((layer) => ({ layer, state: 'not checked', text: why(layer) }))
}

async function examineSite(options: DoctorOptions, baseUrl: string): Promise<Examined[]> {
  const content = options.site?.content ?? {}
  const http = createHttpClient({
    ...{ origin: new URL(baseUrl).origin, timeout: options.requestTimeout, bodyLimit, connections: 2 },
    ...(options.ca === null ? {} : { ca: options.ca }),
    ...(content.httpBasic ? { basic: content.httpBasic } : {}),
  })
  const place: Site = {
    baseUrl,
    endpoints: {
      ...{ authorize: '/oauth/authorize', token: tokenPath, jwks: jwksPath, userinfo: '/oauth/userinfo' },
      resource: content.resource ?? defaultResource,
      login: content.login ?? defaultLogin,
    },
  }
  try {
    const { found, facts } = await examineDrush(options)
    const reached = await reach(options, baseUrl)
    found.push(...reached.found)
    // A site that cannot be reached gets no more requests, unless something in front of it is known to answer.
    if (reached.info !== null || reached.isDrupal) found.push(...(await examineFront(http, place)))
    const key = facts?.keys.private.belowDocroot ?? null
    if (key !== null && reached.isDrupal) found.push(...(await examineDownload(http, baseUrl, key)))
    const blocked = found.some(
      ({ state, layer }) => state === 'problem' && ['address', 'post', 'drush'].includes(layer),
    )
    if (reached.info !== null && !blocked && options.site !== null)
      found.push(...(await examineFlows(http, reached.info)))
    return found
  } catch (error) {
    const known = unreachable(baseUrl, error)
    if (known instanceof TargetError || error instanceof TransportError)
      return [failed('site', known as TargetError | TransportError)]
    throw error
  } finally {
    await (http satisfies HttpClient).close()
  }
}

const bodyLimit = 1024 * 1024

/** Error codes of targets that concern a layer other than the web server. */
const layerOf: Readonly<Record<string, Layer>> = {
  redirected: 'address',
  'mapping-wrong': 'consumers',
  'drush-failed': 'drush',
  'module-missing': 'site',
}

async function reach(
  { site, requestTimeout, ca }: DoctorOptions,
  baseUrl: string,
): Promise<{ readonly found: Examined[]; readonly info: TargetInfo | null; readonly isDrupal: boolean }> {
  const target = siteTarget({ baseUrl, site, workers: 2, requestTimeout, ca, stress: false })
  try {
    const info = await target.start(() => undefined)
    const { drupal, simple_oauth } = info.versions
    const text = `Drupal${drupal === undefined ? '' : ` ${drupal}`} with Simple OAuth${simple_oauth === undefined ? '' : ` ${simple_oauth}`}`
    return { found: [{ layer: 'site', state: 'ok', text }], info, isDrupal: true }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    const known = Object.hasOwn(diagnoses, error.code) ? diagnoses[error.code as DiagnosisId].layer : undefined
    const layer = layerOf[error.code] ?? known ?? 'site'
    const answered = layer === 'consumers' || layer === 'drush' || known !== undefined
    return {
      found: [
        ...(answered ? [{ layer: 'site', state: 'ok', text: 'Drupal with Simple OAuth' } as const] : []),
        failed(layer, error),
      ],
      ...{ info: null, isDrupal: answered },
    }
  }
}

async function examineDrush({
  drush,
  site,
}: DoctorOptions): Promise<{ readonly found: Examined[]; readonly facts: DrushFacts | null }> {
  const content = site?.content ?? {}
  const command = drush ?? content.drush
  if (command === undefined) return { found: [], facts: null }
  const names = Object.values(content.users ?? {}).flatMap(({ name }) => (name === undefined ? [] : [name]))
  try {
    const words = drushWords(command)
    const redact = siteRedactor(content)
    const facts = await readDrushFacts({ command: words, timeout: drushTimeout, redact }, names)
    const { drupal = '?', simple_oauth = '?' } = facts.versions
    const text = `Drupal ${drupal}, Simple OAuth ${simple_oauth}`
    const found = examineFacts(facts, Object.values(content.scopes ?? {}))
    return { found: [{ layer: 'drush', state: 'ok', text }, ...found], facts }
  } catch (error) {
    if (!(error instanceof DrushError)) throw error
    const [line] = error.lines.slice(-1)
    const message = line === undefined ? error.message : `${error.message} Its last line: ${line}`
    return { found: [failed('drush', { code: error.code, message })], facts: null }
  }
}
