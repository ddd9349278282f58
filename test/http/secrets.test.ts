import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../helpers/model/exchange.ts'
import { maskPersonal } from '../../helpers/http/personal.ts'
import { Redactor } from '../../helpers/http/redact.ts'
import { registerSecrets } from '../../helpers/http/secrets.ts'

type Pairs = readonly (readonly [string, string])[]

function exchange(
  request: { url?: string; headers?: Pairs; body?: string },
  response: { headers?: Pairs; body?: string } = {},
): Exchange {
  return {
    request: { method: 'POST', url: 'http://127.0.0.1/oauth/token', headers: [], body: null, ...request },
    response: { status: 200, headers: [], body: '', truncated: false, ...response },
    milliseconds: 1,
  }
}

function redacted(one: Exchange): Exchange {
  const redactor = new Redactor()
  registerSecrets(redactor, one)
  return redactor.redactJson(one)
}

const value = (kind: string) => `${kind}-value-0123456789`

test.each([
  'access_token',
  'refresh_token',
  'id_token',
  'code_verifier',
  'client_secret',
  'form_token',
  'form_build_id',
])('%s is a secret wherever it stands', (name) => {
  const secret = value(name)
  const hidden = `‹${name}:1›`
  expect(redacted(exchange({ body: `a=b&${name}=${secret}` })).request.body).toBe(`a=b&${name}=${hidden}`)
  expect(redacted(exchange({ body: JSON.stringify({ [name]: secret }) })).request.body).toBe(`{"${name}":"${hidden}"}`)
  expect(redacted(exchange({ url: `http://h/?x=1&${name}=${secret}` })).request.url).toBe(
    `http://h/?x=1&${name}=${hidden}`,
  )
  const located = (location: string) => redacted(exchange({}, { headers: [['location', location]] })).response.headers
  expect(located(`https://c/cb?${name}=${secret}#x`)).toEqual([['location', `https://c/cb?${name}=${hidden}#x`]])
  expect(located(`com.example.app:/cb#${name}=${secret}`)).toEqual([
    ['location', `com.example.app:/cb#${name}=${hidden}`],
  ])
  const body = (text: string) => redacted(exchange({}, { body: text })).response.body
  expect(body(`{"a":[{"${name}":"${secret}"}]}`)).toBe(`{"a":[{"${name}":"${hidden}"}]}`)
  expect(body(`{"${name}":["${secret}"]}`)).toBe(`{"${name}":["${hidden}"]}`)
  expect(body(`{"${name}": "${secret}", cut of`)).toBe(`{"${name}": "${hidden}", cut of`)
  expect(body(`<p><input data-name="x" type=hidden\n name='${name}' value="${secret}" />`)).toContain(
    `value="${hidden}"`,
  )
  expect(body(`<input value=${secret} name=${name}>`)).toBe(`<input value=${hidden} name=${name}>`)
})

test('a code is a secret in a query and a form, and a word for an error in JSON', () => {
  const code = value('code')
  const located = redacted(
    exchange({}, { headers: [['location', `https://c/cb?code=${code}&state=state-0123456789`]] }),
  )
  expect(located.response.headers).toEqual([['location', 'https://c/cb?code=‹code:1›&state=state-0123456789']])
  expect(redacted(exchange({ body: `code=${code}` })).request.body).toBe('code=‹code:1›')
  const error = '{"code":"access_denied","error":"access_denied"}'
  expect(redacted(exchange({}, { body: error })).response.body).toBe(error)
})

test('passwords, with their encoding undone', () => {
  const out = redacted(
    exchange({ body: 'name=editor&pass=p%26ss+word%21&op=Log+in' }, { body: 'You sent p&amp;ss word!' }),
  )
  expect(out.request.body).toBe('name=editor&pass=‹password:1›&op=Log+in')
  expect(out.response.body).toBe('You sent ‹password:1›')
})

test('credentials of the Authorization header', () => {
  const bearer = redacted(exchange({ headers: [['Authorization', `Bearer  ${value('token')} `]] }))
  expect(bearer.request.headers).toEqual([['Authorization', 'Bearer  ‹access_token:1› ']])
  const basic = Buffer.from('client:s3cret:with-colon').toString('base64')
  const out = redacted(
    exchange({ headers: [['authorization', `Basic ${basic}`]] }, { body: 'bad secret s3cret:with-colon of client' }),
  )
  expect(out.request.headers).toEqual([['authorization', 'Basic ‹authorization:1›']])
  expect(out.response.body).toBe('bad secret ‹client_secret:1› of client')
  expect(redacted(exchange({ headers: [['authorization', 'nonsense-without-scheme']] })).request.headers).toEqual([
    ['authorization', '‹authorization:1›'],
  ])
})

test('values of cookies, names and attributes kept', () => {
  const out = redacted(
    exchange(
      { headers: [['cookie', 'lang=de; SESSabc=old%2Csession-value']] },
      {
        headers: [
          ['set-cookie', 'SESSabc=new%2Csession-value; Path=/; HttpOnly'],
          ['set-cookie', 'SESSabc=deleted; Max-Age=0'],
        ],
      },
    ),
  )
  expect(out.request.headers).toEqual([['cookie', 'lang=de; SESSabc=‹cookie:1›']])
  expect(out.response.headers).toEqual([
    ['set-cookie', 'SESSabc=‹cookie:2›; Path=/; HttpOnly'],
    ['set-cookie', 'SESSabc=deleted; Max-Age=0'],
  ])
})

test('broken UTF-8 is hidden as it was sent', () => {
  expect(redacted(exchange({ body: 'code=%FFabcdefgh%zz' })).request.body).toBe('code=‹code:2›')
})

test('a word too short for a credential is not hidden', () => {
  const body = 'code=garbage&client_secret=&refresh_token'
  expect(redacted(exchange({ body })).request.body).toBe(body)
})

test('a member that stands twice is hidden twice', () => {
  const body = '{"access_token":"first-value-0123456789","access_token":"second\\/value-0123456789"}'
  expect(redacted(exchange({}, { body })).response.body).toBe(
    '{"access_token":"‹access_token:2›","access_token":"‹access_token:1›"}',
  )
})

test('a private key that a key set discloses is redacted', () => {
  const set = (d: string, k: string) =>
    `{"keys":[{"kty":"RSA","n":"public-modulus","d":"${d}"},{"kty":"oct","k":"${k}"},{"d":"of no key, and so kept"}]}`
  expect(redacted(exchange({}, { body: set('private-exponent', 'shared-secret') })).response.body).toBe(
    set('‹private_key:2›', '‹private_key:1›'),
  )
})

test('of thousands of secrets in one answer some hundred are hidden, so that nothing waits for the rest', () => {
  const body = JSON.stringify(Array.from({ length: 50_000 }, (_, n) => ({ token: `token-${String(n)}-x` })))
  expect(redacted(exchange({}, { body })).response.body.match(/‹token:\d+›/g)).toHaveLength(500)
})

test('what is longer than any header is not a credential', () => {
  const body = (length: number) => JSON.stringify({ access_token: 'x'.repeat(length) })
  expect(redacted(exchange({}, { body: body(16_384) })).response.body).toBe('{"access_token":"‹access_token:1›"}')
  expect(redacted(exchange({}, { body: body(16_385) })).response.body).toBe(body(16_385))
})

test('an input that is never closed is read, and ends with the next one', () => {
  const open = `<p><input name="form_token" value="of-the-open-one" ${' '.repeat(5_000)}`
  const body = `${open}<input name="form_build_id" value="of-the-next-one">`
  expect(redacted(exchange({}, { body })).response.body).toBe(
    body.replace('of-the-open-one', '‹form_token:1›').replace('of-the-next-one', '‹form_build_id:1›'),
  )
})

describe('what claims say of a user', () => {
  const claims = {
    sub: '7',
    name: 'Ada Byron',
    email: 'ada@example.test',
    locale: 'en',
    updated_at: 1700000000,
    address: { country: 'UK', locality: 'Marylebone' },
  }

  test('is masked in a UserInfo response, short values and numbers too', () => {
    const { response } = maskPersonal(exchange({}, { body: JSON.stringify({ ...claims, roles: ['editor'] }) }))
    const of = '"‹personal data›"'
    expect(response.body).toBe(
      `{"sub":"7","name":${of},"email":${of},"locale":${of},"updated_at":${of},"address":${of},"roles":["editor"]}`,
    )
  })

  test('is masked in one that is truncated', () => {
    const { response } = maskPersonal(exchange({}, { body: '{"sub":"7", "email" : "ada@exam' }))
    expect(response.body).toBe('{"sub":"7", "email" : "‹personal data›"')
  })

  test('is no secret where it is not said of a user', () => {
    const body = JSON.stringify({ name: 'A site', email: 'webmaster@example.test' })
    expect(maskPersonal(redacted(exchange({}, { body }))).response.body).toBe(body)
  })

  test.each([
    ['UserInfo', JSON.stringify(claims)],
    [
      'an id_token',
      JSON.stringify({ id_token: `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln` }),
    ],
  ])('of %s is redacted wherever it comes again', (_, body) => {
    const redactor = new Redactor()
    registerSecrets(redactor, exchange({}, { body }))
    expect(redactor.redact('mail to ada@example.test, Ada Byron, Marylebone, in 1700000000')).toMatch(
      /^mail to ‹personal:\d›, ‹personal:\d›, ‹personal:\d›, in 1700000000$/u,
    )
  })
})

test('a page of unclosed inputs is read only once, not once for each of them', () => {
  // Read for each of them, these take minutes, and the test its time limit.
  const body = '<input '.repeat(1_200_000)
  expect(redacted(exchange({}, { body })).response.body).toHaveLength(body.length)
})

test('hostile bodies do not end or hold up the run', () => {
  for (const body of [
    '['.repeat(500_000) + ']'.repeat(500_000),
    '{"token":'.repeat(50_000),
    '<input '.repeat(100_000),
    `${'<input '.repeat(100_000)}>`,
    '<div>'.repeat(200_000),
    '"access_token":"'.repeat(50_000),
    '&#'.repeat(300_000),
    '%25'.repeat(300_000),
    '\\'.repeat(300_000),
  ])
    expect(redacted(exchange({}, { body })).response.body.length).toBeGreaterThan(0)
})
