import { afterEach, describe, expect, test } from 'vitest'
import { createHttpClient, type HttpClient, type HttpClientOptions, TransportError } from '../../helpers/http/client.ts'
import { httpServer, rawServer, type TestServer } from '../support/http-server.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function client(server: TestServer | string, options: Partial<HttpClientOptions> = {}): HttpClient {
  const origin = typeof server === 'string' ? server : server.origin
  if (typeof server !== 'string') open.push(server)
  const made = createHttpClient({ origin, timeout: 5_000, bodyLimit: 10_000, connections: 2, ...options })
  open.unshift(made)
  return made
}

/** The error a promise ends with; fails when it does not. */
async function thrown(promise: Promise<unknown>): Promise<TransportError> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(TransportError)
  return error as TransportError
}

const answer = (body: string, headers = '') =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n${headers}\r\n${body}`

describe('what is recorded', () => {
  test('the request as sent and the response as received', async () => {
    const heads: string[] = []
    const server = await rawServer((socket, head) => {
      heads.push(head)
      socket.write(
        answer('ok', 'X-B: 1\r\nx-a: 2\r\nX-B: 3\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Latin: \xe9\xff\r\n'),
        'latin1',
      )
    })
    const url = `${server.origin}/a/../b%2e?x=%2f&y=ü#fragment`.replace('ü', '%C3%BC')
    const exchange = await client(server).send({ method: 'POST', url, headers: [['X-Case', 'v']], body: 'a=ü' })
    expect(heads[0]).toMatch(/^POST \/a\/\.\.\/b%2e\?x=%2f&y=%C3%BC HTTP\/1\.1\r\n/)
    expect(heads[0]).toMatch(/content-length: 4/i)
    expect(heads[0]).not.toMatch(/accept-encoding/i)
    expect(exchange.request).toEqual({
      method: 'POST',
      url,
      headers: [
        ['X-Case', 'v'],
        ['user-agent', expect.stringMatching(/^simple-oauth-contract\/\d+\.\d+\.\d+$/)],
      ],
      body: 'a=ü',
    })
    expect(exchange.response).toEqual({
      status: 200,
      headers: [
        ['content-length', '2'],
        ['x-b', '1'],
        ['x-a', '2'],
        ['x-b', '3'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-latin', '\xe9\xff'],
      ],
      body: 'ok',
      truncated: false,
    })
    expect(exchange.milliseconds).toBeGreaterThan(0)
  })

  test('a redirect is recorded, not followed', async () => {
    let asked = 0
    const other = await httpServer((_, response) => void (asked++, response.end()))
    open.push(other)
    const server = await httpServer((_, response) => response.writeHead(302, { location: `${other.origin}/x` }).end())
    const { response } = await client(server).send({ method: 'GET', url: `${server.origin}/` })
    expect(response.status).toBe(302)
    expect(asked).toBe(0)
  })

  test('broken UTF-8 is replaced, a byte order mark kept', async () => {
    const server = await httpServer((_, response) => response.end(Buffer.from('\xef\xbb\xbfa\xff\xc3', 'latin1')))
    const { response } = await client(server).send({ method: 'GET', url: `${server.origin}/` })
    expect(response.body).toBe('\ufeffa\ufffd\ufffd')
  })

  test('a compressed body is neither requested nor unpacked', async () => {
    const server = await httpServer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.from([0x1f, 0x8b, 8, 0])),
    )
    const { response } = await client(server).send({ method: 'GET', url: `${server.origin}/` })
    expect(response.body).toHaveLength(4)
  })
})

describe('what a hostile server cannot do', () => {
  test('send more than the limit', async () => {
    let written = 0
    let closed = () => {}
    const ended = new Promise<void>((resolve) => (closed = resolve))
    const server = await httpServer((_, response) => {
      const chunk = Buffer.alloc(1_000_000, 'ü')
      const more = () => {
        while (written < 100_000_000 && response.write(chunk)) written += chunk.length
      }
      response.on('drain', more).on('close', () => closed())
      more()
    })
    const { response } = await client(server, { bodyLimit: 1_001 }).send({ method: 'GET', url: `${server.origin}/` })
    expect(response.truncated).toBe(true)
    expect(response.body).toBe('ü'.repeat(500))
    await ended
    expect(written).toBeLessThan(100_000_000)
  })

  test('a body of exactly the limit is whole', async () => {
    const server = await httpServer((_, response) => response.end('12345'))
    const { response } = await client(server, { bodyLimit: 5 }).send({ method: 'GET', url: `${server.origin}/` })
    expect(response).toMatchObject({ body: '12345', truncated: false })
  })

  test('hold a request by never answering', async () => {
    const server = await rawServer(() => {})
    const error = await thrown(
      client(server, { timeout: 50 }).send({ method: 'GET', url: `${server.origin}/p?code=s` }),
    )
    expect(error.code).toBe('timeout')
    expect(error.message).toContain(`GET ${server.origin}/p: no complete response within 50 ms`)
    expect(error.message).not.toContain('code=s')
  })

  test('hold a request by a byte at a time', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n')
      const timer = setInterval(() => socket.write('.'), 5)
      socket.on('close', () => clearInterval(timer))
    })
    const error = await thrown(client(server, { timeout: 100 }).send({ method: 'GET', url: `${server.origin}/` }))
    expect(error.code).toBe('timeout')
  })

  test.each([
    ['before an answer', ''],
    ['in the headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab'],
  ])('pass off an answer that ends %s as whole', async (_, text) => {
    let requests = 0
    const server = await rawServer((socket) => void (requests++, socket.end(text)))
    const error = await thrown(client(server).send({ method: 'GET', url: `${server.origin}/` }))
    expect(error.code).toMatch(/^(UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|HPE_\w+)$/)
    expect(requests).toBe(1)
  })

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['a header with a control byte', 'HTTP/1.1 200 OK\r\nx-a: b\x00c\r\n\r\n'],
    ['a header name with a space', 'HTTP/1.1 200 OK\r\nx a: b\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(20_000)}\r\n`],
  ])('answer with %s', async (_, text) => {
    const server = await rawServer((socket) => socket.end(text))
    const error = await thrown(client(server).send({ method: 'GET', url: `${server.origin}/` }))
    expect(error.code).toMatch(/^(HPE_\w+|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/)
    expect(error.message).toContain('not valid HTTP')
  })
})

describe('where requests go', () => {
  const urls = [
    'http://other.example.test/',
    'https://127.0.0.1:1/',
    'http://127.0.0.1:2/',
    'http://127.0.0.1:1@other.example.test/',
    'http://user:secret@127.0.0.1:1/',
    'http://user@127.0.0.1:1/',
    '/relative',
    'com.example.app:/callback?code=1',
  ]
  test.each(urls)('not to %s', async (url) => {
    const error = await thrown(client('http://127.0.0.1:1').send({ method: 'GET', url }))
    expect(error.code).toBe('foreign-origin')
    expect(error.message).not.toContain('secret')
  })

  test('nor where the site leaves out its port, which has a remedy of its own', async () => {
    const send = (url: string) => thrown(client('http://127.0.0.1:1').send({ method: 'GET', url }))
    expect((await send('http://127.0.0.1/')).message).toContain('The site does not know its port')
    for (const url of ['http://127.0.0.1:2/', 'https://127.0.0.1/', 'http://other.example.test/'])
      expect((await send(url)).message).toContain('Correct the base URL')
  })

  test.each([
    ['http://127.0.0.1:1', 'ECONNREFUSED', 'nothing listens at this address'],
    ['http://nowhere.invalid', 'ENOTFOUND', 'the host name cannot be resolved'],
  ])('%s is named when it cannot be asked', async (origin, code, message) => {
    const error = await thrown(client(origin).send({ method: 'GET', url: `${origin}/` }))
    if (origin.includes('invalid') && error.code === 'EAI_AGAIN') return
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
  })

  test.each([
    ['a line break in a header', { headers: [['x', 'a\r\nb: c']] as const }],
    ['a space in the path', { url: '/a b' }],
    ['a space in the method', { method: 'GE T' }],
  ])(
    'nothing is sent with %s',
    async (_, change: { url?: string; method?: string; headers?: readonly (readonly [string, string])[] }) => {
      let requests = 0
      const server = await rawServer(() => {
        requests++
      })
      const request = { method: 'GET', ...change, url: server.origin + (change.url ?? '/') }
      expect((await thrown(client(server).send(request))).code).toBe('invalid-request')
      expect(requests).toBe(0)
    },
  )
})

describe('connections', () => {
  test('a GET uses a kept one again, a POST never does', async () => {
    const seen: string[] = []
    const server = await rawServer((socket, head, connection) => {
      seen.push(`${head.split(' ')[0]} ${connection}`)
      socket.write(answer(''))
    })
    const http = client(server, { connections: 1 })
    for (const method of ['GET', 'GET', 'POST', 'GET', 'POST']) await http.send({ method, url: `${server.origin}/` })
    expect(seen).toEqual(['GET 1', 'GET 1', 'POST 2', 'GET 2', 'POST 3'])
  })

  test('a GET on a kept connection that dies is sent once more, and only once', async () => {
    const seen: string[] = []
    const server = await rawServer((socket, head, connection) => {
      const path = head.split(' ')[1] ?? ''
      seen.push(`${path} ${connection}`)
      if (path === '/dead' || (path === '/stale' && connection === 1)) socket.destroy()
      else socket.write(answer('ok'))
    })
    const http = client(server, { connections: 1 })
    const get = (path: string) => http.send({ method: 'GET', url: server.origin + path })
    await get('/first')
    expect((await get('/stale')).response.body).toBe('ok')
    const error = await thrown(get('/dead'))
    expect(error.code).toMatch(/^(UND_ERR_SOCKET|ECONNRESET)$/)
    expect(seen).toEqual(['/first 1', '/stale 1', '/stale 2', '/dead 2', '/dead 3'])
  })

  test('a POST that dies is never sent again', async () => {
    let posts = 0
    const server = await rawServer((socket, head) => {
      if (head.startsWith('GET')) return void socket.write(answer('ok'))
      posts++
      socket.destroy()
    })
    const http = client(server, { connections: 1 })
    await http.send({ method: 'GET', url: `${server.origin}/` })
    await thrown(http.send({ method: 'POST', url: `${server.origin}/`, body: 'code=1' }))
    expect(posts).toBe(1)
  })

  test('no more requests are under way than there are connections, and waiting is not timed', async () => {
    let now = 0
    let most = 0
    const server = await httpServer((_, response) => {
      most = Math.max(most, ++now)
      setTimeout(() => {
        now--
        response.end()
      }, 60)
    })
    // All of them together take longer than the timeout of one.
    const http = client(server, { connections: 2, timeout: 600 })
    const sent = Array.from({ length: 24 }, () => http.send({ method: 'POST', url: `${server.origin}/` }))
    expect(await Promise.all(sent)).toHaveLength(24)
    expect(most).toBe(2)
  })

  test('a signal and closing end what is under way and what waits', async () => {
    const server = await rawServer(() => {})
    const http = client(server, { connections: 1 })
    const stop = new AbortController()
    const stopped = thrown(http.send({ method: 'GET', url: `${server.origin}/` }, stop.signal))
    stop.abort()
    expect((await stopped).code).toBe('aborted')
    const under = [1, 2].map(() => thrown(http.send({ method: 'GET', url: `${server.origin}/` })))
    await http.close()
    expect((await Promise.all(under)).map(({ code }) => code)).toEqual(['aborted', 'aborted'])
    expect((await thrown(http.send({ method: 'POST', url: `${server.origin}/` }))).code).toBe('aborted')
  })

  test('nothing is sent after closing, not even on a new connection', async () => {
    const methods: string[] = []
    const server = await httpServer((request, response) => {
      methods.push(request.method ?? '')
      response.end()
    })
    const http = client(server, { connections: 1 })
    await http.send({ method: 'GET', url: `${server.origin}/` })
    await http.close()
    expect((await thrown(http.send({ method: 'POST', url: `${server.origin}/` }))).code).toBe('aborted')
    expect(methods).toEqual(['GET'])
  })
})
