import { describe, expect, test } from 'vitest'
import { diagnoses, type Diagnosis, type DiagnosisId } from '../../fixtures/diagnoses.ts'
import { diagnose, diagnosisText } from '../../helpers/diagnosis/diagnose.ts'
import { signsOf } from '../../helpers/diagnosis/signs.ts'
import type { Exchange } from '../../helpers/model/exchange.ts'
import { conditions } from '../support/conditions.ts'

const site = (baseUrl = 'http://site.test') => ({
  baseUrl,
  endpoints: {
    ...{ authorize: '/oauth/authorize', token: '/oauth/token', jwks: '/oauth/jwks', userinfo: '/oauth/userinfo' },
    ...{ resource: '/oauth/debug?_format=json', login: '/user/login' },
  },
})

interface Answer {
  readonly what: string
  readonly baseUrl?: string
  readonly authorization?: string
  readonly status: number
  readonly location?: string
  readonly body?: string
  readonly log?: readonly string[]
  readonly arrives?: boolean
}

function found({
  what,
  baseUrl = 'http://site.test',
  authorization,
  status,
  location,
  body = '',
  log,
  arrives,
}: Answer) {
  const [method = '', path = ''] = what.split(' ')
  const exchange: Exchange = {
    request: {
      method,
      url: baseUrl + path,
      headers: authorization ? [['authorization', authorization]] : [],
      body: null,
    },
    response: { status, headers: location === undefined ? [] : [['location', location]], body, truncated: false },
    milliseconds: 1,
  }
  return diagnose(signsOf(exchange, site(baseUrl), log ?? [], arrives ?? null))
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
const invalidKey = 'Uncaught PHP Exception LogicException: "Invalid key supplied" at CryptKey.php line 72'
const broken = 'The website encountered an unexpected error. Try again later.'

/** Conditions that no proxy in front of the reference server shows: logs, https, Basic authentication. */
const others: Readonly<Record<string, readonly [DiagnosisId, Answer]>> = {
  'an invalid private key, by the log': [
    'private-key-invalid',
    { what: 'POST /oauth/token', status: 500, body: broken, log: [invalidKey] },
  ],
  'an invalid public key, by the log': [
    'public-key-invalid',
    { what: 'GET /oauth/debug?_format=json', status: 500, body: broken, log: [invalidKey] },
  ],
  'an unreadable private key, by the log': [
    'private-key-unreadable',
    {
      what: 'POST /oauth/token',
      status: 500,
      body: '{"error":"server_error","error_description":"You need to set the OAuth2 private key."}',
      log: [
        'PHP Warning:  file_get_contents(/srv/keys/private.key): Failed to open stream: Permission denied in x.php',
      ],
    },
  ],
  'a redirect to https': [
    'redirected-to-https',
    { what: 'GET /oauth/authorize?client_id=a', status: 301, location: 'https://site.test/oauth/authorize' },
  ],
  'a redirect to http behind TLS': [
    'proxy-scheme',
    {
      what: 'GET /oauth/authorize',
      baseUrl: 'https://site.test',
      status: 302,
      location: 'http://site.test/user/login',
    },
  ],
  'a form by http behind TLS': [
    'proxy-scheme-form',
    {
      ...{ what: 'GET /user/login', baseUrl: 'https://site.test', status: 200 },
      body: '<form method="post" id="user-login-form" action="http://site.test/user/login"><input name="name"><input type="password" name="pass"></form>',
    },
  ],
  'a stripped Basic header': [
    'basic-stripped',
    { what: 'POST /oauth/token', authorization: basic('a:b'), status: 400, arrives: false },
  ],
  'Basic that is not decoded': [
    'basic-not-decoded',
    {
      what: 'POST /oauth/token',
      authorization: basic('a:b%20c'),
      status: 401,
      body: '{"error":"invalid_client"}',
      arrives: true,
    },
  ],
  'a consumer without a user': [
    'consumer-without-user',
    { what: 'POST /oauth/token', status: 500, body: '{"error_description":"Invalid default user for client."}' },
  ],
  'a key set elsewhere': [
    'key-set-redirected',
    { what: 'GET /oauth/jwks', status: 301, location: '/.well-known/jwks.json' },
  ],
  'no key set': ['key-set-missing', { what: 'GET /oauth/jwks', status: 404 }],
}

describe('a rule', () => {
  test.each(Object.entries(others))('knows %s', (_, [id, answer]) => {
    expect(found(answer)?.id).toBe(id)
  })

  test('is tried, if an answer can show it', () => {
    const tried = [...Object.values(others).map(([id]) => id), ...Object.values(conditions).map(({ id }) => id)]
    const ids = (Object.entries(diagnoses) as [DiagnosisId, Diagnosis][]).flatMap(([id, { when }]) =>
      when ? [id] : [],
    )
    expect([...new Set(tried)].sort()).toEqual(ids.sort())
  })

  test('does not match unrelated answers', () => {
    expect(found({ what: 'POST /oauth/token', status: 400, body: '{"error":"invalid_grant"}' })).toBeNull()
    expect(found({ what: 'POST /oauth/token', status: 500, body: broken })).toBeNull()
    expect(found({ what: 'POST /oauth/token', authorization: basic('a:b'), status: 401, arrives: true })).toBeNull()
    expect(found({ what: 'POST /user/login', status: 303, location: '/user/2' })).toBeNull()
    expect(found({ what: 'GET /oauth/debug', authorization: 'Bearer a', status: 401, arrives: true })).toBeNull()
  })

  test('says in one line what is wrong and what to do, without a query', () => {
    const { what } = { what: 'POST /oauth/token' }
    const text = found({ what, status: 301, location: 'https://site.test/oauth/token?code=secret' })
    expect(text && diagnosisText(text)).toBe(
      'The web server redirects POST requests to https://site.test/oauth/token, and clients follow a 301 or 302 with GET (RFC 9110 §15.4.2), ' +
        'so the form is lost. Use the address after the redirect as the base URL, or make the web server stop redirecting POST requests.',
    )
  })

  test('fills in every part of its sentences', () => {
    for (const [, answer] of Object.values(others)) expect(JSON.stringify(found(answer))).not.toMatch(/\{\w+\}/u)
  })
})
