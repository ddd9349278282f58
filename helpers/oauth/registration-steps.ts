import type { Json } from '../model/verdict.ts'
import type { Common } from './common-step.ts'
import type { Single, VariantValue } from './values.ts'

/** The registration of a client by itself (RFC 7591 §3.1). What was registered is deleted after the check where the server allows that. */
export interface RegisterStep<Name extends string = string> extends Common {
  readonly do: 'register'
  /** Changes to the metadata of a public client that is as the client of the case; `null` leaves one out. */
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
