import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import type { Asked, Breaks } from '../support/hostile-proxy.ts'
import { everyCodeFlow, everyKeySet, everyToken, everything, hostile } from './run.ts'

const at =
  (what: string, answer: (asked: Asked) => ReturnType<Breaks>): Breaks =>
  (asked) =>
    asked.what === what ? answer(asked) : null
/** Long enough for a healthy answer on a busy machine; a broken one uses all of it. */
const patience = 700

hostile('connections', {
  'is healthy after all': { breaks: () => null, verdicts: {} },

  'never answers at all': {
    breaks: () => () => undefined,
    requestTimeout: 100,
    verdicts: everything('blocked timeout'),
  },

  'never answers the token endpoint': {
    breaks: at('POST /oauth/token', () => () => undefined),
    requestTimeout: patience,
    verdicts: everyToken('blocked timeout'),
  },

  'sends a byte now and then': {
    breaks: at('GET /oauth/jwks', () => (_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n')
      const timer = setInterval(() => socket.write(' '), 20)
      socket.on('close', () => {
        clearInterval(timer)
      })
    }),
    requestTimeout: patience,
    verdicts: everyKeySet('blocked timeout'),
  },

  'answers each request in time, and the check never': {
    breaks: at('GET /oauth/authorize', () => (response) => {
      setTimeout(() => response.writeHead(302, { location: '/oauth/authorize?again' }).end(), 200)
    }),
    checks: ['authorize.code-issued [plain]', 'pkce.verifier-mismatch'],
    checkTimeout: 1_000,
    verdicts: {
      'authorize.code-issued [plain]': 'blocked check-timeout',
      'pkce.verifier-mismatch': 'blocked check-timeout',
    },
  },

  'drops in the headers': {
    breaks: at('POST /oauth/token', () => 'HTTP/1.1 200 OK\r\nContent-Le'),
    verdicts: everyToken('blocked no-connection'),
  },

  'drops in the body': {
    breaks: at('POST /oauth/token', () => 'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"access_token":"'),
    verdicts: everyToken('blocked no-connection'),
  },

  'drops in the body of a refusal, after a good control': {
    breaks: at('POST /oauth/token', ({ healthy }) =>
      healthy.status < 400 ? null : 'HTTP/1.1 400 Bad Request\r\nContent-Length: 900\r\n\r\n{"error":"invalid_grant"',
    ),
    verdicts: {
      'pkce.verifier-mismatch': 'blocked no-connection',
      'client-credentials.wrong-secret [arbitrary string]': 'blocked no-connection',
    },
  },

  'switches protocols (status 101)': {
    breaks: at(
      'GET /oauth/jwks',
      () => 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
    ),
    verdicts: everyKeySet('blocked no-connection'),
  },

  'gives hints (status 103) and then nothing': {
    breaks: at('GET /oauth/jwks', () => (_, socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n')
    }),
    requestTimeout: patience,
    verdicts: everyKeySet('blocked timeout'),
  },

  'answers with the status 999': {
    breaks: at('GET /oauth/debug', () => 'HTTP/1.1 999 Whatever\r\nContent-Length: 2\r\n\r\n{}'),
    verdicts: {
      'bearer.scope-missing': 'blocked step-failed',
      'bearer.forged [expiry changed]': 'blocked step-failed',
      'bearer.forged [public key as HMAC secret]': 'blocked step-failed',
    },
  },

  'refuses with the status 999': {
    breaks: at('GET /oauth/debug', ({ healthy }) =>
      healthy.status === 200 ? null : 'HTTP/1.1 999 Whatever\r\nContent-Length: 2\r\n\r\n{}',
    ),
    verdicts: {
      'bearer.scope-missing': 'fail resource.access',
      'bearer.forged [expiry changed]': 'fail resource.access',
      'bearer.forged [public key as HMAC secret]': 'fail resource.access',
    },
  },

  'sends 100 MB': {
    breaks: at('POST /oauth/token', () => (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"access_token":"')
      const chunk = Buffer.alloc(1_000_000, 'a')
      let left = 100
      const more = (): void => {
        while (left-- > 0) if (!response.write(chunk)) return
        response.end('"}')
      }
      response.on('drain', more)
      more()
    }),
    verdicts: {
      ...everyToken('blocked step-failed'),
      'access-token.lifetime': 'blocked no-token',
      'access-token.signature': 'blocked no-token',
    },
    also: (results) => {
      expect(JSON.stringify(results).length).toBeLessThan(60_000_000)
    },
  },

  'sends a bomb that unpacks to 100 MB': {
    breaks: at('POST /oauth/token', () => ({
      headers: ['content-type', 'application/json', 'content-encoding', 'gzip'],
      body: bomb,
    })),
    verdicts: {
      ...everyToken('blocked step-failed'),
      'access-token.lifetime': 'blocked no-token',
      'access-token.signature': 'blocked no-token',
    },
  },

  'answers 500 with a page': {
    breaks: at('POST /oauth/token', () => ({
      status: 500,
      headers: ['content-type', 'text/html'],
      body: '<h1>Oh</h1>',
    })),
    verdicts: {
      ...everyToken('blocked step-failed'),
      'access-token.lifetime': 'blocked no-token',
      'access-token.signature': 'blocked no-token',
    },
  },

  'answers 500 where it must refuse': {
    breaks: at('POST /oauth/token', ({ healthy }) => (healthy.status < 400 ? null : { status: 500 })),
    verdicts: {
      'pkce.verifier-mismatch': 'fail token.issued',
      'client-credentials.wrong-secret [arbitrary string]': 'fail token.issued',
    },
  },

  'is busy (429 with Retry-After) where it must refuse': {
    breaks: at('POST /oauth/token', ({ healthy }) =>
      healthy.status < 400
        ? null
        : { status: 429, headers: ['retry-after', '3600', 'content-type', 'application/json'] },
    ),
    verdicts: {
      'pkce.verifier-mismatch': 'blocked rate-limited',
      'client-credentials.wrong-secret [arbitrary string]': 'blocked rate-limited',
    },
  },

  'is busy from the first login on': {
    breaks: at('POST /user/login', () => ({ status: 429, headers: ['retry-after', '99999999999'], body: '' })),
    verdicts: { ...everyCodeFlow('blocked login-blocked'), 'login.wrong-password': 'blocked step-failed' },
    also: (_, server) => {
      const logins = server.requests.filter(({ what }) => what === 'POST /user/login')
      // One for the shared session, one for the flow that logs in on its way, and those of the case about logins.
      expect(logins.length).toBeLessThanOrEqual(4)
    },
  },
})

const bomb = gzipSync(Buffer.alloc(100_000_000)).toString('latin1')
