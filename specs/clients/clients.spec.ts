import {
  authorize,
  clientCredentials,
  codeGrant,
  codeIssued,
  contractTest,
  describe,
  exactScopes,
  exchange,
  granted,
  holds,
  must,
  opened,
  ref,
  refresh,
  resource,
  scopes,
  siteUrl,
  variant,
} from 'simple-oauth-contract'

/*
 * What each client sends was read in its public source:
 * Auth.js: github.com/nextauthjs/next-auth, packages/core/src/lib/actions/signin/authorization-url.ts, callback/oauth/callback.ts and checks.ts
 * next-auth 4: the same, src/core/lib/oauth/, with github.com/panva/openid-client 5, lib/client.js and lib/helpers/client.js
 * openid-client 6: github.com/panva/openid-client, src/index.ts, with github.com/panva/oauth4webapi, src/index.ts
 * AppAuth-JS: github.com/openid/AppAuth-JS, src/authorization_request_handler.ts, src/token_request.ts, src/xhr.ts
 * MCP TypeScript SDK: github.com/modelcontextprotocol/typescript-sdk, packages/client/src/client/auth.ts
 * next-drupal: github.com/chapter-three/next-drupal, packages/next-drupal/src/next-drupal-base.ts and next-drupal.ts
 * Drupal Canvas CLI: github.com/lauriii/canvas, packages/cli/src/services/api.ts, with the headers of axios
 * farmOS.py: github.com/farmOS/farmOS.py, farmOS/session.py, with github.com/requests/requests-oauthlib, requests_oauthlib/oauth2_session.py
 */

const clientId = ref('flow.client_id')
const code = ref('flow.code')
const redirectUri = ref('flow.redirect_uri')
const verifier = ref('flow.code_verifier')

const own = {
  id: ref('this.client_id'),
  redirect: ref('this.redirect_uri'),
  challenge: ref('this.code_challenge'),
  scope: scopes('debug', 'content'),
}

const form = 'application/x-www-form-urlencoded'
const formWithCharset = 'application/x-www-form-urlencoded;charset=UTF-8'
const json = 'application/json'
const acceptOfAppAuth = 'application/json, text/javascript, */*; q=0.01'
const acceptOfAxios = 'application/json, text/plain, */*'

// An encrypted JWT, as Auth.js makes it: five parts, of which the second is empty.
const sealedState =
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwia2lkIjoiZ1hqOEc2dUN0TFdOc1lDcDFJb1JSZ2pPa1dJb2dEcGxfcnlPU3g4In0..' +
  'Sm9obk5hcGllcjE2MTQ.V2hhdEFDbGllbnRTZWFsc0ludG9JdHNTdGF0ZUlzTG9uZ2VyVGhhblRoZVJhbmRvbVZhbHVlT2ZNb3N0Q2xpZW50cw' +
  'VGhlUmFuZG9tVmFsdWVBbmRUaGVUaW1lT2ZJdHNFeHBpcnlBcmVCb3RoSW5pdA_and-what-remains-of-it.Q2hlY2tlZEJ5VGhlQ2xpZW50QWxvbmU'

describe('Requests as widely used clients send them', () => {
  contractTest('clients.authorization', {
    title: 'An authorization request as a widely used client sends it gets a code and the exact `state`',
    sources: [must('RFC6749', '3.1'), must('RFC6749', '4.1.2')],
    severity: 'high',
    // The order of the members is that of the parameters.
    variants: {
      'Auth.js': {
        response_type: 'code',
        client_id: own.id,
        redirect_uri: own.redirect,
        scope: own.scope,
        state: sealedState,
        code_challenge: own.challenge,
        code_challenge_method: 'S256',
      },
      'next-auth 4': {
        client_id: own.id,
        scope: own.scope,
        response_type: 'code',
        redirect_uri: own.redirect,
        state: 'a-state-of-next-auth',
        code_challenge: own.challenge,
        code_challenge_method: 'S256',
      },
      'openid-client 6': {
        redirect_uri: own.redirect,
        scope: own.scope,
        code_challenge: own.challenge,
        code_challenge_method: 'S256',
        state: 'a-state-of-openid-client',
        client_id: own.id,
        response_type: 'code',
      },
      // It asks for the response in the fragment. A server that ignores this sends it in the query, where an app has to look for it: none
      // of the cited standards defines `response_mode`.
      'AppAuth-JS': {
        redirect_uri: own.redirect,
        client_id: own.id,
        response_type: 'code',
        response_mode: 'fragment',
        state: 'a-state-of-appauth',
        scope: own.scope,
        code_challenge: own.challenge,
        code_challenge_method: 'S256',
      },
      'MCP TypeScript SDK': {
        response_type: 'code',
        client_id: own.id,
        code_challenge: own.challenge,
        code_challenge_method: 'S256',
        redirect_uri: own.redirect,
        state: 'a-state-of-mcp',
        scope: own.scope,
        resource: siteUrl(),
      },
    },
    when: authorize({ params: variant() }),
    then: codeIssued(),
  })

  contractTest('clients.code', {
    title: 'A code is redeemed with the request that a widely used client sends',
    sources: [must('RFC6749', '3.2'), must('RFC6749', '2.3.1')],
    severity: 'high',
    client: variant('client'),
    variants: {
      'Auth.js': {
        client: 'confidential',
        authentication: 'basic',
        mediaType: formWithCharset,
        accept: json,
        params: {
          redirect_uri: redirectUri,
          code,
          code_verifier: verifier,
          client_id: null,
          grant_type: 'authorization_code',
        },
      },
      'next-auth 4': {
        client: 'confidential',
        authentication: 'basic',
        mediaType: form,
        accept: json,
        params: {
          client_id: null,
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          code_verifier: verifier,
        },
      },
      'openid-client 6': {
        client: 'publicPkce',
        authentication: 'none',
        mediaType: formWithCharset,
        accept: json,
        params: {
          redirect_uri: redirectUri,
          code,
          code_verifier: verifier,
          grant_type: 'authorization_code',
          client_id: clientId,
        },
      },
      'AppAuth-JS': {
        client: 'publicPkce',
        authentication: 'none',
        mediaType: form,
        accept: acceptOfAppAuth,
        params: {
          grant_type: 'authorization_code',
          client_id: clientId,
          redirect_uri: redirectUri,
          code,
          code_verifier: verifier,
        },
      },
      'MCP TypeScript SDK': {
        client: 'publicPkce',
        authentication: 'none',
        mediaType: form,
        accept: json,
        params: {
          grant_type: 'authorization_code',
          code,
          code_verifier: verifier,
          redirect_uri: redirectUri,
          resource: siteUrl(),
          client_id: clientId,
        },
      },
    },
    when: [
      authorize({ as: 'flow' }),
      exchange('flow', {
        authentication: variant('authentication'),
        mediaType: variant('mediaType'),
        headers: { accept: variant('accept') },
        params: variant('params'),
      }),
    ],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('clients.refresh', {
    title: 'An access token is refreshed with the request that a widely used client sends',
    sources: [must('RFC6749', '3.2'), must('RFC6749', '6')],
    severity: 'high',
    variants: {
      'openid-client 6': {
        mediaType: formWithCharset,
        accept: json,
        params: { refresh_token: ref('first.refresh_token'), grant_type: 'refresh_token', client_id: clientId },
      },
      'AppAuth-JS': {
        mediaType: form,
        accept: acceptOfAppAuth,
        params: {
          grant_type: 'refresh_token',
          client_id: clientId,
          redirect_uri: redirectUri,
          refresh_token: ref('first.refresh_token'),
        },
      },
      'MCP TypeScript SDK': {
        mediaType: form,
        accept: json,
        params: {
          grant_type: 'refresh_token',
          refresh_token: ref('first.refresh_token'),
          resource: siteUrl(),
          client_id: clientId,
        },
      },
      // It repeats the scopes of the first request.
      'farmOS.py': {
        mediaType: form,
        accept: json,
        params: {
          grant_type: 'refresh_token',
          client_id: clientId,
          scope: scopes('debug', 'content'),
          refresh_token: ref('first.refresh_token'),
        },
      },
    },
    when: [
      authorize({ as: 'flow' }),
      exchange('flow', { as: 'first' }),
      refresh('first', {
        mediaType: variant('mediaType'),
        headers: { accept: variant('accept') },
        params: variant('params'),
      }),
    ],
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('clients.client-credentials', {
    title: 'A token is issued for the client credentials request that a widely used client sends',
    sources: [must('RFC6749', '3.2'), must('RFC6749', '2.3.1')],
    severity: 'high',
    variants: {
      'next-drupal': {
        authentication: 'basic',
        accept: json,
        marker: null,
        params: { client_id: null, scope: null },
      },
      'Drupal Canvas CLI': {
        authentication: 'body',
        accept: acceptOfAxios,
        marker: '1',
        params: { scope: scopes('debug', 'content') },
      },
    },
    when: clientCredentials({
      authentication: variant('authentication'),
      headers: { accept: variant('accept'), 'x-canvas-cli': variant('marker') },
      params: variant('params'),
    }),
    then: [granted(), holds({ 'access_token.claims.scope': exactScopes('debug', 'content') })],
  })

  contractTest('clients.resource', {
    title: 'A token opens the resource with the request that a widely used client sends',
    sources: [must('RFC6750', '2.1')],
    severity: 'high',
    variants: {
      // It uses `token_type` as the scheme, and sends a Content-Type even without a body.
      'next-drupal': {
        scheme: ref('tokens.token_type'),
        accept: 'application/vnd.api+json',
        contentType: 'application/vnd.api+json',
      },
      'Drupal Canvas CLI': { scheme: 'Bearer', accept: acceptOfAxios, contentType: json },
    },
    when: [
      codeGrant({ as: 'tokens' }),
      resource(ref('tokens.access_token'), {
        scheme: variant('scheme'),
        headers: { accept: variant('accept'), 'content-type': variant('contentType') },
      }),
    ],
    then: opened(),
  })
})
