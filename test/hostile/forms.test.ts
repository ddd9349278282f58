import { expect } from 'vitest'
import type { Asked, Breaks } from '../support/hostile-proxy.ts'
import { everyCodeFlow, everyLogin, everyToken, hostile } from './run.ts'

const at =
  (what: string, answer: (asked: Asked) => ReturnType<Breaks>): Breaks =>
  (asked) =>
    asked.what === what ? answer(asked) : null
const page = (body: string) => ({ status: 200, headers: ['content-type', 'text/html'], body })
const redirect = (...locations: string[]) => ({
  status: 302,
  headers: locations.flatMap((location) => ['Location', location]),
  body: '',
})
const noCode = {
  ...everyCodeFlow('blocked no-code'),
  'authorize.anonymous': 'blocked step-failed',
  'consent.form-token [forged]': 'blocked step-failed',
  'authorize.code-issued [plain]': 'fail authorize.code authorize.state',
}
const loginElsewhere = at('GET /user/login', ({ other }) => redirect(`${other}/login`))
/** Checks of a browser that is not logged in. */
const anonymous = ['authorize.error-before-login [unknown scope]', 'openid.prompt-none-login'] as const
const consentPage = 'GET /oauth/authorize'

hostile('redirects', {
  'redirects without an end': {
    breaks: (asked) => (asked.what === consentPage ? redirect(`/oauth/authorize?again=${Math.random()}`) : null),
    verdicts: everyCodeFlow('blocked endless-redirects'),
  },

  'redirects the authorization request to another origin': {
    breaks: at(consentPage, ({ other }) => redirect(`${other}/oauth/authorize`)),
    verdicts: noCode,
  },

  'sends the code to another origin': {
    breaks: at('POST /oauth/authorize', ({ healthy, other }) => ({
      headers: healthy.headers.map((value) => value.replace('https://client.example.test', other)),
    })),
    verdicts: {
      'authorize.code-issued [plain]': 'fail authorize.code',
      'authorize.anonymous': 'blocked step-failed',
      'consent.form-token [forged]': 'blocked step-failed',
    },
  },

  'redirects the token request to another origin': {
    breaks: at('POST /oauth/token', ({ other }) => ({ ...redirect(`${other}/oauth/token`), status: 307 })),
    verdicts: {
      ...everyToken('blocked step-failed'),
      'access-token.lifetime': 'blocked no-token',
      'access-token.signature': 'blocked no-token',
    },
  },

  'redirects without a value': {
    breaks: at('POST /oauth/authorize', () => redirect('')),
    verdicts: noCode,
  },

  'names several places to go to': {
    breaks: at('POST /oauth/authorize', ({ healthy, other }) => ({
      headers: [...healthy.headers, 'Location', `${other}/?code=1`],
    })),
    verdicts: everyCodeFlow('blocked several-locations'),
  },

  'redirects by meta refresh': {
    breaks: at('POST /oauth/authorize', ({ healthy }) => {
      const location = healthy.headers[healthy.headers.findIndex((name) => /^location$/iu.test(name)) + 1] ?? ''
      return page(`<meta http-equiv="refresh" content="0;url=${location.replaceAll('&', '&amp;')}">`)
    }),
    verdicts: noCode,
  },

  'injects a header by Location': {
    breaks: at(
      'POST /oauth/authorize',
      ({ other }) =>
        `HTTP/1.1 302 Found\r\nLocation: https://client.example.test/callback?code=1%0d%0aLocation:%20${other}\r\n` +
        `\tfolded: ${other}/\r\nContent-Length: 0\r\n\r\n`,
    ),
    verdicts: everyCodeFlow('blocked HPE_INVALID'),
  },

  'puts what was sent into the redirect again, to choose its own state and verifier': {
    breaks: at('POST /oauth/authorize', ({ healthy }) => ({
      headers: healthy.headers.map((value) =>
        value.replace(
          /state=[^&]*/u,
          'state=chosen&sent_state=chosen&code_verifier=chosen-by-the-server-chosen-by-the-server-123&redirect_uri=x',
        ),
      ),
    })),
    verdicts: {
      'authorize.code-issued [plain]': 'fail authorize.state',
      'authorize.anonymous': 'blocked step-failed',
      'consent.form-token [forged]': 'blocked step-failed',
    },
    also: (_, { requests }) => {
      expect(requests.filter(({ body }) => body.includes('chosen'))).toEqual([])
    },
  },

  'issues a code of line breaks and terminal escapes': {
    breaks: at('POST /oauth/authorize', () =>
      redirect('https://client.example.test/callback?code=%0d%0a::error::x%1b%5b2J%00&state=%1b%5b31m&error=%07'),
    ),
    verdicts: {
      ...everyCodeFlow('blocked step-failed'),
      'access-token.lifetime': 'blocked no-token',
      'access-token.signature': 'blocked no-token',
      'authorize.code-issued [plain]': 'fail authorize.state',
    },
  },

  'issues a code of 1 MB': {
    breaks: at('POST /oauth/authorize', () =>
      redirect(`https://client.example.test/callback?code=${'a'.repeat(1_000_000)}`),
    ),
    verdicts: everyCodeFlow('blocked UND_ERR_HEADERS_OVERFLOW'),
  },
})

hostile('the login', {
  'has no form': {
    breaks: at('GET /user/login', () => page('<h1>Hello</h1>')),
    verdicts: {
      ...everyLogin('blocked login-form-missing'),
      'authorize.code-issued [plain]': 'fail authorize.code authorize.state',
    },
  },

  'has a form that posts elsewhere': {
    breaks: at('GET /user/login', ({ healthy, other }) => ({
      body: healthy.body.replace('action="/user/login', `action="${other}/user/login`),
    })),
    verdicts: everyLogin('blocked login-form-foreign'),
    also: (_, server) => {
      expect(server.requests.filter(({ body }) => body.includes('pass='))).toEqual([])
    },
  },

  'has a base that leads elsewhere': {
    breaks: at('GET /user/login', ({ healthy, other }) => ({
      body: healthy.body.replace('<head>', `<head><base href="${other}/">`),
    })),
    verdicts: {},
  },

  'has two forms, the first posting elsewhere': {
    breaks: at('GET /user/login', ({ healthy, other }) => ({
      body: healthy.body.replace(
        '<form',
        `<form method="post" action="${other}/"><input name="name"><input type="password" name="pass"></form><form`,
      ),
    })),
    verdicts: {},
  },

  'redirects to another origin': {
    breaks: at('GET /user/login', ({ other }) => redirect(`${other}/user/login`)),
    verdicts: {
      ...everyLogin('blocked login-form-foreign'),
      'authorize.code-issued [plain]': 'fail authorize.code authorize.state',
    },
  },

  'is on another site without the owner saying so': {
    breaks: loginElsewhere,
    checks: anonymous,
    verdicts: {
      'authorize.error-before-login [unknown scope]': 'blocked step-failed',
      'openid.prompt-none-login': 'blocked step-failed',
    },
  },

  'is on another site, as its owner says': {
    breaks: loginElsewhere,
    checks: anonymous,
    target: ({ users }) => ({
      mapped: true,
      users: { ...users, editor: { role: 'editor', name: 'editor', cookie: 'SESSabcdef=0123456789' } },
    }),
    verdicts: {
      'authorize.error-before-login [unknown scope]':
        'skipped users log in at another address, to which a run sends nothing',
      'openid.prompt-none-login': 'skipped users log in at another address, to which a run sends nothing',
    },
  },

  'redirects elsewhere after it': {
    breaks: at('POST /user/login', ({ healthy, other }) => ({
      headers: healthy.headers.map((value, index) =>
        /^location$/iu.test(healthy.headers[index - 1] ?? '') ? `${other}/user/1` : value,
      ),
    })),
    verdicts: { 'authorize.code-issued [plain]': 'blocked foreign-origin' },
  },

  'always succeeds, without a session': {
    breaks: at('POST /user/login', () => redirect('/user/1')),
    verdicts: { ...everyLogin('blocked login-failed'), 'login.wrong-password': 'blocked step-failed' },
  },

  'always succeeds, with an invalid session': {
    breaks: at('POST /user/login', () => ({
      status: 303,
      headers: ['Location', '/user/1', 'Set-Cookie', 'SESSabc=0123456789abcdef; path=/'],
      body: '',
    })),
    verdicts: {
      ...everyCodeFlow('blocked session-lost'),
      'authorize.code-issued [plain]': 'fail authorize.code authorize.state',
      'login.wrong-password': 'fail login.accepted',
    },
  },

  'comes again for ever': {
    breaks: ({ what }) => (/\/user\/login|\/oauth\/authorize/u.test(what) ? page(loginPage) : null),
    verdicts: { ...everyLogin('blocked login-failed'), 'login.wrong-password': 'blocked step-failed' },
  },

  'sets short cookies, and cookies for other hosts': {
    breaks: ({ healthy, other }) => ({
      headers: [
        ...healthy.headers,
        ...['Set-Cookie', 'has_js=1; path=/', 'Set-Cookie', 'x=; path=/', 'Set-Cookie', '=y', 'Set-Cookie', ';;;'],
        ...['Set-Cookie', `evil=0123456789; domain=example.com`, 'Set-Cookie', 'evil=0123456789; domain=.test'],
        ...[
          'Set-Cookie',
          `bytes=\xff\xfe\x80é; path=/`,
          'Set-Cookie',
          `port=0123456789; domain=${new URL(other).host}`,
        ],
      ],
    }),
    verdicts: {},
  },

  'sets a cookie that fills every header': {
    breaks: at('POST /user/login', ({ healthy }) => ({
      headers: [
        ...healthy.headers,
        ...Array.from({ length: 12 }, (_, n) => ['Set-Cookie', `c${n}=${'v'.repeat(4000)}; path=/`]).flat(),
      ],
    })),
    verdicts: noCode,
  },
})

const loginPage =
  '<form id="user-login-form" method="post" action="/user/login"><input name="name"><input type="password" name="pass"><input type="submit" id="edit-submit"></form>'

hostile('the consent form', {
  'does not come where a forged decision is to be sent': {
    breaks: (() => {
      let pages = 0
      return at(consentPage, () => (++pages > 1 ? page('<h1>Closed for today</h1>') : null))
    })(),
    checks: ['consent.form-token [forged]'],
    verdicts: { 'consent.form-token [forged]': 'blocked no-consent-form' },
  },

  'has no token': {
    breaks: at(consentPage, ({ healthy }) => ({
      body: healthy.body.replace(/<input[^>]*name="form_token"[^>]*>/u, ''),
    })),
    // The form comes back, and its message names the cause.
    verdicts: {
      ...everyCodeFlow('blocked consent-rejected'),
      'authorize.code-issued [plain]': 'fail authorize.code authorize.state',
    },
  },
  'posts elsewhere': {
    breaks: at(consentPage, ({ healthy, other }) => ({
      body: healthy.body.replace(/action="\/oauth\/authorize/u, `action="${other}/oauth/authorize`),
    })),
    verdicts: everyCodeFlow('blocked foreign-origin'),
  },
  'comes for ever': {
    breaks: (() => {
      let form = ''
      return ({ what, healthy }) => {
        if (what === consentPage && healthy.body.includes('edit-cancel')) form = healthy.body
        return what === 'POST /oauth/authorize' ? page(form) : null
      }
    })(),
    verdicts: noCode,
  },
  'holds 10 MB in hidden fields': {
    breaks: at(consentPage, ({ healthy }) => ({
      body: healthy.body.replace(
        '<input',
        `${Array.from({ length: 10 }, (_, n) => `<input type="hidden" name="h${n}" value="${'x'.repeat(1_000_000)}">`).join('')}<input`,
      ),
    })),
    verdicts: everyCodeFlow('blocked answer-too-long'),
  },
  'nests 19,000 elements in the name of a scope': {
    breaks: at(consentPage, ({ healthy }) => ({ body: healthy.body.replace('<li>', `<li>${'<b>'.repeat(19_000)}`) })),
    verdicts: noCode,
  },
  'holds 900,000 elements': {
    breaks: at(consentPage, ({ healthy }) => ({
      body: healthy.body.replace('<input', `${'<a>'.repeat(300_000)}<input`),
    })),
    verdicts: noCode,
  },
})
