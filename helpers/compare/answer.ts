import type { Json } from '../model/verdict.ts'

/** What a client got: `refused` with an error, `broken` by a server error (5xx), `asks` the user first. */
export type AnswerKind = 'granted' | 'refused' | 'broken' | 'asks' | 'other'

type Observed = { readonly [path: string]: Json }

const isObject = (value: Json | undefined): value is { readonly [member: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Status, error, redirect and page as one fact, because they change together. */
export function answerOf(observed: Observed): Json | undefined {
  const { status, error, page, json } = observed
  if (status === undefined) return undefined
  const params = observed['callback.params']
  const issued = isObject(json) && 'access_token' in json
  return {
    status,
    ...(Array.isArray(params)
      ? { redirect: params.includes('code') ? 'code' : params.includes('error') ? 'error' : 'other' }
      : {}),
    ...(issued ? { issued: true } : {}),
    ...(page === undefined ? {} : { page }),
    ...(error === undefined ? {} : { error }),
  }
}

/** Endpoints that return what they protect with a plain 200. */
const disclosing: readonly (string | null)[] = ['resource', 'userinfo', 'jwks']

export function kindOfAnswer(answer: Json | undefined, endpoint: string | null): AnswerKind {
  if (!isObject(answer)) return 'other'
  const { status, redirect, issued, page, error } = answer
  if (typeof status !== 'number') return 'other'
  if (status >= 500) return 'broken'
  if (issued === true || redirect === 'code') return 'granted'
  if (status >= 400 || redirect === 'error' || page === 'error' || error !== undefined) return 'refused'
  if (page === 'consent' || page === 'login') return 'asks'
  return status < 300 && disclosing.includes(endpoint) ? 'granted' : 'other'
}

/** "400 invalid_grant", "200, tokens issued", "302 redirect, code", "302 redirect, access_denied", "200, consent page" */
export function answerText(answer: Json | undefined): string {
  if (!isObject(answer)) return 'absent'
  const { status, redirect, issued, page, error } = answer
  const plain = (value: Json | undefined): string =>
    value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  if (redirect !== undefined) {
    const to = redirect === 'code' ? ', code' : error === undefined ? '' : `, ${plain(error)}`
    return `${plain(status)} redirect${to}`
  }
  const code = error === undefined ? '' : ` ${plain(error)}`
  const more = [issued === true ? 'tokens issued' : '', page === undefined ? '' : `${plain(page)} page`]
  return [`${plain(status)}${code}`, ...more.filter((text) => text !== '')].join(', ')
}
