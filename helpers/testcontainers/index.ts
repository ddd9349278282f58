export { SimpleOAuthContainer } from './simple-oauth-container.ts'
export {
  StartedSimpleOAuthContainer,
  type AuthorizeOptions,
  type StartedClient,
  type StartedUser,
  type VisitOptions,
} from './started-container.ts'
export type { TokenResponse } from './browser.ts'
export type { ClientOptions, ScopeOptions, UserOptions } from './entities.ts'
export { TargetError } from '../model/target.ts'
