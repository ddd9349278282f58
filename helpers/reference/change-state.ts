import type { SiteChange } from '../model/target.ts'
import type { Service } from './core/service.ts'

/** Makes a change that a case asks for. @throws {RangeError} for an unknown user. */
export async function changeState({ state, mechanisms }: Service, request: SiteChange): Promise<void> {
  if (!('user' in request)) {
    if (request.op === 'keys.rotate') await state.rotateKeys()
    if (request.op === 'keys.restore') state.restoreKeys()
    if (request.op === 'address.fetch') await fetch(request.url)
    if (request.op === 'openid.disable' || request.op === 'openid.enable')
      state.openidDisabled = request.op === 'openid.disable'
    // `caches.rebuild` does nothing, because nothing is cached here.
    return
  }
  const account = state.accounts.find((known) => known.role === request.user)
  if (!account)
    throw new RangeError(`The reference server has no user "${request.user}". Add it to the data it starts with.`)
  if (request.op === 'user.block') mechanisms.blockUser(state, account)
  else {
    state.blocked.delete(account.uid)
    state.forgetAccess(account)
  }
}
