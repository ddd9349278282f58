import {
  cache,
  json,
  noMethod,
  page,
  opened,
  closed,
  badToken,
  badTokenPage,
  dots,
  base64,
  userinfo,
  set,
  leaveOut,
  bearer,
  type Row,
} from './shape.ts'

export const debug: Row[] = [
  ['a valid token', [], opened],
  ['a valid token, no format', leaveOut('_format'), opened],
  ['nothing behind Bearer', bearer('Bearer'), badToken(dots)],
  ['garbage', bearer('Bearer abc'), badToken(dots)],
  ['three garbage parts', bearer('Bearer a.b.c'), badToken(base64)],
  ['a part too many', bearer('Bearer {access_token}.x'), badToken(dots)],
  ['scheme in lower case', bearer('bearer {access_token}'), closed],
  ['scheme in capitals', bearer('BEARER {access_token}'), closed],
  ['scheme Token', bearer('Token {access_token}'), closed],
  ['scheme JWT', bearer('JWT {access_token}'), closed],
  ['two spaces behind the scheme', bearer('Bearer  {access_token}'), opened],
  ['a list of two', bearer('Bearer x, Bearer {access_token}'), badToken(base64)],
  ['Basic with Bearer in it', bearer('Basic x Bearer {access_token}'), badToken(base64, 'Basic')],
  ['a refresh token', bearer('Bearer {refresh_token}'), badToken(dots)],
  [
    'an id_token',
    bearer('Bearer {id_token}'),
    { status: 500, type: 'text/plain; charset=UTF-8', cache },
    [set('scope', 'openid debug')],
  ],
  ['another consumer named in a header', [{ header: 'x-consumer-id', value: 'web' }], opened],
  ['umbrella scope', [], opened, [set('scope', 'suite')]],
  ['a scope that opens something else', [], closed, [set('scope', 'content:read')]],
]

export const userinfoRows: Row[] = [
  ['without openid', [], userinfo],
  ['POST', [{ method: 'POST' }], userinfo],
  ['openid', [], userinfo, [set('scope', 'openid')]],
  ['openid and email', [], userinfo, [set('scope', 'openid email')]],
  ['no token', [...leaveOut('_format'), { header: 'authorization', value: null }], page(403)],
  ['garbage', [...leaveOut('_format'), ...bearer('Bearer abc')], badTokenPage(dots)],
  [
    'token in the body',
    [...leaveOut('_format'), { method: 'POST' }, { header: 'authorization', value: null }],
    page(403),
  ],
]

export const jwks: Row[] = [
  ['the keys', [], { status: 200, ...json, members: ['keys'] }],
  [
    'the keys under their other name',
    [{ path: '/.well-known/jwks.json' }],
    { status: 200, ...json, members: ['keys'] },
  ],
  ['POST', [{ method: 'POST' }], noMethod('GET, HEAD')],
  ['a bad token', bearer('Bearer abc'), badTokenPage(dots)],
  ...[
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-protected-resource',
    '/oauth/revoke',
    '/oauth/introspect',
    '/oauth/device_authorization',
    '/oauth/register',
  ].map((path): Row => [`no ${path}`, [{ path }], page(404)]),
]
