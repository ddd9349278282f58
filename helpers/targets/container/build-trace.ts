/** One message of BuildKit: steps that began, and lines that commands wrote. */
export interface BuildTrace {
  readonly steps: readonly string[]
  readonly log: readonly string[]
}

/**
 * Reads moby.buildkit.v1.StatusResponse, of which only a few fields matter
 * (https://github.com/moby/buildkit/blob/master/api/services/control/control.proto): its vertexes (1) with name (3), cached (4),
 * started (5) and completed (6), and its logs (3) with msg (4).
 */
export function readTrace(bytes: Buffer): BuildTrace {
  const response = fieldsOf(bytes)
  const vertexes = all(response, 1).map(fieldsOf)
  const begun = vertexes.filter((vertex) => all(vertex, 5).length > 0 && all(vertex, 6).length === 0)
  return {
    // Names in brackets are steps of the Dockerfile; the rest is internal to the builder.
    steps: begun.flatMap((vertex) => all(vertex, 3).map(String)).filter((name) => /^\[.*\d+\/\d+\]/.test(name)),
    log: all(response, 3).flatMap((log) => all(fieldsOf(log), 4).flatMap((text) => text.toString().split('\n'))),
  }
}

type Field = readonly [number: number, value: Buffer]
const all = (fields: readonly Field[], number: number) =>
  fields.filter(([one]) => one === number).map(([, value]) => value)

/** Fields with a length; numbers are skipped (https://protobuf.dev/programming-guides/encoding/). */
function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let factor = 1; at < bytes.length; factor *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) break
    }
    return value
  }
  while (at < bytes.length) {
    const key = varint()
    const type = key % 8
    if (type === 2) {
      const length = varint()
      fields.push([Math.floor(key / 8), bytes.subarray(at, at + length)])
      at += length
    } else if (type === 0) varint()
    else at += type === 1 ? 8 : 4
  }
  return fields
}
