import { finding, type LintFinding } from './finding.ts'
import { codesGranted, scopeGrants, scopeName, scopeOpens, scopeParent } from './lint-scopes.ts'
import { memberOf, scopesOf, type ConfigFile, type ExportedScope } from './read-config.ts'

/** Every finding of an exported configuration, in the order of its files. */
export function lint(config: readonly ConfigFile[]): readonly LintFinding[] {
  const scopes = scopesOf(config)
  const named = new Map(config.map((file) => [file.name, file]))
  const of = (name: string, rule: (file: ConfigFile) => readonly LintFinding[]): readonly LintFinding[] => {
    const file = named.get(name)
    return file ? rule(file) : []
  }
  return [
    ...of('core.base_field_override.consumer.consumer.pkce', pkceDefault),
    ...of('simple_oauth.settings', (file) => [...deadSettings(file, scopes), ...keyPaths(file)]),
    ...scopes.flatMap((scope) => [...scopeOpens(scope, named), ...scopeName(scope), ...scopeGrants(scope)]),
    ...scopes.flatMap((scope) => scopeParent(scope, scopes)),
    ...codesGranted(config, scopes),
    ...of('simple_oauth_pkce.settings', pkceSettings),
    ...of('simple_oauth_server_metadata.settings', metadataHosts),
  ]
}

/** What replaces each setting of Simple OAuth 5.2 in version 6, which reads none of them. */
const dead: Readonly<Record<string, string>> = {
  access_token_expiration: 'each consumer has an access token expiration time of its own',
  authorization_code_expiration: 'version 6 has no such setting',
  refresh_token_expiration: 'each consumer has a refresh token expiration time of its own',
  remember_clients: 'each consumer has "Remember previous approval"',
  use_implicit: 'the implicit grant is gone',
}

/** In 5.2, which has no scope entities, they are read. */
function deadSettings(file: ConfigFile, scopes: readonly ExportedScope[]): LintFinding[] {
  if (scopes.length === 0 && memberOf(file, ['scope_provider']) === undefined) return []
  return Object.entries(dead).flatMap(([name, instead]) =>
    memberOf(file, [name]) === undefined
      ? []
      : [
          finding(file)(
            ...(['setting-dead', 'note', [name]] as const),
            `"${name}" is a setting of Simple OAuth 5.2 that version 6 does not read: ${instead}. Delete the line.`,
            'key',
          ),
        ],
  )
}

/** A relative path is relative to the docroot; of an absolute one, only the usual names of a docroot say where it is. */
const isBelowDocroot = (path: string): boolean =>
  path.startsWith('public://') ||
  /(?:^|\/)sites\/[^/]+\/files\//u.test(path) ||
  (path.startsWith('/')
    ? /\/(?:web|docroot|public_html|httpdocs)\/(?!.*\.\.\/)/u.test(path)
    : !/^(?:\.\/)?\.\.\//u.test(path) && !/^[a-z][\w+.-]*:\/\//iu.test(path))

function keyPaths(file: ConfigFile): LintFinding[] {
  return ['private_key', 'public_key'].flatMap((name) => {
    const path = memberOf(file, [name])
    if (typeof path !== 'string' || path === '' || !isBelowDocroot(path)) return []
    const message = `${name} is below the docroot (${path}), from where a web server may serve it. Move it out, for example to ../keys.`
    return [finding(file)('key-below-docroot', name === 'private_key' ? 'problem' : 'note', [name], message)]
  })
}

function pkceDefault(file: ConfigFile): LintFinding[] {
  const path = ['default_value', '0', 'value']
  const value = Array.isArray(memberOf(file, ['default_value']))
    ? (memberOf(file, ['default_value']) as readonly { readonly value?: unknown }[])[0]?.value
    : undefined
  return value === undefined || Boolean(value)
    ? []
    : [
        finding(file)(
          'pkce-default-off',
          'problem',
          path,
          'New consumers do not require PKCE: the default of "Use PKCE?" is off. Set it to 1.',
        ),
      ]
}

function pkceSettings(file: ConfigFile): LintFinding[] {
  const enforcement = memberOf(file, ['enforcement'])
  const plain = memberOf(file, ['plain_enabled']) === true
  return [
    ...(enforcement === 'mandatory' || enforcement === undefined
      ? []
      : [
          finding(file)(
            'pkce-not-mandatory',
            'problem',
            ['enforcement'],
            `PKCE is ${JSON.stringify(enforcement)}, not mandatory (RFC 9700 §2.1.1).`,
          ),
        ]),
    ...(plain
      ? [
          finding(file)(
            'pkce-plain',
            'problem',
            ['plain_enabled'],
            'The challenge method "plain" is enabled: who sees the authorization request can redeem the code (RFC 9700 §2.1.1). Set it to false.',
          ),
        ]
      : []),
  ]
}

/** Hosts of a developer's machine. */
const local =
  /^https?:\/\/(?:[^/]*\.(?:ddev\.site|lndo\.site|localhost|local|test)|localhost|127\.0\.0\.1|default)(?::\d+)?(?:\/|$)/iu

function metadataHosts(file: ConfigFile): LintFinding[] {
  return Object.entries(file.value).flatMap(([name, value]) =>
    typeof value === 'string' && local.test(value)
      ? [
          finding(file)(
            'metadata-local-host',
            'problem',
            [name],
            `The published metadata names a development host: ${value}. Delete the value, so that the site's own address is used.`,
          ),
        ]
      : [],
  )
}

/** What the command prints: one line for each finding, and how many there are. */
export function lintText(findings: readonly LintFinding[], files: number): string {
  const lines = findings.map(({ place, level, id, message }) => `${place}: ${level}: ${message} (${id})`)
  const count = (level: LintFinding['level']): string => {
    const { length } = findings.filter((one) => one.level === level)
    return `${String(length)} ${level}${length === 1 ? '' : 's'}`
  }
  return [
    ...lines,
    ...(lines.length === 0 ? [] : ['']),
    `${count('problem')}, ${count('note')} in ${String(files)} files`,
  ].join('\n')
}
