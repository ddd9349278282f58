import { clients } from '../../fixtures/roles.ts'
import type { ConsumerFact, DrushFacts, ScopeFact } from '../drupal/drush-facts.ts'
import { scopeLines } from '../exported-config/propose-site.ts'

/** Lines of a site file, and the environment variables that they name. */
export interface ProposedConsumers {
  readonly versions: readonly string[]
  readonly scopes: readonly string[]
  readonly policy: readonly string[]
  readonly secrets: readonly string[]
}

const quoted = (text: string): string => JSON.stringify(text)
const list = (names: readonly string[]): string => `[${names.map(quoted).join(', ')}]`

/** The Consumers module creates it on installation, and no client uses it. */
const unused = 'default_consumer'

/**
 * Turns what drush reads from a site into lines of a site file that guarantee each consumer's present settings. They name the environment
 * variables of secrets and contain no secret.
 */
export function proposedConsumers({ versions, consumers, scopes }: DrushFacts): ProposedConsumers {
  const own = consumers.filter(({ clientId }) => clientId !== unused)
  const entries = own.flatMap((consumer) => entryOf(consumer, scopes))
  return {
    versions: Object.entries(versions)
      .filter(([name]) => ['drupal', 'simple_oauth', 'consumers', 'league', 'php', 'database'].includes(name))
      .map(([name, version]) => `  ${name}: ${quoted(version)}`),
    scopes: scopeLines(
      scopes.map(({ name, granularity, opens, grants = [] }) => ({ name, granularity, opens, grants })),
    ),
    policy: entries.length === 0 ? [] : ['policy:', ...entries],
    secrets: own
      .filter(isMapped)
      .flatMap((consumer) => (consumer.hasSecret && consumer.confidential ? secretOf(consumer) : [])),
  }
}

const isMapped = ({ clientId }: ConsumerFact): boolean => clientId !== ''

/** MY_JOB_SECRET for the client ID my-job. */
function secretOf({ clientId }: ConsumerFact): string {
  const name = clientId.replace(/[^A-Za-z0-9]+/gu, '_').toUpperCase()
  return `${/^(?:[A-Z]|$)/u.test(name) && !name.startsWith('CONTRACT_') ? '' : 'CLIENT_'}${name}_SECRET`
}

const tested: readonly string[] = clients.publicPkce.grantTypes.concat(clients.machine.grantTypes)

function entryOf(consumer: ConsumerFact, scopes: readonly ScopeFact[]): string[] {
  const { id, clientId, confidential, hasSecret, grants, redirectUris = [] } = consumer
  if (!isMapped(consumer)) return [`  # The consumer with the ID ${quoted(id)} has no client ID.`]
  const [redirectUri] = redirectUris
  const others = grants.filter((grant) => !tested.includes(grant))
  // In 5.2 consumers have no grants of their own.
  const hasCodes = redirectUri !== undefined && (grants.length === 0 || grants.includes('authorization_code'))
  const promised = grants.filter((grant) => tested.includes(grant))
  const requests = requestsOf(consumer, scopes, hasCodes ? 'authorization_code' : 'client_credentials')
  const promises = promisesOf(consumer, promised, hasCodes)
  if (promises.length === 0) return [`  # The consumer ${quoted(clientId)} has no setting that could be guaranteed.`]
  return [
    `  - consumer: ${quoted(clientId)}`,
    ...(confidential && !hasSecret
      ? ['    # It is confidential and has no secret: no token request of it succeeds.']
      : []),
    ...(confidential && hasSecret ? [`    client_secret: \${${secretOf(consumer)}}`] : []),
    ...(others.length > 0 ? [`    # It also has grants that no contract tests: ${others.join(', ')}`] : []),
    ...(hasCodes ? [`    redirectUri: ${quoted(redirectUri)}`] : []),
    ...(requests.length > 0 ? [`    requests: ${list(requests)}`] : []),
    '    promises:',
    ...promises,
  ]
}

function promisesOf(
  { pkce, lifetime = 0, scopes = [] }: ConsumerFact,
  promised: readonly string[],
  hasCodes: boolean,
): string[] {
  const isMachine = promised.length === 1 && promised[0] === 'client_credentials'
  return [
    ...(hasCodes && pkce === true ? ['      pkce: required'] : []),
    ...(promised.length > 0 ? [`      grants: [${promised.join(', ')}]`] : []),
    ...(isMachine && scopes.length > 0 ? [`      scopes: ${list(scopes)}`] : []),
    ...(lifetime > 0 ? [`      accessTokenLifetime: ${String(lifetime)}`] : []),
  ]
}

/** More of them only make the consent page longer. */
const mostRequested = 5

/** Its own scopes, or the first that have the grant. */
function requestsOf(
  { scopes: own = [] }: ConsumerFact,
  scopes: readonly ScopeFact[],
  grant: string,
): readonly string[] {
  const usable = scopes.filter(({ grants = [], name }) => grants.includes(grant) && name !== '').map(({ name }) => name)
  // In 5.2 scopes are roles, of which a consumer has its own.
  const mine = scopes.length === 0 ? own : own.filter((name) => usable.includes(name))
  return (mine.length > 0 ? mine : usable).slice(0, mostRequested)
}
