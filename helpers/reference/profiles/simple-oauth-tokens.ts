import { CompactSign } from 'jose/jws/compact/sign'
import { compactVerify } from 'jose/jws/compact/verify'
import type { Issue, Jwt, Members } from '../core/mechanisms.ts'
import type { KeyPair, State } from '../core/state.ts'

/** Whole seconds, as JWTs count. */
export const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)
const hostOf = (origin: string) => new URL(origin).hostname

/** The access token of league/oauth2-server, with what Simple OAuth adds. */
export function accessToken({ client, user, scopes, origin, id, now, expires }: Issue): Jwt {
  const iat = seconds(now)
  return {
    header: { typ: 'JWT', alg: 'RS256', jti: id },
    claims: {
      aud: client.client_id,
      jti: id,
      iat,
      nbf: iat,
      exp: expires / 1000,
      scope: scopes,
      ...(user ? { sub: user.uid } : {}),
      iss: `https://${hostOf(origin)}/`,
    },
  }
}

export function idTokenClaims({ client, user, origin, now, expires }: Issue): Members {
  return {
    aud: client.client_id,
    iss: `https://${hostOf(origin)}/`,
    iat: seconds(now),
    exp: seconds(expires),
    sub: user?.uid,
  }
}

export async function serializeToken({ header, claims }: Jwt, keys: KeyPair): Promise<string> {
  const signer = new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
  return signer.setProtectedHeader({ ...header, alg: 'RS256' }).sign(keys.privateKey)
}

/** As lcobucci/jwt words it. */
export async function signatureFailure(token: string, { keys }: State): Promise<string | null> {
  if (token.endsWith('.')) return 'The JWT string is missing the Signature part'
  return compactVerify(token, keys.publicKey, { algorithms: ['RS256'] }).then(
    () => null,
    () => 'Access token could not be verified',
  )
}
