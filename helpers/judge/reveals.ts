/** Whether a value can be read in a text: as it is, or as the bytes it is the Base64 of, in plain, in hex, Base64 or a part of a JWT. */
export function reveals(text: string, value: string): boolean {
  const layers = [text, ...text.split('.')].flatMap((part) => [
    Buffer.from(part),
    Buffer.from(part, 'hex'),
    Buffer.from(part, 'base64'),
  ])
  const needles = [Buffer.from(value), Buffer.from(value, 'base64url')].filter((needle) => needle.length > 0)
  return layers.some((layer) => needles.some((needle) => layer.includes(needle)))
}
