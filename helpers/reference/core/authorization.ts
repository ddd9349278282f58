import { openidScopes } from './data.ts'
import type { Draft } from './draft.ts'
import { Failure } from './failure.ts'
import type { AuthorizationCheck } from './authorization-mechanisms.ts'
import type { Incoming } from './message.ts'
import type { Service } from './service.ts'

type Check = (service: Service, draft: Draft) => void

const checks: Readonly<Record<AuthorizationCheck, Check>> = {
  responseType: ({ mechanisms }, draft) => {
    const type = mechanisms.responseTypeParameter(draft.pairs)
    if (type === null) throw new Failure('response-type/missing', 'response_type')
    const wanted = mechanisms.responseType(type)
    if (wanted === null) throw new Failure('response-type/unsupported', type)
    draft.responseType = wanted
  },
  clientGrant: ({ mechanisms }, { client, responseType }) => {
    // A token in the redirect is a grant of its own, and a server that has it need not ask the client's grants.
    if (responseType === 'token') return
    if (!mechanisms.clientMayUseGrant(client, 'authorization_code')) throw new Failure('grant/not-allowed')
  },
  clientId: ({ mechanisms }, draft) => {
    if (mechanisms.parameter(draft.pairs, 'client_id') === null) throw new Failure('parameter/missing', 'client_id')
  },
  redirectUri: ({ mechanisms }, draft) => {
    const registered = draft.client.redirectUris
    const given = mechanisms.parameter(draft.pairs, 'redirect_uri')
    // RFC 6749 §3.1.2.3: optional if exactly one is registered.
    const accepted =
      given === null
        ? mechanisms.defaultRedirectUri(registered)
        : registered.some((uri, index) => mechanisms.redirectUriMatches(uri, given, index))
          ? given
          : null
    if (accepted === null) {
      draft.redirectUri = mechanisms.unregisteredRedirect(given, draft.pairs)
      throw new Failure('client/redirect-uri')
    }
    draft.redirectUri = accepted
    draft.givenRedirectUri = given
  },
  state: ({ mechanisms }, draft) => {
    draft.state = mechanisms.stateParameter(draft.pairs)
  },
  scopeGiven: (service, draft) => {
    if (wantedScopes(service, draft) === null) throw new Failure('scope/missing', 'scope')
  },
  scopeKnown: (service, draft) => {
    const requested = service.mechanisms.scopeParameter(draft.pairs)
    draft.scopes = knownScopes(service, wantedScopes(service, draft) ?? [])
    draft.listed = requested === null ? [] : draft.scopes
  },
  scopeForGrant: (service, { scopes }) => {
    requireScopesForGrant(service, scopes, 'authorization_code')
  },
  challenge: ({ mechanisms }, draft) => {
    const challenge = mechanisms.parameter(draft.pairs, 'code_challenge')
    if (challenge === null) {
      if (mechanisms.challengeRequired(draft.client, draft.pairs))
        throw new Failure('challenge/missing', 'code_challenge')
      return
    }
    const method = mechanisms.challengeMethod(mechanisms.parameter(draft.pairs, 'code_challenge_method'))
    if (method === null) throw new Failure('challenge/method', 'code_challenge_method')
    if (!mechanisms.challengeWellFormed(challenge)) throw new Failure('challenge/malformed', 'code_challenge')
    if (method === 'ignored') return
    draft.challenge = challenge
    draft.method = method === 'unchecked' ? null : method
  },
}

/** The requested scopes, or the default; null if there is neither. */
function wantedScopes({ mechanisms, state }: Service, { pairs, client }: Draft): readonly string[] | null {
  return mechanisms.scopeParameter(pairs) ?? mechanisms.defaultScopes(client, state.data.scopes)
}

/**
 * The canonical names of scopes that exist and are enabled for the grant.
 *
 * @throws {Failure} `scope/unknown`, `scope/not-for-grant`.
 */
export function resolveScopes(service: Service, names: readonly string[], grant: string): string[] {
  const found = knownScopes(service, names)
  requireScopesForGrant(service, found, grant)
  return found
}

function knownScopes({ state, mechanisms }: Service, names: readonly string[]): string[] {
  const checked = mechanisms.checkedScopes(names)
  const found = names.flatMap((name) => {
    const known = mechanisms.findScope(state.data.scopes, name)
    const otherwise = mechanisms.unknownScope(name)
    if (known === null && otherwise === 'refuse' && checked.includes(name)) throw new Failure('scope/unknown', name)
    return known ?? (otherwise === 'keep' ? name : [])
  })
  return [...new Set(found)]
}

function requireScopesForGrant({ state, mechanisms }: Service, names: readonly string[], grant: string): void {
  for (const name of mechanisms.checkedScopes(names)) {
    const scope = state.data.scopes.find((configured) => configured.name === name)
    if (scope && !openidScopes.includes(name) && !mechanisms.scopeForGrant(scope, grant)) {
      throw new Failure('scope/not-for-grant', name)
    }
  }
}

/** Finds the client; `validate` checks everything else and completes the draft. */
export function startDraft({ state, mechanisms }: Service, incoming: Incoming): Draft {
  const pairs = mechanisms.authorizationParameters(incoming)
  // A client_id in the query overrides one in the posted form.
  const named = incoming.query.some(([name]) => name === 'client_id') ? { ...incoming, body: [] } : incoming
  const clientId = mechanisms.clientId(named, pairs, null, state)
  if (clientId === null) throw new Failure('parameter/missing', 'client_id')
  const client = mechanisms.findClient(state.data.clients, clientId)
  if (!client) throw new Failure('client/unknown', clientId)
  if (client.broken) throw new Failure('crash', 'the consumer cannot be read')
  return {
    pairs,
    client,
    redirectUri: null,
    givenRedirectUri: null,
    state: null,
    scopes: [],
    listed: [],
    challenge: null,
    method: null,
    responseType: 'code',
  }
}

/** @throws {Failure} for an invalid request; the draft then contains what was read up to there. */
export function validate(service: Service, draft: Draft): void {
  for (const check of service.mechanisms.authorizationChecks) checks[check](service, draft)
  service.mechanisms.checkParameters(draft.pairs)
  const object = service.mechanisms.requestObjectFailure(draft.pairs)
  if (object !== null) throw new Failure(object)
}
