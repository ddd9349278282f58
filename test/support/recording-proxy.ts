import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request and its answer as they went over the wire. */
export interface Recorded {
  readonly url: string
  /** Names and values in turn. */
  readonly requestHeaders: readonly string[]
  readonly requestBody: string
  readonly responseHeaders: readonly string[]
  readonly responseBody: string
}

export interface RecordingProxy {
  readonly url: string
  readonly recorded: readonly Recorded[]
  close(): void
}

/**
 * A proxy that records everything. It also returns what the client sent in response headers, in other encodings, as a careless server
 * might.
 */
export async function recordingProxy(upstream: string): Promise<RecordingProxy> {
  const recorded: Recorded[] = []
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const { method = '', url = '', rawHeaders } = incoming
      const body = await buffer(incoming)
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        request(upstream + url, { method, headers: rawHeaders }, resolve)
          .on('error', reject)
          .end(body)
      })
      const received = await buffer(answer)
      const said = `${url} ${incoming.headers.authorization ?? ''} ${incoming.headers.cookie ?? ''} ${body.toString()}`
      const echo = [
        ...['X-Echo-Base64', Buffer.from(said).toString('base64')],
        ...['X-Echo-Base64url', Buffer.from(`-${said}`).toString('base64url')],
        ...['X-Echo-Hex', Buffer.from(said).toString('hex')],
        ...['X-Echo-Url', encodeURIComponent(said)],
      ]
      outgoing.writeHead(answer.statusCode ?? 502, [...answer.rawHeaders, ...echo]).end(received)
      recorded.push({
        url,
        requestHeaders: rawHeaders,
        requestBody: body.toString(),
        responseHeaders: answer.rawHeaders,
        responseBody: received.toString(),
      })
    })().catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    recorded,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
