import { describeActual } from '../model/describe-value.ts'
import { isObject, type Json } from '../model/verdict.ts'
import { answerText } from './answer.ts'

/** A fact of an answer at one endpoint, or of the server as a whole. */
export interface FactName {
  readonly fact: string
  readonly endpoint: string | null
}

const endpoints: Readonly<Record<string, string>> = {
  authorize: 'authorization endpoint',
  token: 'token endpoint',
  jwks: 'key set (JWKS)',
  resource: 'protected resource',
  userinfo: 'UserInfo endpoint',
  login: 'login page',
  rolePage: 'page that needs a role',
  revocation: 'revocation endpoint',
  introspection: 'introspection endpoint',
  device: 'device authorization endpoint',
  registration: 'client registration endpoint',
}

/** "token endpoint"; for any other address, its path. */
const endpointText = (endpoint: string | null): string =>
  endpoint === null ? 'site' : (endpoints[endpoint] ?? endpoint)

const tokens: Readonly<Record<string, string>> = {
  access_token: 'access tokens',
  id_token: 'ID tokens',
  refresh_token: 'refresh tokens',
}

/** The beginning of a fact's path, and what people call the fact. */
const names: readonly (readonly [RegExp, (match: readonly string[], endpoint: string) => string])[] = [
  [/^answer$/u, (_, endpoint) => endpoint],
  [/^tested$/u, () => 'whether these checks can be judged'],
  [/^verdict$/u, () => 'verdict, with the same answers'],
  [/^(\w+_token)\.claims\.(.+)$/u, ([, token = '', name = '']) => `\`${name}\` in ${tokens[token] ?? token}`],
  [
    /^(\w+_token)\.header\.(.+)$/u,
    ([, token = '', name = '']) => `\`${name}\` in the header of ${tokens[token] ?? token}`,
  ],
  [/^json\.(.+)$/u, ([, name = ''], endpoint) => `\`${name}\` in the JSON of the ${endpoint}`],
  [/^callback\.(.+)$/u, ([, name = '']) => `\`${name}\` in the redirect to the client`],
  [/^header\.(.+)$/u, ([, name = ''], endpoint) => `header \`${name}\` of the ${endpoint}`],
  [/^consent\.scopes$/u, () => 'number of scopes on the consent form'],
  [/^keys$/u, () => 'signing keys (thumbprints)'],
  [/^endpoint\.(.+)$/u, ([, name = '']) => `address of the ${endpoints[name] ?? name}`],
  [/^module\.(.+)$/u, ([, name = '']) => `module \`${name}\``],
  [/^document (.+)$/u, ([, path = '']) => `document \`${path}\``],
  [/^metadata (\S+) (.+)$/u, ([, path = '', name = '']) => `\`${name}\` in \`${path}\``],
  [/^keys\.anonymous$/u, () => 'reading the key set (JWKS) without a token'],
  [/^resource\.access$/u, () => 'access to the protected resource'],
  [/^login\.accepted$/u, () => 'whether the login succeeds'],
  // The finding of an earlier step, by the name of that step.
  [/^([^:]+): (.+)$/u, ([, step = '', fact = '']) => `${factText({ fact, endpoint: null })}, in the step "${step}"`],
]

/** What people call a fact: "`iss` in access tokens". */
export function factText({ fact, endpoint }: FactName): string {
  for (const [pattern, text] of names) {
    const match = pattern.exec(fact)
    if (match) return text(match, endpointText(endpoint))
  }
  return `\`${fact}\` of the ${endpointText(endpoint)}`
}

/** One value of a fact: "400 invalid_grant", "string", "absent". */
export function valueText(fact: string, value: Json | undefined): string {
  if (value === undefined) return fact === 'keys.anonymous' ? 'allowed' : 'absent'
  if (fact === 'answer') return answerText(value)
  if (isObject(value)) return describeActual({ path: fact, actual: value })
  if (Array.isArray(value)) return value.map((item: Json) => valueText(fact, item)).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Identifies an accepted change; stable between runs. */
export const changeId = (name: FactName, before: Json | undefined, after: Json | undefined): string =>
  `${name.fact}${name.endpoint === null ? '' : ` at ${name.endpoint}`}: ${valueText(name.fact, before)} -> ${valueText(name.fact, after)}`
