import { NotMappedError, type CaseState } from './case-state.ts'
import { codeVerifier } from './pkce.ts'
/**
 * What a grant needs besides the client: a request that lacks it is rejected whether the grant is offered or not. The password grant has
 * the user's own credentials; the others have values of the right form, because only an offered grant looks at them.
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
