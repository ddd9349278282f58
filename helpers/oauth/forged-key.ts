import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

let pair: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined

/** The key pair that forged tokens of this process are signed with; no server has a reason to trust it. */
export const forgedKeys = (): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } =>
  (pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 }))

/** A self-signed X.509 certificate of the forged key, in PEM (RFC 5280 §4.1, version 1). Node can read certificates, but not create them. */
export function forgedCertificate(): string {
  const { privateKey, publicKey } = forgedKeys()
  const algorithm = sequence(Buffer.from('06092a864886f70d01010b0500', 'hex'))
  const commonName = sequence(Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('forged')))
  const name = sequence(der(0x31, commonName))
  const utcTime = (text: string): Buffer => der(0x17, Buffer.from(text))
  const validity = sequence(utcTime('200101000000Z'), utcTime('491231235959Z'))
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const content = sequence(der(0x02, Buffer.from([1])), algorithm, name, validity, name, key)
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey))
  const lines =
    sequence(content, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/gu) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
