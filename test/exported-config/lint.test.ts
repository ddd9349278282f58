import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { readSite } from '../../helpers/targets/site/site-file.ts'
import { readFileSync } from 'node:fs'
import { newPlace, type Place } from '../support/command.ts'

const scope = (id: string, name: string, permission = 'access content') => `id: ${id}
name: '${name}'
grant_types:
  authorization_code: { status: true, description: d }
  refresh_token: { status: true, description: d }
  client_credentials: { status: true, description: d }
umbrella: false
granularity_id: permission
granularity_configuration: { permission: '${permission}' }
`

const good: Readonly<Record<string, string>> = {
  'core.extension': 'module: { simple_oauth: 0 }\n',
  'simple_oauth.settings':
    'scope_provider: dynamic\nprivate_key: ../keys/private.key\npublic_key: ../keys/public.key\n',
  'simple_oauth.oauth2_scope.debug': scope('debug', 'debug', 'debug simple_oauth tokens'),
  'simple_oauth.oauth2_scope.content': scope('content', 'content'),
  'user.role.authenticated': "id: authenticated\npermissions: ['grant simple_oauth codes']\n",
}

function exported(place: Place, files: Readonly<Record<string, string | null>>): void {
  for (const [name, text] of Object.entries({ ...good, ...files })) {
    if (text === null) continue
    mkdirSync(dirname(place.at('sync', `${name}.yml`)), { recursive: true })
    writeFileSync(place.at('sync', `${name}.yml`), text)
  }
}

async function linted(files: Readonly<Record<string, string | null>>) {
  const place = newPlace()
  exported(place, files)
  return place.run(['lint', '--config', 'sync'])
}

test('a good export has no findings', async () => {
  expect(await linted({})).toEqual({ code: 0, stdout: '0 problems, 0 notes in 4 files\n', stderr: '' })
})

test.each<[string, string, Readonly<Record<string, string | null>>, string]>([
  [
    'a setting of 5.2',
    'note',
    { 'simple_oauth.settings': 'scope_provider: dynamic\nuse_implicit: false\n' },
    'sync/simple_oauth.settings.yml:2:1: note: "use_implicit" is a setting of Simple OAuth 5.2 that version 6 does not read: the implicit grant is gone. Delete the line. (setting-dead)',
  ],
  [
    'a key below the docroot',
    'problem',
    { 'simple_oauth.settings': 'private_key: sites/default/files/private.key\n' },
    'sync/simple_oauth.settings.yml:1:14: problem: private_key is below the docroot (sites/default/files/private.key), from where a web server may serve it. Move it out, for example to ../keys. (key-below-docroot)',
  ],
  [
    'a scope without granularity',
    'problem',
    { 'simple_oauth.oauth2_scope.none': 'id: none\nname: none\numbrella: false\n' },
    'sync/simple_oauth.oauth2_scope.none.yml:1:1: problem: The scope "none" has no granularity and opens nothing. Choose one, or delete the scope. (scope-no-granularity)',
  ],
  [
    'a scope with an empty permission',
    'problem',
    { 'simple_oauth.oauth2_scope.content': scope('content', 'content', '') },
    'The scope "content" has no permission and opens nothing.',
  ],
  [
    'a scope with a role that is not exported',
    'problem',
    {
      'simple_oauth.oauth2_scope.r':
        'id: r\nname: r\numbrella: false\ngranularity_id: role\ngranularity_configuration: { role: gone }\n',
    },
    'sync/simple_oauth.oauth2_scope.r.yml:5:36: problem: The scope "r" has the role "gone", which is not exported. Choose one, or delete the scope. (scope-opens-nothing)',
  ],
  [
    'a scope whose ID is not its name',
    'note',
    { 'simple_oauth.oauth2_scope.site_a': scope('site_a', 'site:a') },
    'sync/simple_oauth.oauth2_scope.site_a.yml:1:5: note: Clients request this scope as "site:a"; "site_a" is only its ID. (scope-id-not-name)',
  ],
  [
    'a grant of another module, and a status that is a number',
    'note',
    {
      'simple_oauth.oauth2_scope.x': scope('x', 'x').replace(
        'client_credentials: { status: true',
        'firebase_otp: { status: 1',
      ),
    },
    'The status of "firebase_otp" is 1; the schema has true or false. (status-not-boolean)',
  ],
  [
    'a parent that is not exported',
    'problem',
    { 'simple_oauth.oauth2_scope.x': `${scope('x', 'x')}parent: gone\n` },
    'sync/simple_oauth.oauth2_scope.x.yml:10:9: problem: The parent of the scope "x", "gone", is not exported. (scope-no-parent)',
  ],
  [
    'no role that may grant codes',
    'problem',
    { 'user.role.authenticated': 'id: authenticated\npermissions: []\n' },
    'sync/user.role.authenticated.yml:2:1: problem: No role has the permission "grant simple_oauth codes"',
  ],
  [
    'PKCE off by default',
    'problem',
    {
      'core.base_field_override.consumer.consumer.pkce':
        'id: consumer.consumer.pkce\ndefault_value:\n  -\n    value: 0\n',
    },
    'sync/core.base_field_override.consumer.consumer.pkce.yml:4:12: problem: New consumers do not require PKCE: the default of "Use PKCE?" is off. Set it to 1. (pkce-default-off)',
  ],
  [
    'the challenge method plain',
    'problem',
    { 'simple_oauth_pkce.settings': 'enforcement: mandatory\ns256_enabled: true\nplain_enabled: true\n' },
    'sync/simple_oauth_pkce.settings.yml:3:16: problem: The challenge method "plain" is enabled',
  ],
  [
    'PKCE that is optional',
    'problem',
    { 'simple_oauth_pkce.settings': 'enforcement: optional\n' },
    'PKCE is "optional", not mandatory (RFC 9700 §2.1.1). (pkce-not-mandatory)',
  ],
  [
    'metadata of a development host',
    'problem',
    { 'simple_oauth_server_metadata.settings': "registration_endpoint: 'https://shop.ddev.site/oauth/register'\n" },
    'sync/simple_oauth_server_metadata.settings.yml:1:24: problem: The published metadata names a development host: https://shop.ddev.site/oauth/register.',
  ],
])('%s is a %s', async (_, level, files, message) => {
  const { code, stdout, stderr } = await linted(files)
  expect(stdout).toContain(message)
  expect(stderr).toBe('')
  expect(code).toBe(level === 'problem' ? 1 : 0)
})

test('settings of 5.2 are in use in an export of 5.2', async () => {
  const files = {
    'simple_oauth.settings': 'use_implicit: false\n',
    'simple_oauth.oauth2_scope.debug': null,
    'simple_oauth.oauth2_scope.content': null,
  }
  expect((await linted(files)).stdout).toBe('0 problems, 0 notes in 2 files\n')
})

test('a syntax error is named with its place, and a folder without an export too', async () => {
  const broken = await linted({ 'simple_oauth.settings': 'scope_provider: dynamic\nprivate_key: "\n' })
  expect(broken.stderr).toMatch(/^sync\/simple_oauth\.settings\.yml:\d+:\d+: Missing closing "quote/u)
  expect(broken.code).toBe(2)
  const list = await linted({ 'simple_oauth.settings': '- a\n' })
  expect(list.stderr).toBe('sync/simple_oauth.settings.yml:1:1: expected a mapping.\n')
  const none = await newPlace().run(['lint', '--config', '.'])
  expect(none.stderr).toContain('. contains no exported configuration: core.extension.yml is missing.')
  expect(none.code).toBe(2)
  expect((await newPlace().run(['lint'])).stderr).toBe('"lint" requires --config DIR.\n')
})

test('init proposes scopes and a policy from it', async () => {
  const place = newPlace()
  exported(place, {
    'simple_oauth_pkce.settings': 'enforcement: mandatory\ns256_enabled: true\nplain_enabled: false\n',
  })
  const { code, stderr } = await place.run(['init', '--config', 'sync'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(readSite(place.at('site.yaml'), {}).content).toEqual({ scopes: { debug: 'debug', content: 'content' } })
  const text = readFileSync(place.at('site.yaml'), 'utf8')
  writeFileSync(place.at('all.yaml'), text.replace(/^#(?! \S|$)/gmu, ''))
  const secrets = new Proxy<Record<string, string>>({}, { get: (_, name) => `secret of ${String(name)}` })
  expect(readSite(place.at('all.yaml'), secrets).content.policy).toEqual([
    {
      consumer: 'my-app',
      redirectUri: 'https://app.example.org/callback',
      requests: ['content', 'debug'],
      promises: {
        pkce: 'required',
        challengeMethods: ['S256'],
        grants: ['authorization_code', 'refresh_token'],
        accessTokenLifetime: 300,
      },
    },
    {
      consumer: 'my-job',
      client_secret: 'secret of JOB_SECRET',
      promises: { grants: ['client_credentials'], scopes: ['content', 'debug'] },
    },
  ])
})
