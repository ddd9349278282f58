import { resolveScopes } from '../core/authorization.ts'
import type { Account, Client } from '../core/data.ts'
import { Failure } from '../core/failure.ts'
import { issueTokens, newGrantId } from '../core/issue.ts'
import type { CodeCheck, Members } from '../core/mechanisms.ts'
import { answer, withHeaders, type Answer, type Incoming, type Pairs } from '../core/message.ts'
import { refusing, type Service } from '../core/service.ts'
import type { Code, RefreshToken } from '../core/state.ts'
import { deviceGrantType } from '../core/device-mechanisms.ts'
import { authenticate, identify } from './client.ts'
import { deviceGrant, mayUseDevices } from './device.ts'
import { errorAnswer } from './error-answer.ts'

type GrantHandler = (service: Service, incoming: Incoming, pairs: Pairs, client: Client) => Promise<Members>

const grants: Readonly<Record<string, GrantHandler>> = {
  authorization_code: codeGrant,
  refresh_token: refreshGrant,
  client_credentials: clientCredentialsGrant,
}

/** The token endpoint (RFC 6749 §3.2). */
export async function answerToken(service: Service, incoming: Incoming): Promise<Answer> {
  const { mechanisms, state } = service
  return refusing(
    async () => {
      const pairs = mechanisms.tokenParameters(incoming)
      mechanisms.checkParameters(pairs)
      const basic = mechanisms.basicCredentials(incoming.headers.get('authorization'))
      const client = identify(service, mechanisms.clientId(incoming, pairs, basic, state))
      const grant = mechanisms.grantType(pairs)
      const isAdded = client.everyGrant === true && mechanisms.furtherGrants.includes(grant)
      const isOpen = isAdded || mechanisms.openGrants.includes(grant)
      const isDevice = mechanisms.device && grant === deviceGrantType
      const own = Object.hasOwn(grants, grant) ? grants[grant] : undefined
      const handler = isOpen ? openGrant : isDevice ? deviceGrant : own
      if (!handler) throw new Failure('grant/unsupported', grant)
      if (!isOpen && !(isDevice ? mayUseDevices(mechanisms, client) : mechanisms.clientMayUseGrant(client, grant)))
        throw new Failure('grant/not-allowed', grant)
      authenticate(
        service,
        client,
        { ...mechanisms.credentials(pairs, basic), isBasic: basic.clientId !== null },
        grant,
      )
      const members = await handler(service, incoming, pairs, client)
      return answer(200, JSON.stringify(members), mechanisms.tokenHeaders)
    },
    (failure) => withHeaders(errorAnswer(service, failure, incoming), mechanisms.tokenErrorHeaders),
  )
}

interface Redemption {
  readonly code: Code
  readonly client: Client
  readonly redirectUri: string | null
  readonly verifier: string | null
  readonly pairs: Pairs
}

const codeChecks: Readonly<Record<CodeCheck, (service: Service, redemption: Redemption) => void>> = {
  lifetime: ({ mechanisms }, { code }) => {
    if (!mechanisms.codeIsCurrent(code, Date.now())) throw new Failure('code/expired')
  },
  used: ({ mechanisms, state }, { code }) => {
    if (mechanisms.codeIsFresh(code)) return
    mechanisms.codeReplayed(state, code)
    throw new Failure('code/used')
  },
  client: ({ mechanisms }, { code, client }) => {
    if (!mechanisms.codeBelongsTo(code, client)) throw new Failure('code/other-client')
  },
  redirectUri: ({ mechanisms }, { code, redirectUri }) => {
    const kind = mechanisms.codeRedirectUriFailure(code, redirectUri)
    if (kind !== null) throw new Failure(kind, 'redirect_uri')
  },
  // RFC 9700 §4.8.2.
  downgrade: ({ mechanisms }, { code, verifier }) => {
    if (verifier !== null && !mechanisms.verifierExpected(code)) throw new Failure('verifier/unexpected')
  },
  verifier: ({ mechanisms }, { code, client, verifier, pairs }) => {
    if (verifier === null) {
      if (mechanisms.verifierRequired(code, client)) throw new Failure('verifier/missing', 'code_verifier')
      return
    }
    const method = mechanisms.verifierMethod(code, pairs)
    if (code.challenge === null || method === null) return
    if (!mechanisms.verifierWellFormed(verifier)) throw new Failure('verifier/malformed', 'code_verifier')
    if (!mechanisms.verifierMatches(verifier, code.challenge, method)) throw new Failure('verifier/wrong')
  },
}

async function codeGrant(service: Service, incoming: Incoming, pairs: Pairs, client: Client): Promise<Members> {
  const { state, mechanisms } = service
  const value = mechanisms.parameter(pairs, 'code')
  const issued = value === null ? null : mechanisms.issuedSpelling(value)
  const code = mechanisms.storedCode(state, issued, pairs)
  if (!code) {
    if (value === null || issued === null) throw new Failure('parameter/missing', 'code')
    throw new Failure(state.refreshTokens.has(issued) ? 'code/malformed' : 'code/unreadable', value)
  }
  if (state.damaged.has(code.grantId)) throw new Failure('crash', 'the grant cannot be read')
  const redirectUri = mechanisms.parameter(pairs, 'redirect_uri')
  const verifier = mechanisms.parameter(pairs, 'code_verifier')
  for (const check of mechanisms.codeChecks) codeChecks[check](service, { code, client, redirectUri, verifier, pairs })
  if (!mechanisms.codeHeldByUser(state, code.user)) throw new Failure('code/user-gone')
  await mechanisms.consumeCode(code, pairs)
  const { user, scopes } = code
  return issueTokens(service, incoming, {
    ...code,
    client,
    grantType: 'authorization_code',
    user,
    scopes,
    refreshScopes: scopes,
  })
}

async function refreshGrant(service: Service, incoming: Incoming, pairs: Pairs, client: Client): Promise<Members> {
  const { state, mechanisms } = service
  const value = mechanisms.parameter(pairs, 'refresh_token')
  const issued = value === null ? null : mechanisms.issuedSpelling(value)
  const token = mechanisms.storedRefreshToken(state, issued, client)
  if (!token) {
    if (value === null || issued === null) throw new Failure('parameter/missing', 'refresh_token')
    throw new Failure(state.codes.has(issued) ? 'refresh/code-given' : 'refresh/unreadable', value)
  }
  if (state.damaged.has(token.grantId)) throw new Failure('crash', 'the grant cannot be read')
  if (!mechanisms.refreshBelongsTo(token, client)) throw new Failure('refresh/other-client')
  if (!mechanisms.refreshIsCurrent(token, Date.now())) throw new Failure('refresh/expired')
  if (!mechanisms.refreshIsFresh(token)) {
    mechanisms.refreshReplayed(state, token)
    throw new Failure('refresh/used')
  }
  if (token.user && !mechanisms.refreshHeldByUser(state, token.user)) throw new Failure('refresh/user-gone')
  const scopes = refreshedScopes(service, client, token, mechanisms.scopeParameter(pairs))
  const rotates = mechanisms.rotateRefreshToken(token)
  if (rotates) await mechanisms.consumeRefreshToken(token, pairs)
  mechanisms.revokeAfterRefresh(state, token)
  return issueTokens(service, incoming, {
    ...token,
    client,
    grantType: 'refresh_token',
    scopes,
    refreshScopes: mechanisms.refreshScopesKept(token, scopes),
    ...(rotates || issued === null ? {} : { refreshToken: issued }),
  })
}

/** RFC 6749 §6: the requested scopes, which must have been granted; by default all granted scopes. */
function refreshedScopes(
  service: Service,
  client: Client,
  token: RefreshToken,
  requested: readonly string[] | null,
): readonly string[] {
  const { mechanisms } = service
  const wanted = requested === null || requested.length === 0 ? mechanisms.refreshDefault(token, client) : requested
  const scopes = resolveScopes(service, wanted, 'refresh_token')
  const isAsked = requested !== null && requested.length > 0
  const extra = isAsked
    ? mechanisms.checkedScopes(scopes).find((scope) => !mechanisms.refreshScopeGranted(token, scope))
    : undefined
  if (extra !== undefined) throw new Failure('scope/not-granted', extra)
  return scopes
}

async function clientCredentialsGrant(
  service: Service,
  incoming: Incoming,
  pairs: Pairs,
  client: Client,
): Promise<Members> {
  const { state, mechanisms } = service
  const requested = mechanisms.scopeParameter(pairs)
  if (requested === null && client.scopes.length === 0) throw new Failure('scope/missing', 'scope')
  const scopes = resolveScopes(service, requested ?? client.scopes, 'client_credentials')
  const outside = mechanisms.checkedScopes(scopes).find((scope) => !mechanisms.withinClientScopes(client, scope))
  if (outside !== undefined) throw new Failure('scope/not-granted', outside)
  if (!mechanisms.clientCredentialsUser(state, client)) throw new Failure('client/without-user')
  if (scopes.includes('openid') && !mechanisms.idTokenWithoutUser)
    throw new Failure('client/without-user-openid', 'no user for the id_token')
  return issueTokens(service, incoming, {
    client,
    grantType: 'client_credentials',
    user: null,
    scopes,
    refreshScopes: scopes,
    grantId: newGrantId(),
    nonce: null,
    authTime: 0,
  })
}

/** RFC 6749 §4.3 and grants of extensions; no profile offers them. */
async function openGrant(service: Service, incoming: Incoming, pairs: Pairs, client: Client): Promise<Members> {
  const { state, mechanisms } = service
  const grantType = mechanisms.grantType(pairs)
  const user = grantType === 'password' ? userByPassword(service, pairs) : (state.accounts[0] ?? null)
  const scopes = mechanisms.scopeParameter(pairs) ?? client.scopes
  return issueTokens(service, incoming, {
    client,
    grantType,
    user,
    scopes,
    refreshScopes: scopes,
    grantId: newGrantId(),
    nonce: null,
    authTime: 0,
  })
}

function userByPassword({ state, mechanisms }: Service, pairs: Pairs): Account {
  const [name, password] = ['username', 'password'].map((parameter) => {
    const value = mechanisms.parameter(pairs, parameter)
    if (value === null) throw new Failure('parameter/missing', parameter)
    return value
  })
  const user = state.accounts.find((account) => account.name === name)
  if (!user || !mechanisms.passwordMatches(user, password ?? '')) throw new Failure('password/wrong', 'password')
  return user
}
