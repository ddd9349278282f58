import type { DiagnosisId, Layer } from '../../fixtures/diagnoses.ts'
import { diagnoses } from '../../fixtures/diagnoses.ts'
import { diagnosed } from '../diagnosis/diagnose.ts'
import type { ConsumerFact, DrushFacts, KeyFact, ScopeFact, UserFact } from '../drupal/drush-facts.ts'
import type { Examined } from './report.ts'

/** A condition as a problem of its layer. */
export function problem(id: DiagnosisId, values: Readonly<Record<string, string>> = {}): Examined {
  return { layer: diagnoses[id].layer, state: 'problem', ...diagnosed(id, values) }
}

function warning(id: DiagnosisId, values: Readonly<Record<string, string>> = {}): Examined {
  return { layer: diagnoses[id].layer, state: 'warning', ...diagnosed(id, values) }
}

/** Examines keys, consumers, scopes and users as drush shows them. `requested` are the scopes that the site file names. */
export function examineFacts(facts: DrushFacts, requested: readonly string[]): Examined[] {
  return [
    ...orOk('keys', examineKeys(facts), `${facts.keys.private.path}, mode ${facts.keys.private.mode}`),
    ...orOk(
      'consumers',
      facts.consumers.filter(({ clientId }) => clientId !== unused).flatMap(examineConsumer),
      `${String(facts.consumers.length)} examined`,
    ),
    ...orOk(
      'scopes',
      [...facts.scopes.flatMap(examineScope), ...requested.flatMap((name) => examineName(name, facts.scopes))],
      `${String(facts.scopes.length)} examined`,
    ),
    ...(facts.users.length === 0
      ? [{ layer: 'role', state: 'not checked', text: 'the site file maps no user by name' } as const]
      : orOk('role', facts.users.flatMap(examineUser), facts.users.map(({ name }) => JSON.stringify(name)).join(', '))),
  ]
}

const orOk = (layer: Layer, found: readonly Examined[], text: string): readonly Examined[] =>
  found.length > 0 ? found : [{ layer, state: 'ok', text }]

function examineKeys({ keys, pair }: DrushFacts): Examined[] {
  const unset = (['private', 'public'] as const).filter((kind) => keys[kind].path === '')
  if (unset.length > 0) return [problem('keys-not-set', { what: unset.map((kind) => `${kind}_key`).join(' and ') })]
  return [
    ...examineFile(keys.private, ['private-key-missing', 'private-key-unreadable', 'private-key-invalid']),
    ...examineFile(keys.public, ['public-key-missing', 'public-key-missing', 'public-key-invalid']),
    ...(pair === false ? [problem('keys-differ')] : []),
    ...(keys.private.belowDocroot === null
      ? []
      : [warning('private-key-below-docroot', { what: keys.private.belowDocroot })]),
    // The read permission of others; the group may be the web server's.
    ...(/[4-7]$/u.test(keys.private.mode) ? [warning('private-key-mode', { what: `mode ${keys.private.mode}` })] : []),
  ]
}

function examineFile(key: KeyFact, [missing, unreadable, invalid]: readonly [DiagnosisId, DiagnosisId, DiagnosisId]) {
  if (!key.exists) return [problem(missing)]
  if (!key.readable) return [problem(unreadable)]
  return key.valid === false ? [problem(invalid)] : []
}

/** The Consumers module creates it on installation, and no client uses it. */
const unused = 'default_consumer'

function examineConsumer({ id, clientId, confidential, hasSecret, grants, redirects }: ConsumerFact): Examined[] {
  const what = clientId === '' ? `with the ID ${id}` : JSON.stringify(clientId)
  if (clientId === '') return [warning('consumer-without-id', { what })]
  return [
    ...(grants.length === 0 ? [warning('consumer-without-grants', { what })] : []),
    ...(confidential && !hasSecret ? [warning('consumer-without-secret', { what })] : []),
    ...(grants.includes('authorization_code') && redirects === 0
      ? [warning('consumer-without-redirect', { what })]
      : []),
  ]
}

function examineScope({ name, umbrella, granularity, opens, known }: ScopeFact): Examined[] {
  if (umbrella) return []
  const of = `The scope "${name}"`
  if (granularity === '') return [warning('scope-empty', { what: `${of} has no granularity and opens nothing` })]
  if (opens === '') return [warning('scope-empty', { what: `${of} has no ${granularity} and opens nothing` })]
  return known
    ? []
    : [
        warning('scope-empty', {
          what: `${of} has the ${granularity} "${opens}", which does not exist, and opens nothing`,
        }),
      ]
}

function examineName(requested: string, scopes: readonly ScopeFact[]): Examined[] {
  if (scopes.length === 0 || scopes.some(({ name }) => name === requested)) return []
  const byId = scopes.find(({ id }) => id === requested)
  return byId === undefined
    ? [problem('scope-named-by-id', { what: `The site has no scope with the name "${requested}"` })]
    : [problem('scope-named-by-id', { what: `"${requested}" is the ID of a scope; its name is "${byId.name}"` })]
}

function examineUser({ name, uid, active, grantsCodes }: UserFact): Examined[] {
  const what = JSON.stringify(name)
  if (uid === '') return [problem('user-missing', { what: `The site has no user ${what}` })]
  if (!active) return [problem('user-missing', { what: `The user ${what} is blocked` })]
  if (uid === '1') return [problem('user-is-first', { what })]
  return grantsCodes ? [] : [problem('role-without-permission', { what })]
}
