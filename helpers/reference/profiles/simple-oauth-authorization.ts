import type { AuthorizationMechanisms } from '../core/authorization-mechanisms.ts'
import { openidScopes } from '../core/data.ts'
import { redirectUriMatches } from '../core/league.ts'
import { escapeHtml } from '../core/message.ts'

/** The authorization endpoint of Simple OAuth 6.0.9, with Drupal's login. */
export const authorizationEndpoint: AuthorizationMechanisms = {
  authorizationChecks: [
    'responseType',
    'clientGrant',
    'clientId',
    'redirectUri',
    'state',
    'scopeKnown',
    'challenge',
    'scopeGiven',
    'scopeForGrant',
  ],
  responseType: (type) => (type === 'code' ? 'code' : null),
  redirectUriMatches,
  defaultRedirectUri: (registered) => (registered.length === 1 ? (registered[0] ?? null) : null),
  unregisteredRedirect: () => null,
  checkedScopes: (scopes) => scopes,
  challengeRequired: (client) => client.pkce && !client.confidential,
  challengeMethod: (method) => (method === 'S256' ? 'S256' : method === null || method === 'plain' ? 'plain' : null),
  challengeWellFormed: (challenge) => /^[A-Za-z0-9\-._~]{43,128}$/.test(challenge),
  findScope: (scopes, name) =>
    [...scopes.map((scope) => scope.name), ...openidScopes].find(
      (known) => known.toLowerCase() === name.toLowerCase(),
    ) ?? null,
  unknownScope: () => 'refuse',
  defaultScopes: ({ authorizationCodeScopes = [] }) =>
    authorizationCodeScopes.length === 0 ? null : authorizationCodeScopes,
  scopeForGrant: (scope, grant) => scope.grantTypes.includes(grant),
  errorsAfterLogin: false,
  requestObjectFailure: () => null,
  authorizationIssuer: () => null,

  loginRequired: true,
  passwordMatches: (account, password) => account.password === password,
  loginAllowed: (state, account) => !state.blocked.has(account.uid),
  sessionAfterFailedLogin: false,
  logoutEndsSession: true,
  loginAgain: () => false,
  hintMatches: () => true,
  floodLimit: 5,
  loginRedirectStatus: 303,
  sessionCookie: (id) => {
    const expires = new Date(Date.now() + 2_000_000_000).toUTCString()
    return `${encodeURIComponent(id)}; expires=${expires}; Max-Age=2000000; path=/; HttpOnly; SameSite=Lax`
  },
  rememberedQuery: (query) => query,
  formTokenMatches: (session, given) => given === session.formToken,
  mayGrantCodes: (permissions) => permissions.has('grant simple_oauth codes'),
  rememberedApproval: (client, approved, scopes) =>
    client.rememberApproval === true && approved.size > 0 && scopes.every((scope) => approved.has(scope)),
  approvalKey: (account, client) => `${account.uid} ${client.client_id}`,
  rememberDenial: false,
  automaticApproval: (client) => client.automaticAuthorization === true,
  // Drupal handles a form without a known button as if its first one had been pressed.
  decision: (op, _allow, deny) => (op === deny ? 'deny' : 'allow'),
  codeForDenial: false,
  consentLabel: escapeHtml,
  consentTitle: (title) => escapeHtml(title),
  consentScopes: (asked) => asked,
  decidedRequest: (posted) => posted,
  consentHeaders: [],
  promptHonoured: false,
  silentlyIssued: true,
  redirectStatus: 302,
  responseState: (state) => state,
  // Drupal's `cors.config` is switched off by default.
  cors: () => null,
  securityHeaders: [['X-Frame-Options', 'SAMEORIGIN']],
}
