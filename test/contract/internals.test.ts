import { expect, test } from 'vitest'
import { internalOf, watchAnswers } from '../../helpers/contract/internals.ts'
import type { Exchange } from '../../helpers/model/exchange.ts'

const answered = (body: string, { sent = '', header = '' }: { sent?: string; header?: string } = {}): Exchange => ({
  request: { method: 'POST', url: 'http://127.0.0.1/oauth/token?a=1', headers: [], body: sent },
  response: { status: 500, headers: header === '' ? [] : [['x-debug', header]], body, truncated: false },
  milliseconds: 1,
})

test.each([
  ['a stack trace', '#0 /srv/site/web/index.php(19): run()'],
  ['a stack trace', '{"error":"x","trace":"Error: x\\n    at run (file:///srv/app.ts:12:3)"}'],
  ['a stack trace', '{"meta":{"trace":[{"file":"x"}]}}'],
  ['a path', 'Warning: Undefined variable in /srv/site/web/core/includes/common.inc on line 12'],
  ['a path', '{"message":"/srv/site/vendor/league/oauth2-server/src/Server.php"}'],
  ['a class', 'Drupal\\Core\\Entity\\EntityStorageException: no'],
  ['a class', '{"exception":"League\\\\OAuth2\\\\Server\\\\Exception"}'],
  ['a class', 'PDOException'],
  ['SQL', 'SQLSTATE[42S02]: Base table not found'],
  ['SQL', 'SELECT base.id FROM oauth2_token base WHERE base.id = 1'],
])('%s is found: %s', (what, body) => {
  expect(internalOf(answered(body))).toBe(what)
})

test.each([
  'The website encountered an unexpected error. Try again later.',
  '{"error":"invalid_grant","error_description":"Authorization code has been revoked"}',
  '<script src="/core/misc/drupal.js?v=10.5.5"></script> <a href="/user/login">Select one from the list</a>',
  '<div data-big-pipe-placeholder-id="callback=Drupal%5CCore%5CRender%5CElement%5CStatusMessages"></div>',
])('an ordinary answer discloses nothing: %s', (body) => {
  expect(internalOf(answered(body))).toBeNull()
})

test('a header can disclose something as well', () => {
  expect(internalOf(answered('', { header: 'SQLSTATE[HY000]' }))).toBe('SQL')
})

test('a header is also read as the client reads it, percent-decoded', () => {
  const header =
    'https://client.example.test/callback?hint=%2Fvar%2Fwww%2Fvendor%2Fleague%2Fserver%2Fsrc%2FGrant.php%3A8'
  expect(internalOf(answered('', { header }))).toBe('a path')
})

test('what the request itself contained is not a disclosure, however it was encoded', () => {
  expect(internalOf(answered('Unknown: SQLSTATE[', { sent: 'scope=SQLSTATE%5B' }))).toBeNull()
  expect(internalOf(answered('Unknown: PDOException', { sent: 'scope=nothing' }))).toBe('a class')
})

test('each disclosure of a run is kept once, without the query', async () => {
  const { http, internals } = watchAnswers({
    send: ({ url }) => Promise.resolve({ ...answered('PDOException'), request: { ...answered('').request, url } }),
    close: () => Promise.resolve(),
  })
  for (const url of ['http://127.0.0.1/b?x=1', 'http://127.0.0.1/b?x=2', 'http://127.0.0.1/a'])
    await http.send({ method: 'POST', url })
  expect(internals()).toEqual(['POST /a: a class', 'POST /b: a class'])
})
