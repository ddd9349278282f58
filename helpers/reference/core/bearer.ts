import type { Account, Client } from './data.ts'
import { Failure } from './failure.ts'
import type { Jwt, Members } from './mechanisms.ts'
import type { Incoming } from './message.ts'
import { userPermissions, type Service } from './service.ts'
import { placeholder } from './message.ts'
import type { AccessToken } from './state.ts'

const notVerified = 'Access token could not be verified'

/** The access that a valid bearer token gives. */
export interface Access {
  readonly token: string
  /** Null of a browser session. */
  readonly record: AccessToken | null
  readonly client: Client | null
  /** Absent if a client_credentials client has no user. */
  readonly account: ReturnType<Service['state']['account']>
  readonly permissions: ReadonlySet<string>
  readonly roles: readonly string[]
}

/**
 * The access of the request's bearer token; null without a token.
 *
 * @throws {Failure} `bearer/*` if the token is not valid.
 */
export async function bearerAccess(service: Service, incoming: Incoming): Promise<Access | null> {
  const { state, mechanisms } = service
  const token = mechanisms.bearerToken(incoming)
  if (token === null) return null
  const record = mechanisms.otherTokenAccess(token, state) ?? (await verify(service, token, incoming.origin))
  const client = state.data.clients.find((known) => known.client_id === record.clientId)
  if (state.damaged.has(record.grantId)) throw new Failure('crash', 'the grant cannot be read')
  if (!client) throw new Failure(mechanisms.tokenOfUnknownClient, 'TokenAuthUser::$consumer must not be null')
  const account = record.user ?? state.account(client.user)
  if (!mechanisms.bearerUserAllowed(state, account)) {
    const name = placeholder(account?.name ?? '')
    throw new Failure('bearer/user-blocked', `${name} is blocked or has not been activated yet.`)
  }
  return { token, record, client, account, ...rights(service, record, account) }
}

async function verify({ state, mechanisms }: Service, token: string, origin: string): Promise<AccessToken> {
  const jwt = decode(token)
  const wrong = await mechanisms.signatureFailure(token, state)
  if (wrong !== null) throw new Failure('bearer/unverified', wrong)
  if (!mechanisms.timesValid(jwt.claims, Date.now())) throw new Failure('bearer/unverified', notVerified)
  const id = jwt.claims['jti']
  if (typeof id !== 'string') throw new Failure('bearer/without-id', 'isRevoked(): Argument #1 must be of type string')
  const record = state.accessTokens.get(id)
  if (mechanisms.isRevoked(record) || !record) throw new Failure('bearer/revoked', 'Access token has been revoked')
  if (!mechanisms.claimsValid(jwt, record, origin)) throw new Failure('bearer/unverified', notVerified)
  return record
}

/** The access of a browser session: all permissions of its user. */
export const sessionAccess = (service: Service, account: Account): Access => ({
  ...{ token: '', record: null, client: null, account },
  permissions: userPermissions(service, account),
  roles: ['authenticated', ...Object.keys(account.roles ?? {})],
})

function rights(service: Service, record: AccessToken, account: Access['account']) {
  const { state, mechanisms } = service
  const scopes = mechanisms.scopesMeant(state.data.scopes, record.scopes)
  const scopeRoles = scopes.flatMap(({ grantsRole }) => grantsRole ?? [])
  const roles = mechanisms.tokenRoles(scopeRoles, Object.keys(account?.roles ?? {}))
  const calculate = (): ReadonlySet<string> => {
    const fromRoles = scopeRoles.flatMap((role) => mechanisms.roleRights(account, role, state.accounts))
    const byScope = new Set([...scopes.flatMap(({ permission }) => permission ?? []), ...fromRoles])
    // A user with a role has its permissions anyway.
    const byUser = account ? new Set([...userPermissions(service, account), ...fromRoles]) : byScope
    const unlimited = account?.admin !== undefined && !mechanisms.scopesLimitAdmin(record.user)
    return unlimited ? byUser : mechanisms.permissions(record.user, byScope, byUser)
  }
  const permissions = mechanisms.cachedPermissions(state.permissionCache, { record, roles }, calculate)
  return { permissions, roles: ['authenticated', ...roles.filter((role) => role !== 'authenticated')] }
}

/** Takes a JWT apart with the messages of lcobucci/jwt 5. */
function decode(token: string): Jwt {
  const parts = token.split('.')
  if (parts.length !== 3) throw new Failure('bearer/malformed', 'The JWT string must have two dots')
  const empty = parts.slice(0, 2).indexOf('')
  if (empty >= 0)
    throw new Failure('bearer/malformed', `The JWT string is missing the ${empty === 0 ? 'Header' : 'Claim'} part`)
  const [header = '', claims = '', signature = ''] = parts
  const jwt = { header: parse(header, 'headers'), claims: parse(claims, 'claims') }
  base64(signature)
  return jwt
}

/** Only the canonical encoding is accepted: RFC 7515 §2, RFC 4648 §3.5. */
function base64(part: string): string {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.toString('base64url') !== part) {
    throw new Failure('bearer/malformed', 'Error while decoding from Base64Url, invalid base64 characters detected')
  }
  return bytes.toString()
}

function parse(part: string, name: string): Members {
  const text = base64(part)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Failure('bearer/malformed', 'Error while decoding from JSON')
  }
  // PHP arrays include lists.
  if (typeof value !== 'object' || value === null) {
    throw new Failure('bearer/malformed', `${name} must be an array`)
  }
  return { ...value }
}
