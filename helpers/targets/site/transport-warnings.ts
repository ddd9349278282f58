/** `localhost` and its subdomains never leave the machine (RFC 6761 §6.3). */
const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u

/**
 * * Warns if others could read or forge what the suite sends to a site; otherwise empty.
 * @param uncheckedTls Whether Node accepts every certificate.
 */
export function transportWarnings(baseUrl: string, uncheckedTls: boolean): readonly string[] {
  const { protocol, hostname, host } = new URL(baseUrl)
  if (protocol === 'http:' && !loopback.test(hostname))
    return [
      `${host} is tested over http: anyone on the network can read the passwords, secrets and tokens of the run, and change the responses. Use https.`,
    ]
  if (protocol === 'https:' && uncheckedTls)
    return [
      `NODE_TLS_REJECT_UNAUTHORIZED=0 accepts any certificate: ${host} may be another server, which receives the passwords, secrets and tokens of the run. Unset it, and name the PEM file of your authority with --ca FILE.`,
    ]
  return []
}
