import type { EntityChange, SiteChange } from '../model/target.ts'
import type { Account, Client } from './core/data.ts'
import type { Service } from './core/service.ts'

/** Makes a site change of a case. @returns its facts, if any. @throws {RangeError} for an unknown user or client. */
export async function changeState(service: Service, request: SiteChange): Promise<unknown> {
  const { state, mechanisms } = service
  switch (request.op) {
    case 'user.change':
      changeAccount(service, request)
      break
    case 'consumer.change':
      changeClient(service, request)
      break
    case 'keys.replace':
      await state.replaceKeys()
      break
    case 'keys.restore':
      state.restoreKeys()
      break
    case 'address.fetch':
      await fetch(request.url)
      break
    case 'openid.disable':
    case 'openid.enable':
      state.openidDisabled = request.op === 'openid.disable'
      break
    case 'cron':
      mechanisms.cron(state, Date.now())
      return leftByCron(service)
    case 'caches.rebuild':
    // Nothing is cached here.
  }
  return undefined
}

function leftByCron({ state }: Service): object {
  const now = Date.now()
  const all = [...state.accessTokens.values(), ...state.refreshTokens.values(), ...state.codes.values()]
  const count = (isMeant: (expires: number) => boolean): number => all.filter(({ expires }) => isMeant(expires)).length
  // Tokens that expire while cron runs are left to its next run.
  return { 'cron.expired': count((expires) => expires < now - 1000), 'cron.live': count((expires) => expires > now) }
}

type Change<Op> = Extract<EntityChange, { op: Op }>

function changeAccount({ state, mechanisms }: Service, { user, change, password }: Change<'user.change'>): void {
  const provisioned = state.original.users.find(({ role }) => role === user)
  if (!provisioned)
    throw new RangeError(`The reference server has no user "${user}". Add it to the data it starts with.`)
  const account = state.accounts.find(({ role }) => role === user)
  if (!account) {
    if (change !== 'restore') throw new RangeError(`The user "${user}" was deleted.`)
    state.accounts = [...state.accounts, state.newAccount(provisioned)]
    return
  }
  if (change === 'restore') Object.assign(account, { roles: {} }, provisioned)
  if (change === 'password') account.password = password ?? ''
  if (change === 'roles') Object.assign(account, { permissions: [], roles: withoutPowers(account) })
  if (change === 'permissions') Object.assign(account, { permissions: [], roles: withoutPermissions(account) })
  if (change === 'delete') state.accounts = state.accounts.filter((other) => other !== account)
  mechanisms.userChanged(state, account, change)
  if (change === 'restore') state.damaged.clear()
}

/** The roles that have no permissions. */
const withoutPowers = ({ roles = {} }: Account): Account['roles'] =>
  Object.fromEntries(Object.entries(roles).filter(([, permissions]) => permissions.length === 0))

const withoutPermissions = ({ roles = {} }: Account): Account['roles'] =>
  Object.fromEntries(Object.keys(roles).map((role) => [role, []]))

function changeClient(
  { state, mechanisms }: Service,
  { client: role, change, secret }: Change<'consumer.change'>,
): void {
  const provisioned = state.original.clients.find((client) => client.role === role)
  if (!provisioned)
    throw new RangeError(`The reference server has no client "${role}". Add it to the data it starts with.`)
  const isMeant = ({ client_id: id }: Client): boolean => id === provisioned.client_id
  const before = state.data.clients.find(isMeant)
  if (!before && change !== 'restore') throw new RangeError(`The client "${role}" was deleted.`)
  const wanted =
    change === 'delete'
      ? null
      : change === 'restore'
        ? provisioned
        : {
            ...(before ?? provisioned),
            ...(change === 'secret' ? { client_secret: secret ?? '' } : {}),
            ...(change === 'unpublish' ? { unpublished: true } : {}),
            ...(typeof change === 'object' ? change : {}),
          }
  const after = before && change !== 'restore' ? mechanisms.changedConsumer(before, wanted) : wanted
  const others = state.data.clients.filter((client) => !isMeant(client))
  state.data = { ...state.data, clients: after ? [...others, after] : others }
  if (change === 'restore')
    for (const key of state.approvals.keys()) forget(state.approvals, key, provisioned.client_id)
  if (before && change !== 'delete') mechanisms.consumerChanged(state, before)
}

function forget(approvals: Map<string, unknown>, key: string, clientId: string): void {
  if (key.endsWith(` ${clientId}`)) approvals.delete(key)
}
