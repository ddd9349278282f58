/** Whether a text reveals a value, or the bytes that the value encodes in Base64: plainly, in hex, in Base64 or in a part of a JWT. */
export function reveals(text: string, value: string): boolean {
  const layers = [text, ...text.split('.')].flatMap((part) => [
    Buffer.from(part),
    Buffer.from(part, 'hex'),
    Buffer.from(part, 'base64'),
  ])
  const needles = [Buffer.from(value), Buffer.from(value, 'base64url')].filter((needle) => needle.length > 0)
  return layers.some((layer) => needles.some((needle) => layer.includes(needle)))
}
