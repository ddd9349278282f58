import { NotMappedError, type CaseState } from './case-state.ts'
import { codeVerifier } from './pkce.ts'
/**
 * Parameters that a grant needs besides the client; without them a request is rejected whether or not the grant is offered. The password
 * grant gets the user's own credentials; the others get values of the right form, which only an offered grant examines.
 */
export function wellFormed(caseState: CaseState, grant: string): Readonly<Record<string, string>> {
  if (grant === 'password') {
    const { name, password } = caseState.userInfo(caseState.user)
    if (password === undefined) throw new NotMappedError({ kind: 'no-password', user: caseState.user })
    return { username: name, password }
  }
  const jwt = `${Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url')}.e30.${'A'.repeat(342)}`
  const extensions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    // RFC 8628 §3.4
    'urn:ietf:params:oauth:grant-type:device_code': { device_code: codeVerifier() },
    // RFC 8693 §2.1
    'urn:ietf:params:oauth:grant-type:token-exchange': {
      subject_token: jwt,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    },
    // RFC 7523 §2.1, RFC 7522 §2.1
    'urn:ietf:params:oauth:grant-type:jwt-bearer': { assertion: jwt },
    'urn:ietf:params:oauth:grant-type:saml2-bearer': { assertion: Buffer.from('<Assertion/>').toString('base64url') },
  }
  return extensions[grant] ?? {}
}
