import { clients, type ClientRole } from '../../fixtures/roles.ts'
import { decodeToken, json, member } from '../judge/outcome.ts'
import type { Json } from '../model/verdict.ts'
import { NotMappedError, type CaseState, type StepResult } from './case-state.ts'
import type { AuthorizeStep } from './steps.ts'

/**
 * The suite's consumers have no default scopes. A mapped one may have some: then a request without a scope is processed with them (RFC 6749
 * §3.3), as the redeemed code shows.
 * @param redeem requests a token for the code.
 * @throws NotMappedError for a consumer with default scopes.
 */
export async function requireNoDefaultScopes(
  { environment: { target } }: CaseState,
  { params = {} }: AuthorizeStep,
  flow: StepResult,
  redeem: () => Promise<StepResult>,
): Promise<void> {
  const role = flow.client?.role ?? ''
  const isOfSite = target.mapped === true && target.provisioned !== true && Object.hasOwn(clients, role)
  const isScopeless = !('$' in params) && 'scope' in params && (params['scope'] === null || params['scope'] === '')
  if (!isOfSite || !isScopeless || flow.outcome.values['code'] === undefined) return
  const tokens = json((await redeem()).outcome)
  const claims = decodeToken(member(tokens, 'access_token'))?.claims
  if (names(member(tokens, 'scope')) || names(member(claims, 'scope')))
    throw new NotMappedError({ kind: 'default-scopes', client: role as ClientRole })
}

const names = (scope: Json | undefined): boolean =>
  Array.isArray(scope) ? scope.length > 0 : typeof scope === 'string' && scope.trim() !== ''
