import { describe, expect, test } from 'vitest'
import type { RecordedResponse } from '../../helpers/model/exchange.ts'
import type { Deed } from './record.ts'
import { stages } from './replay.ts'
import { Substitution } from './substitution.ts'

const answer = (body: string, headers: RecordedResponse['headers'] = []): RecordedResponse => ({
  status: 200,
  headers,
  body,
  truncated: false,
})
const tokens = (access: string, refresh: string): RecordedResponse =>
  answer(JSON.stringify({ access_token: access, refresh_token: refresh }))
const post = (body: string, headers: readonly (readonly [string, string])[] = []) => ({
  method: 'POST',
  url: 'http://127.0.0.1:1/oauth/token',
  headers,
  body,
})

describe('the live values of a replay', () => {
  test('a code is taken from the redirect and put into body and query', () => {
    const values = new Substitution()
    const location = (code: string) =>
      answer('', [['location', `https://client.example/cb?code=${code}&state=as-sent`]])
    values.learnAnswer(location('old-code-1'), location('new-code-1'))
    expect(values.request(post('code=old-code-1&state=as-sent')).body).toBe('code=new-code-1&state=as-sent')
    expect(values.request({ ...post(''), url: '/x?code=old-code-1' }).url).toBe('/x?code=new-code-1')
  })

  test('values of one kind are matched in order, across several answers', () => {
    const values = new Substitution()
    values.learnAnswer(tokens('old-access-1', 'old-refresh-1'), tokens('new-access-1', 'new-refresh-1'))
    values.learnAnswer(tokens('old-access-2', 'old-refresh-2'), tokens('new-access-2', 'new-refresh-2'))
    const sent = post('refresh_token=old-refresh-1', [['authorization', 'Bearer old-access-2']])
    expect(values.request(sent)).toMatchObject({
      body: 'refresh_token=new-refresh-1',
      headers: [['authorization', 'Bearer new-access-2']],
    })
  })

  test('form fields and cookies are replaced, encoded ones too', () => {
    const page = (token: string, cookie: string) =>
      answer(`<form><input name="form_token" value="${token}"></form>`, [['set-cookie', `SESS=${cookie}; path=/`]])
    const values = new Substitution()
    values.learnAnswer(page('old+form+token', 'old%2Ccookie'), page('new+form+token', 'new%2Ccookie'))
    const sent = post('form_token=old%2Bform%2Btoken', [['cookie', 'SESS=old%2Ccookie']])
    expect(values.request(sent)).toMatchObject({
      body: 'form_token=new%2Bform%2Btoken',
      headers: [['cookie', 'SESS=new%2Ccookie']],
    })
  })

  test('a live value is encoded in a body and as it is in a header, whatever the recorded one needed', () => {
    const values = new Substitution()
    values.learn('old-value', 'new%2Cvalue')
    expect(values.request(post('x=old-value', [['cookie', 'SESS=old-value']]))).toMatchObject({
      body: 'x=new%252Cvalue',
      headers: [['cookie', 'SESS=new%2Cvalue']],
    })
  })

  test('an answer with fewer values than the recorded one leaves the rest unchanged', () => {
    const values = new Substitution()
    values.learnAnswer(tokens('old-access-1', 'old-refresh-1'), answer('{"access_token":"new-access-1"}'))
    expect(values.request(post('old-access-1&old-refresh-1')).body).toBe('new-access-1&old-refresh-1')
  })

  test('differences between two targets are replaced, also inside Basic credentials, but never a short id', () => {
    const target = (port: number, secret: string, uid: string) => ({
      baseUrl: `http://127.0.0.1:${port}`,
      clients: { confidential: { client_secret: secret } },
      users: { editor: { uid } },
    })
    const values = new Substitution()
    values.learnDifferences(target(1, 'old-secret', '3'), target(2, 'new-secret', '4'))
    const basic = (secret: string) => `Basic ${Buffer.from(`client-3:${secret}`).toString('base64')}`
    const sent = post('client_secret=old-secret&n=3', [['authorization', basic('old-secret')]])
    expect(values.request(sent)).toEqual({
      method: 'POST',
      url: 'http://127.0.0.1:2/oauth/token',
      headers: [['authorization', basic('new-secret')]],
      body: 'client_secret=new-secret&n=3',
    })
  })

  test('a copy starts with the values of the original, and does not share new ones', () => {
    const first = new Substitution()
    first.learn('old-value-1', 'new-value-1')
    const copy = new Substitution(first)
    copy.learn('old-value-2', 'new-value-2')
    expect(copy.request(post('old-value-1&old-value-2')).body).toBe('new-value-1&new-value-2')
    expect(first.request(post('old-value-1&old-value-2')).body).toBe('new-value-1&old-value-2')
  })
})

test('concurrent actions are one stage, later ones another', () => {
  const deed = (start: number, end: number): Deed => ({ did: 'wait', start, end })
  // A race of three, in the order of their ends, after a request and before another.
  const [first, a, b, c, last] = [deed(0, 10), deed(11, 30), deed(12, 20), deed(13, 40), deed(40, 50)]
  expect(stages([first, b, a, c, last])).toEqual([[first], [a, b, c], [last]])
})
