import { diagnoses, type Diagnosis, type DiagnosisId, type DiagnosisSigns } from '../../fixtures/diagnoses.ts'
import { TransportError, type HttpClient } from '../http/client.ts'
import { header, type Exchange } from '../model/exchange.ts'
import type { Signs, Site } from './signs.ts'

/** A condition that was found, in words. */
export interface Diagnosed {
  readonly id: DiagnosisId
  /** One sentence without a full stop. */
  readonly cause: string
  /** Whole sentences. */
  readonly remedy: string
}

/** Names the condition that the signs show; null if no rule matches. */
export function diagnose(signs: Signs): Diagnosed | null {
  const rules = Object.entries(diagnoses) as [DiagnosisId, Diagnosis][]
  const rule = rules.find(([, { when }]) => when !== undefined && fits(when, signs))
  if (!rule) return null
  const [id, { when }] = rule
  const said = signs.words.find((line) => when?.says?.test(line) ?? true) ?? ''
  return diagnosed(id, {
    location: signs.location ?? '',
    fields: signs.unfilled.join(', '),
    what: signs.formByHttp ?? '',
    says: id === 'consent-field-required' ? (said === '' ? '' : `; it says "${said}"`) : said || 'it gives no reason',
  })
}

/** A condition by its ID, with the values that its sentence names. */
export function diagnosed(id: DiagnosisId, values: Readonly<Record<string, string>> = {}): Diagnosed {
  const { cause, remedy }: Diagnosis = diagnoses[id]
  const fill = (text: string): string => text.replace(/\{(\w+)\}/gu, (whole, name: string) => values[name] ?? whole)
  return { id, cause: fill(cause), remedy: fill(remedy) }
}

/** Cause and remedy in one line. */
export const diagnosisText = ({ cause, remedy }: Pick<Diagnosed, 'cause' | 'remedy'>): string =>
  `${cause.replace(/\.$/u, '')}. ${remedy}`

type Test = {
  readonly [name in keyof DiagnosisSigns]-?: (wanted: NonNullable<DiagnosisSigns[name]>, signs: Signs) => boolean
}

const tests: Test = {
  endpoint: (wanted, { endpoint }) => endpoint !== null && wanted.includes(endpoint),
  method: (wanted, { method }) => method === wanted,
  status: (wanted, { status, location }) =>
    wanted === 'server error'
      ? status >= 500 && status < 600
      : wanted === 'redirect'
        ? location !== null
        : wanted.includes(status),
  error: (wanted, { error }) => error !== null && wanted.includes(error),
  says: (wanted, { words }) => words.some((line) => wanted.test(line)),
  sent: (wanted, { sent }) => sent === wanted,
  redirect: (wanted, { redirect }) => redirect !== null && wanted.includes(redirect),
  form: (wanted, { form }) => form === wanted,
  formByHttp: (_, { formByHttp }) => formByHttp !== null,
  unfilled: (_, { unfilled }) => unfilled.length > 0,
  captcha: (_, { captcha }) => captcha,
  encoded: (_, { encoded }) => encoded,
  headerArrives: (wanted, { headerArrives }) => headerArrives === wanted,
}

const fits = (when: DiagnosisSigns, signs: Signs): boolean =>
  (Object.keys(when) as (keyof DiagnosisSigns)[]).every((name) =>
    (tests[name] as (wanted: unknown, signs: Signs) => boolean)(when[name], signs),
  )

/**
 * Whether the Authorization header reaches Drupal, which answers a malformed token with 401 and an error (RFC 6750 §3.1) on any route. Null
 * if the answers do not show it.
 */
export async function headerArrives(http: HttpClient, { baseUrl, endpoints }: Site): Promise<boolean | null> {
  const ask = async (headers: readonly (readonly [string, string])[]): Promise<Exchange['response']> => {
    const accept = ['accept', 'application/json, */*;q=0.1'] as const
    const url = baseUrl + endpoints.resource
    return (await http.send({ method: 'GET', url, headers: [accept, ...headers] })).response
  }
  try {
    const malformed = await ask([['authorization', 'Bearer malformed']])
    const none = await ask([])
    if (malformed.status !== none.status) return true
    if (none.status !== 401) return false
    const hasError = /error="?invalid_token/u.test(header(malformed, 'www-authenticate') ?? '')
    return hasError && !/error=/u.test(header(none, 'www-authenticate') ?? '') ? true : null
  } catch (error) {
    if (error instanceof TransportError) return null
    throw error
  }
}
