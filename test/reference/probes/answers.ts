import {
  authorizePath,
  callback,
  consent,
  debug,
  get,
  login,
  post,
  readForm,
  type Params,
  type Tokens,
} from '../../support/reference-client.ts'
import { pkce, cc, token, refreshing, exchanging, facts, type Probe } from './requests.ts'

export const answers: Probe = async (server) => ({
  par: await facts(post(server, '/oauth/par', {})),
  request: await facts(token(server, { ...cc, grant_type: null })),
  secret: await facts(
    token(server, cc, {
      authorization: `Basic ${Buffer.from('cc:x').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    }),
  ),
  wrong: await facts(token(server, { ...cc, client_secret: 'x' })),
  text: await (await token(server, { ...cc, client_secret: 'x' })).text(),
  metadata: (await (await get(server, '/.well-known/oauth-authorization-server')).text()).replaceAll(server.url, ''),
  resource: (await (await get(server, '/.well-known/oauth-protected-resource')).text()).replaceAll(server.url, ''),
  challenge: await facts(get(server, '/oauth/debug')),
  register: await facts(post(server, '/oauth/register', {})),
  basic: await facts(
    token(
      server,
      { grant_type: 'client_credentials' },
      { authorization: `Basic ${Buffer.from('cc:x').toString('base64')}` },
    ),
  ),
  redirect: await facts(get(server, authorizePath({ ...pkce, scope: 'nope' }))),
})

/** Altered, wrong and missing values, for every fault that the probe of its own file does not notice. */
export const edges: Probe = async (server) => {
  const cookie = await login(server)
  const verifier = 'v'.repeat(43)
  const codeOf = async (change: Params = {}) =>
    (await consent(server, cookie, { ...pkce, ...change })).searchParams.get('code') ?? ''
  const altered = (text: string) => text.slice(0, -1) + (text.endsWith('a') ? 'b' : 'a')
  const flown = async () => {
    const code = await codeOf()
    return { code, tokens: (await (await exchanging(server, code, verifier)).json()) as Tokens }
  }
  const asked = (change: Params) => facts(get(server, authorizePath({ ...pkce, ...change }), { cookie }))
  const form = readForm(
    await (await get(server, authorizePath(pkce), { cookie })).text(),
    'simple-oauth-authorize-form',
  )
  const posted = { ...form.fields, op: form.buttons[0] ?? '', client_id: 'spa2' }
  const bound = new URL((await post(server, form.action, posted, { cookie })).headers.get('location') ?? 'missing:')
  const [one, two, three] = [await flown(), await flown(), await flown()]
  await codeOf()
  return {
    asked: [
      await asked({ response_type: null }),
      await facts(get(server, `${authorizePath(pkce)}&redirect_uri=${encodeURIComponent(callback)}`, { cookie })),
    ],
    read: await Promise.all(
      [
        { ...cc, 'scope[]': 'debug' },
        { ...cc, scope: 'x'.repeat(9000) },
        { ...cc, grant_type: '<b>' },
        { ...cc, scope: '"' },
        { ...cc, scope: ' ' },
        { ...cc, scope: '\ufffd' },
      ].map((change) => facts(token(server, change))),
    ),
    irrelevant: await facts(exchanging(server, await codeOf(), verifier, { scope: 'debug' })),
    userinfo: await facts(get(server, '/oauth/userinfo')),
    port: await asked({ client_id: 'native', redirect_uri: 'http://127.0.0.1/callback' }),
    relative: await asked({ redirect_uri: '/back' }),
    bound: await facts(exchanging(server, bound.searchParams.get('code') ?? '', verifier)),
    codes: [
      await facts(exchanging(server, altered(await codeOf()), verifier)),
      await facts(exchanging(server, 'abc', verifier)),
      await facts(exchanging(server, three.tokens.refresh_token, verifier)),
      await facts(
        token(server, {
          grant_type: 'authorization_code',
          client_id: 'spa',
          redirect_uri: callback,
          code_verifier: verifier,
        }),
      ),
    ],
    opened: [
      await facts(debug(server, one.tokens.refresh_token)),
      await facts(debug(server, one.code)),
      await facts(debug(server, 'abc')),
    ],
    refreshed: [
      await facts(refreshing(server, altered(one.tokens.refresh_token))),
      await facts(refreshing(server, two.tokens.access_token)),
      await facts(token(server, { grant_type: 'refresh_token', client_id: 'spa' })),
      await facts(refreshing(server, two.tokens.refresh_token, { client_id: 'no-refresh' })),
      await facts(refreshing(server, (await flown()).tokens.refresh_token)),
    ],
    clients: [
      await facts(exchanging(server, await codeOf({ client_id: 'lax' }), verifier, { client_id: 'lax' })),
      await facts(
        exchanging(
          server,
          new URL(
            (await get(server, authorizePath({ ...pkce, client_id: 'auto' }), { cookie })).headers.get('location') ??
              'missing:',
          ).searchParams.get('code') ?? '',
          verifier,
          { client_id: 'auto' },
        ),
      ),
      await facts(token(server, { ...cc, client_id: "' OR" })),
      await facts(token(server, { ...cc, client_secret: 'a\0b' })),
      await facts(token(server, { ...cc, client_id: 'cc-nouser', client_secret: 'secret-nouser', scope: 'debug' })),
      await facts(token(server, { ...cc, grant_type: 'urn:example:none' })),
    ],
  }
}
