/** What a spec file imports. */
export { bindsClient, may, must, should } from '../../fixtures/sources.ts'
export {
  absent,
  between,
  clientId,
  codeIssued,
  concealing,
  configuredLifetime,
  denied,
  differsFrom,
  equals,
  exactScopes,
  granted,
  holds,
  isA,
  matching,
  notGranted,
  ofSchema,
  oneOf,
  opened,
  refused,
  refusedByRedirect,
  refusedWithPage,
  sameAs,
  signedBy,
  userId,
  without,
} from '../judge/expectation.ts'
export {
  authorize,
  clientCredentials,
  codeGrant,
  entity,
  exchange,
  jwks,
  login,
  race,
  refresh,
  resource,
  site,
  wait,
} from '../oauth/steps.ts'
export {
  anotherVerifier,
  clientSecret,
  joined,
  ref,
  repeated,
  scopes,
  signedWith,
  tampered,
  variant,
  verifier,
} from '../oauth/values.ts'
export type { JsonSchema } from '../judge/expectation.ts'
export type { CaseDefinition } from './case.ts'
export { contractTest, describe } from './contract-test.ts'
