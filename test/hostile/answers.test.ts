import { expect } from 'vitest'
import type { Answer, Asked, Breaks } from '../support/hostile-proxy.ts'
import { everyKeySet, everyToken, hostile, usual } from './run.ts'

type Members = Record<string, unknown>

const json = ['content-type', 'application/json']
/** Each token response, changed. */
const issued =
  (change: (members: Members, asked: Asked) => unknown): Breaks =>
  (asked) =>
    asked.what === 'POST /oauth/token' && asked.healthy.status === 200
      ? { body: latin1(JSON.stringify(change(JSON.parse(asked.healthy.body) as Members, asked))) }
      : null
/** Each refusal of the token endpoint, changed; the controls before it are healthy. */
const refused =
  (answer: (asked: Asked) => Answer): Breaks =>
  (asked) =>
    asked.what === 'POST /oauth/token' && asked.healthy.status >= 400 ? answer(asked) : null
const keySet =
  (body: unknown): Breaks =>
  (asked) =>
    asked.what === 'GET /oauth/jwks' ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : null
/** The claims of each access token, changed, the signature kept. */
const claims = (change: (claims: Members) => unknown): Breaks =>
  issued((members) => {
    const [header = '', payload = '', signature = ''] = String(members['access_token']).split('.')
    const changed = change(JSON.parse(Buffer.from(payload, 'base64url').toString()) as Members)
    const text = typeof changed === 'string' ? changed : JSON.stringify(changed)
    return { ...members, access_token: [header, Buffer.from(text).toString('base64url'), signature].join('.') }
  })
const latin1 = (text: string): string => Buffer.from(text).toString('latin1')
const noSuccess = {
  ...everyToken('blocked step-failed'),
  'access-token.lifetime': 'blocked no-token',
  'access-token.signature': 'blocked no-token',
}
/** The token is opaque and useless, but it is one: its lifetime is the response's `expires_in`. */
const opaque = {
  'access-token.signature': 'fail access_token.signature access_token.header.alg',
  'refresh.rotation': 'blocked no-token',
  'bearer.scope-missing': 'blocked step-failed',
  'bearer.forged [expiry changed]': 'blocked step-failed',
  'bearer.forged [public key as HMAC secret]': 'blocked step-failed',
}
const tokenRefusals = (verdict: string) => ({
  'pkce.verifier-mismatch': verdict,
  'client-credentials.wrong-secret [arbitrary string]': verdict,
})
const attack =
  '\u001b]0;owned\u0007\u001b[2J\r\n::error file=a::owned\r\n##[error]x\u009b31m<script>alert(1)</script>\u202e|`'

hostile('token responses', {
  'are JSON, but no object': { breaks: issued((members) => [members]), verdicts: noSuccess },
  'are null': { breaks: issued(() => null), verdicts: noSuccess },
  'are a text': { breaks: issued((members) => members['access_token']), verdicts: noSuccess },
  'are HTML by their type': {
    breaks: ({ what, healthy }) =>
      what === 'POST /oauth/token' ? { headers: ['content-type', 'text/html'], body: healthy.body } : null,
    checks: [...usual, 'token.media-type'],
    verdicts: { 'token.media-type': 'fail header.content-type' },
  },
  'are broken UTF-8': {
    breaks: (asked) =>
      asked.what === 'POST /oauth/token'
        ? { body: asked.healthy.body.replace(/_token":"/gu, '_token":"\xff\xc3(') }
        : null,
    verdicts: {
      ...everyToken('blocked step-failed'),
      'access-token.lifetime': 'pass',
      'access-token.signature': 'fail access_token.signature access_token.header.alg',
    },
  },
  'name the token twice, the second empty': {
    breaks: (asked) =>
      asked.what === 'POST /oauth/token' ? { body: asked.healthy.body.replace(/\}$/u, ',"access_token":null}') } : null,
    verdicts: {
      ...everyToken('blocked step-failed'),
      'access-token.lifetime': 'blocked no-token',
      'access-token.signature': 'blocked no-token',
    },
    also: (results) => {
      // The one that a parser skips is still a token.
      expect(JSON.stringify(results)).not.toMatch(/eyJ[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}/u)
    },
  },
  'nest 200,000 levels': {
    breaks: (asked) =>
      asked.what === 'POST /oauth/token'
        ? { body: asked.healthy.body.replace(/\}$/u, `,"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`) }
        : null,
    verdicts: noSuccess,
  },
  'nest the scope 5,000 levels': {
    breaks: claims((members) =>
      JSON.stringify({ ...members, scope: 0 }).replace(
        '"scope":0',
        `"scope":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
      ),
    ),
    checks: [...usual, 'access-token.scope', 'access-token.registered-claims'],
    verdicts: {
      ...opaque,
      'refresh.rotation': 'blocked no-token',
      'access-token.scope': 'blocked no-token',
      'access-token.registered-claims': 'blocked no-token',
    },
  },
  'hold what cannot be a text, where texts are compared': {
    breaks: claims((members) => ({
      ...members,
      scope: [{ toString: 1, valueOf: 1 }, { toString: null }, null],
      jti: { toString: 1 },
      iat: { valueOf: null },
      aud: [{ toJSON: 1 }],
      ['__proto__']: { polluted: true },
    })),
    checks: [
      ...usual,
      'access-token.scope',
      'access-token.registered-claims',
      'access-token.unique',
      'access-token.audience',
    ],
    verdicts: {
      ...opaque,
      'access-token.signature': 'fail access_token.signature',
      'refresh.rotation': 'fail access_token.claims.scope',
      'access-token.scope': 'fail access_token.claims.scope',
      'access-token.registered-claims': 'fail access_token.claims',
      'access-token.unique': 'fail access_token.claims.jti',
      'access-token.audience': 'warn access_token.claims.aud',
    },
    also: () => {
      expect('polluted' in {}).toBe(false)
    },
  },
  'have a token that is a number': {
    breaks: issued((members) => ({ ...members, access_token: 1e21 })),
    verdicts: {
      ...everyToken('blocked step-failed'),
      'access-token.lifetime': 'blocked no-token',
      'access-token.signature': 'blocked no-token',
    },
  },
  'have a token that is an object': {
    breaks: issued((members) => ({ ...members, access_token: { toString: 1 } })),
    verdicts: {
      ...everyToken('blocked step-failed'),
      'access-token.lifetime': 'blocked no-token',
      'access-token.signature': 'blocked no-token',
    },
  },
  'have a token of one character': {
    breaks: issued((members) => ({ ...members, access_token: 'a' })),
    verdicts: opaque,
  },
  'have a token that is a word of ours': {
    breaks: issued((members) => ({ ...members, access_token: 'access_token.lifetime', refresh_token: 'passed' })),
    verdicts: {
      ...opaque,
      'refresh.rotation': 'fail token.issued json.refresh_token json.access_token access_token.claims.scope',
    },
  },
  'have a token that is the name of a contract': {
    breaks: issued((members, { body }) => ({
      ...members,
      access_token: body.includes('refresh_token=') ? 'step-failed' : 'refresh.rotation',
    })),
    verdicts: { ...opaque, 'refresh.rotation': 'blocked no-token' },
  },
  'have a token that is not a JWT, and any token opens': {
    breaks: (asked) =>
      asked.what === 'GET /oauth/debug'
        ? { status: 200, headers: json, body: '{}' }
        : issued((members) => ({ ...members, access_token: 'opaque-token-0123456789' }))(asked),
    verdicts: {
      ...opaque,
      'bearer.scope-missing': 'fail resource.access',
      'bearer.forged [expiry changed]': 'blocked not-a-jwt',
      'bearer.forged [public key as HMAC secret]': 'blocked not-a-jwt',
    },
  },
  'have a token whose parts are JSON null': {
    breaks: issued((members) => ({ ...members, access_token: 'bnVsbA.bnVsbA.bnVsbA' })),
    verdicts: opaque,
  },
  'have a token that cannot be sent in a header': {
    breaks: issued((members) => ({ ...members, access_token: 'a\r\nx: y\u0000é' })),
    verdicts: {
      ...everyToken('blocked step-failed'),
      'access-token.lifetime': 'pass',
      'access-token.signature': 'fail access_token.signature access_token.header.alg',
    },
  },
  'replace what the flow sent': {
    breaks: issued((members) => ({
      ...members,
      code: 'x'.repeat(40),
      code_verifier: 'x'.repeat(50),
      client_id: 'x',
      redirect_uri: 'x',
    })),
    checks: [...usual, 'code.replay', 'pkce.verifier-of-another-flow'],
    verdicts: {},
    also: (_, { requests }) => {
      expect(requests.filter(({ body }) => body.includes('xxxxxxxx'))).toEqual([])
    },
  },
  'hold 20,000 secrets that end alike': {
    breaks: issued((members) => ({
      ...members,
      more: Array.from({ length: 20_000 }, (_, n) => ({ token: `${String(n)}-same-end-of-all` })),
    })),
    verdicts: {},
  },
  'expire in 1e308 seconds, or never': {
    breaks: (asked) =>
      asked.what === 'POST /oauth/token'
        ? {
            body: asked.healthy.body.replace(
              /"expires_in":\d+/u,
              asked.body.includes('refresh') ? '"expires_in":1e999' : '"expires_in":1e308',
            ),
          }
        : null,
    verdicts: { 'access-token.lifetime': 'fail json.expires_in', 'refresh.rotation': 'fail token.issued' },
  },
  'hold times beyond all numbers': {
    breaks: claims((members) =>
      JSON.stringify({ ...members, exp: 0, iat: 0 })
        .replace('"exp":0', '"exp":1e999')
        .replace('"iat":0', '"iat":-1e308'),
    ),
    verdicts: {
      'access-token.lifetime': 'fail access_token.lifetime',
      'access-token.signature': 'fail access_token.signature',
      'bearer.scope-missing': 'blocked step-failed',
      'bearer.forged [expiry changed]': 'blocked step-failed',
      'bearer.forged [public key as HMAC secret]': 'blocked step-failed',
    },
  },
  'answer a terminal, a log and a browser': {
    breaks: issued(() => ({ error: attack, error_description: attack, [attack]: attack })),
    verdicts: noSuccess,
  },
})

hostile('refusals', {
  'with an error that is not a string': {
    breaks: refused(() => ({ headers: json, body: '{"error":{"code":"invalid_grant"}}' })),
    verdicts: tokenRefusals('fail token.issued'),
  },
  'with a token beside the error': {
    breaks: refused(({ healthy }) => ({ body: healthy.body.replace('{', '{"access_token":"abc",') })),
    verdicts: tokenRefusals('fail token.issued'),
  },
  'with status 200': { breaks: refused(() => ({ status: 200 })), verdicts: tokenRefusals('fail token.issued') },
  'with HTML in the description': {
    breaks: refused(({ healthy }) => ({
      body: JSON.stringify({
        ...(JSON.parse(healthy.body) as Members),
        error_description: '<img src=x onerror=alert(1)>',
      }),
    })),
    verdicts: {},
  },
  'with an attack on the terminal as error': {
    breaks: refused(() => ({ body: latin1(JSON.stringify({ error: attack })) })),
    verdicts: tokenRefusals('fail token.issued'),
  },
  'that tell the secrets they were given': {
    breaks: (asked) => {
      if (asked.healthy.status < 400 && !asked.body.includes('pass=')) return null
      const bytes = Buffer.from(decodeURIComponent(asked.body))
      const echo = [asked.body, bytes, bytes.toString('base64'), bytes.toString('hex'), escape(asked.body)].join(' ')
      const headers = [...asked.healthy.headers, 'x-echo', echo, 'set-cookie', `echo=${encodeURIComponent(echo)}`]
      const { body } = asked.healthy
      return {
        headers,
        body:
          body.replace(/^\{/u, `{"error_description":${JSON.stringify(echo)},`) + (body.startsWith('{') ? '' : echo),
      }
    },
    verdicts: {},
  },
  'that open the door a little': {
    breaks: (asked) =>
      asked.what === 'GET /oauth/debug' && asked.healthy.status !== 200 ? { status: 206, body: '[]' } : null,
    verdicts: {
      'bearer.scope-missing': 'fail resource.access',
      'bearer.forged [expiry changed]': 'fail resource.access',
      'bearer.forged [public key as HMAC secret]': 'fail resource.access',
    },
  },
})

hostile('key sets', {
  'with a private key': {
    breaks: keySet({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB', d: 'the-private-exponent' }] }),
    verdicts: { 'access-token.keys-public': 'fail json', 'access-token.signature': 'fail access_token.signature' },
    also: (results) => {
      expect(JSON.stringify(results)).not.toContain('the-private-exponent')
    },
  },
  'with 10,000 invalid keys': {
    breaks: keySet({ keys: Array.from({ length: 10_000 }, () => ({ k: 'x', d: 1 })) }),
    verdicts: {
      'access-token.keys-public': 'fail json',
      'access-token.signature': 'fail access_token.signature',
      'bearer.forged [public key as HMAC secret]': 'blocked no-public-key',
    },
    also: (results) => {
      expect(results.every((result) => JSON.stringify(result.findings).length < 5_000)).toBe(true)
    },
  },
  'with 10,000 keys beside the right one': {
    breaks: ({ what, healthy }) =>
      what === 'GET /oauth/jwks'
        ? { body: healthy.body.replace('[', `[${'{"kty":"RSA","n":"AQAB","e":"AQAB"},'.repeat(10_000)}`) }
        : null,
    verdicts: {},
  },
  'that are not objects': {
    breaks: keySet([]),
    verdicts: { ...everyKeySet('blocked step-failed'), 'access-token.keys-public': 'fail json' },
  },
  'without keys': {
    breaks: keySet({ keys: [] }),
    verdicts: {
      'access-token.keys-public': 'fail json',
      'access-token.signature': 'fail access_token.signature',
      'bearer.forged [public key as HMAC secret]': 'blocked no-public-key',
    },
  },
  'of nothing': {
    breaks: keySet({ keys: [null] }),
    verdicts: {
      'access-token.keys-public': 'fail json',
      'access-token.signature': 'fail access_token.signature',
      'bearer.forged [public key as HMAC secret]': 'blocked no-public-key',
    },
  },
  'with a key of half a megabyte': {
    breaks: keySet({ keys: [{ kty: 'RSA', n: 'u'.repeat(500_000), e: 'AQAB' }] }),
    verdicts: { 'access-token.signature': 'fail access_token.signature' },
  },
  'with a key of a curve nobody knows': {
    breaks: keySet({ keys: [{ kty: 'EC', crv: 'x', x: 'AA', y: 'AA', alg: 'RS256' }] }),
    verdicts: {
      'access-token.signature': 'fail access_token.signature',
      'bearer.forged [public key as HMAC secret]': 'blocked no-public-key',
    },
  },
})
