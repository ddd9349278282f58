import type { Json } from '../model/verdict.ts'
import type { Common } from './common-step.ts'
import type { Single, VariantValue } from './values.ts'

/** Dynamic registration of a client (RFC 7591 §3.1). The client is deleted after the check, if the server allows it. */
export interface RegisterStep<Name extends string = string> extends Common {
  readonly do: 'register'
  /** Changes to the metadata of a public client like the case's client; `null` leaves one out. */
  readonly metadata?:
    Readonly<Record<string, Json | Single<Name> | readonly (string | VariantValue<Name>)[]>> | VariantValue<Name>
  /** A body instead of the metadata, sent verbatim. */
  readonly body?: Single<Name>
}

/** A request to the address of a registration (RFC 7592 §2). */
export interface ManageRegistrationStep<Name extends string = string> extends Common {
  readonly do: 'manageRegistration'
  readonly of: string
  readonly method?: Single<Name>
  /** Instead of the token of the registration; `null` sends none. */
  readonly token?: Single<Name> | null
}
