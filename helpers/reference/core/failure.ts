/** Everything that can be wrong with a request; a profile decides on the response to each. */
export type FailureKind =
  | 'parameter/missing'
  | 'parameter/malformed'
  | 'parameter/repeated'
  | 'client/unknown'
  | 'client/redirect-uri'
  | 'client/secret-missing'
  | 'client/secret-wrong'
  | 'client/two-methods'
  | 'client/public'
  | 'client/without-user'
  | 'client/without-user-openid'
  | 'response-type/missing'
  | 'response-type/unsupported'
  | 'grant/missing'
  | 'grant/unsupported'
  | 'grant/not-allowed'
  | 'scope/missing'
  | 'scope/unknown'
  | 'scope/not-for-grant'
  | 'scope/not-granted'
  | 'challenge/missing'
  | 'challenge/method'
  | 'challenge/malformed'
  | 'consent/denied'
  | 'consent/not-permitted'
  | 'request-object/value'
  | 'request-object/uri'
  | 'prompt/login'
  | 'prompt/consent'
  | 'code/unreadable'
  | 'code/malformed'
  | 'code/expired'
  | 'code/used'
  | 'code/other-client'
  | 'code/redirect-uri-missing'
  | 'code/redirect-uri'
  | 'code/user-gone'
  | 'verifier/missing'
  | 'verifier/malformed'
  | 'verifier/wrong'
  | 'verifier/unexpected'
  | 'password/wrong'
  | 'device/unknown'
  | 'device/other-client'
  | 'device/expired'
  | 'device/used'
  | 'device/denied'
  | 'device/pending'
  | 'device/too-soon'
  | 'refresh/unreadable'
  | 'refresh/code-given'
  | 'refresh/other-client'
  | 'refresh/expired'
  | 'refresh/used'
  | 'refresh/user-gone'
  | 'bearer/malformed'
  | 'bearer/unverified'
  | 'bearer/revoked'
  | 'bearer/without-id'
  | 'bearer/user-blocked'
  | 'bearer/several'
  | 'crash'

/** A rejected request. `subject` is the parameter, scope or detail that is wrong. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly kind: FailureKind
  readonly subject: string
  constructor(kind: FailureKind, subject = '') {
    super(`${kind} ${subject}`.trim())
    this.kind = kind
    this.subject = subject
  }
}

/** An OAuth error as it is sent. */
export interface ErrorAnswer {
  readonly status: number
  readonly error: string
  readonly description: string
  readonly hint?: string
  /** Sent to the client by redirect if the redirect URI is valid (RFC 6749 §4.1.2.1). */
  readonly redirect?: boolean
}
