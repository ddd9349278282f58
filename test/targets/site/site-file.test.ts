import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { clients, users } from '../../../fixtures/roles.ts'
import { drushWords, readSite, SiteFileError } from '../../../helpers/targets/site/site-file.ts'

const environment = { SECRET: 'client-secret-1', PASSWORD: 'a-password-1', COOKIE: 'SESSabc=def', EMPTY: '' }

const good = `baseUrl: https://staging.example.test/drupal
drush: ddev drush
clients:
  publicPkce:
    client_id: app
    redirectUris: [https://app.example.test/back]
  confidential:
    client_id: backend
    client_secret: \${SECRET}
    redirectUris: [https://backend.example.test/back]
    accessTokenLifetime: 600
users:
  editor:
    name: contract.editor
    password: \${PASSWORD}
  otherEditor:
    cookie: \${COOKIE}
  member:
    name: contract.member
    loginLink: true
scopes:
  debug: site:debug
versions:
  simple_oauth: '6.0.9'
ca: authority.pem
`

function written(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'site.yaml')
  writeFileSync(file, text)
  return file
}

/** The message, without the folder. */
function refusal(text: string): string {
  const file = written(text)
  try {
    readSite(file, environment)
  } catch (error) {
    if (!(error instanceof SiteFileError)) throw error
    expect(error.code).toBe('malformed-site-file')
    return error.message.slice(file.length - 'site.yaml'.length)
  }
  throw new Error('the site file was accepted')
}

describe('a site file', () => {
  test('is read with the secrets of the environment and the authority beside it', () => {
    const file = written(good)
    const { content } = readSite(file, environment)
    expect(content.clients?.confidential).toEqual({
      client_id: 'backend',
      client_secret: 'client-secret-1',
      redirectUris: ['https://backend.example.test/back'],
      accessTokenLifetime: 600,
    })
    expect(content.users).toEqual({
      editor: { name: 'contract.editor', password: 'a-password-1' },
      otherEditor: { cookie: 'SESSabc=def' },
      member: { name: 'contract.member', loginLink: true },
    })
    expect(content.ca).toBe(join(dirname(file), 'authority.pem'))
  })

  test('may be empty, and may map every role', () => {
    expect(readSite(written('# nothing\n'), {}).content).toEqual({})
    const every = {
      clients: Object.fromEntries(
        Object.entries(clients).map(([role, { confidential, withoutSecret, redirectUris }]) => [
          role,
          {
            client_id: role,
            ...(confidential && !withoutSecret ? { client_secret: '${SECRET}' } : {}),
            ...(redirectUris.length > 0 ? { redirectUris } : {}),
          },
        ]),
      ),
      users: Object.fromEntries(Object.keys(users).map((role) => [role, { name: role, password: '${PASSWORD}' }])),
    }
    expect(Object.keys(readSite(written(JSON.stringify(every)), environment).content.clients ?? {})).toEqual(
      Object.keys(clients),
    )
  })

  test('gives the words of a drush command', () => {
    expect(drushWords(' docker compose exec  -T php drush ')).toEqual('docker compose exec -T php drush'.split(' '))
    expect(drushWords(['ssh', 'my host', 'drush'])).toEqual(['ssh', 'my host', 'drush'])
  })
})

describe('a site file that cannot be used is refused with file, line and column', () => {
  const changed = (from: string, to: string): string => {
    expect(good).toContain(from)
    return good.replace(from, () => to)
  }
  test.each<[string, () => string, string]>([
    [
      'a secret of the client for which none is stored',
      () => changed('  confidential:', '  machineWithoutSecret:'),
      'this role is a client for which no secret is stored.',
    ],
    ['YAML syntax', () => changed('[https://app.example.test/back]', '['), 'site.yaml:7:3: Flow sequence'],
    [
      'no mapping',
      () => '- site\n',
      'site.yaml:1:1: expected an object with indented members. Valid members: baseUrl,',
    ],
    [
      'a member with nothing below',
      () => 'clients:\n',
      'site.yaml:1:9: expected an object with indented members. Valid members: publicPkce,',
    ],
    [
      'an unknown member',
      () => `${good}client: {}\n`,
      'site.yaml:26:1: "client" is not a valid member here. Did you mean clients?',
    ],
    [
      'an unknown role',
      () => changed('publicPkce:', 'publicPkse:'),
      'site.yaml:4:3: "publicPkse" is not a valid member here. Did you mean publicPkce?',
    ],
    [
      'a missing member',
      () => changed('    client_id: app\n', ''),
      'site.yaml:5:5: client_id is missing. Add it; valid members: client_id, redirectUris,',
    ],
    [
      'a literal secret',
      () => changed('${SECRET}', 'client-secret-1'),
      'site.yaml:9:20: this is a secret in plain text. Write ${NAME} instead, and set NAME in the environment or in .env.',
    ],
    [
      'a literal password',
      () => changed('${PASSWORD}', 'x${PASSWORD}'),
      'site.yaml:15:15: this is a secret in plain text.',
    ],
    [
      'a secret of a public client',
      () => changed('client_id: app', 'client_id: app\n    client_secret: ${SECRET}'),
      'site.yaml:6:5: "client_secret" is not a valid member here: this role is a public client',
    ],
    [
      'secrets missing from the environment',
      () => good.replace('${SECRET}', '${EMPTY}').replace('${COOKIE}', '${NOT_SET}'),
      'site.yaml:9:20: not set in the environment: EMPTY, NOT_SET. Set it there or in .env.',
    ],
    [
      'a variable that would be a setting',
      () => changed('${SECRET}', '${CONTRACT_SECRET}'),
      'site.yaml:9:20: CONTRACT_SECRET: variables that begin with CONTRACT_ are reserved for settings of the suite.',
    ],
    [
      'two ways to log in',
      () => changed('    cookie', '    password: ${PASSWORD}\n    cookie'),
      'site.yaml:16:3: expected exactly one of password, cookie, loginLink, got password and cookie.',
    ],
    [
      'no way to log in',
      () => changed('    password: ${PASSWORD}\n', ''),
      'site.yaml:13:3: expected exactly one of password, cookie, loginLink, got none.',
    ],
    [
      'a password without a name',
      () => changed('    name: contract.editor\n', ''),
      'site.yaml:13:3: name is missing: password requires the name of the user.',
    ],
    [
      'a login link without drush',
      () => changed('drush: ddev drush\n', ''),
      'site.yaml:19:5: drush creates the login link: add its command as drush',
    ],
    [
      'an invalid address',
      () => changed('https://staging', 'staging'),
      'site.yaml:1:10: expected a URL that begins with http:// or https://.',
    ],
    [
      'a version that is a number',
      () => changed("'6.0.9'", '6.0'),
      'site.yaml:24:17: expected a string: put the value in quotes.',
    ],
    [
      'a grant type the role has not',
      () => changed('client_id: app', 'client_id: app\n    grantTypes: [password]'),
      'site.yaml:6:18: expected one of: authorization_code, refresh_token.',
    ],
    [
      'a reason that says nothing',
      () => `${good}notApplicable: { code.replay: no }\n`,
      'site.yaml:26:31: must NOT have fewer',
    ],
  ])('%s', (_, text, message) => {
    expect(refusal(text())).toContain(message)
    expect(refusal(text())).not.toContain('client-secret-1')
  })

  test('a file that is not there', () => {
    expect(() => readSite('/nowhere/site.yaml', {})).toThrow(
      /^\/nowhere\/site\.yaml: the site file cannot be read\. Pass the path of a YAML file with --site/u,
    )
  })
})

describe('promises about requests and origins', () => {
  const promising = (promises: string): string => `scopes: { content: 'site:content' }
policy:
  - consumer: app
    redirectUri: https://app.example.test/back
    promises: ${promises}
`

  test.each([
    [
      'a path of another host',
      "{ opens: { site:content: ['GET https://elsewhere.example/jsonapi'] } }",
      'a token is sent to no other host than the site. Write a method and a path below the base URL, for example "GET /jsonapi/node/page".',
    ],
    [
      'another host without a scheme',
      "{ opens: { site:content: ['GET //elsewhere.example/jsonapi'] } }",
      'a token is sent to no other host than the site. Write a method and a path below the base URL, for example "GET /jsonapi/node/page".',
    ],
    [
      'a path that leaves the base URL',
      "{ staysClosed: { site:content: ['GET /jsonapi/%2e%2E/admin'] } }",
      'expected a path below the base URL that begins with /, without "..", "\\" and "#". Write a method and a path below the base URL, for example "GET /jsonapi/node/page".',
    ],
    [
      'a path alone',
      '{ opens: { site:content: [/jsonapi] } }',
      'expected a method and a path. Write a method and a path below the base URL, for example "GET /jsonapi/node/page".',
    ],
    [
      'an unknown method',
      '{ opens: { site:content: [PTCH /jsonapi] } }',
      '"PTCH" is not a valid method. Did you mean PATCH?',
    ],
    [
      'nothing like a method',
      '{ opens: { site:content: [READING /jsonapi] } }',
      '"READING" is not a valid method. Valid methods: GET, HEAD, POST, PUT, PATCH, DELETE.',
    ],
    [
      'an unknown scope',
      '{ opens: { site:contents: [GET /jsonapi] } }',
      'nothing else in this file names the scope "site:contents". Did you mean site:content?',
    ],
    [
      'an unknown scope like no other',
      "{ opens: { 'site:content shop': [GET /jsonapi] } }",
      'nothing else in this file names the scope "shop". Name it in scopes, in requests or in promises.scopes, too.',
    ],
    [
      'what would be deleted',
      '{ opens: { site:content: [DELETE /node/1] } }',
      'the request would delete what it opens. Promise DELETE in staysClosed only.',
    ],
    [
      'a lifetime from more to less',
      '{ accessTokenLifetime: { min: 300, max: 60 } }',
      'min (300) is more than max (60).',
    ],
    [
      'an origin with a path',
      '{ browserOrigins: [https://app.example.test/] }',
      'expected an origin: scheme, host and port alone, for example https://app.example.org.',
    ],
    [
      'half a thumbprint',
      '{ keyThumbprint: o0QYx0 }',
      'expected a thumbprint of 43 characters, as the report of a run lists it under "keys".',
    ],
    [
      'a misspelt promise',
      '{ opnes: { site:content: [GET /jsonapi] } }',
      '"opnes" is not a valid member here. Did you mean opens?',
    ],
  ])('%s is refused', (_, promises, message) => {
    expect(refusal(promising(promises)).replace(/^site\.yaml:5:\d+: /u, '')).toBe(message)
  })

  test('good ones are read', () => {
    const file = written(
      promising(
        "{ opens: { site:content: [GET /jsonapi, 'PATCH /node/1?_format=json'] }, accessTokenLifetime: { min: 60 } }",
      ),
    )
    expect(readSite(file, environment).content.policy?.[0]?.promises).toEqual({
      opens: { 'site:content': ['GET /jsonapi', 'PATCH /node/1?_format=json'] },
      accessTokenLifetime: { min: 60 },
    })
  })
})
