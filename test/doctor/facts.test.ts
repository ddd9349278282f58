import { expect, test } from 'vitest'
import type { DrushFacts } from '../../helpers/drupal/drush-facts.ts'
import { examineFacts } from '../../helpers/doctor/examine-facts.ts'

const key = { path: '../keys/private.key', exists: true, readable: true, valid: true, mode: '600', belowDocroot: null }
const consumer = {
  id: '2',
  clientId: 'app',
  confidential: false,
  hasSecret: false,
  grants: ['authorization_code'],
  redirects: 1,
}
const scope = {
  id: 'site_debug',
  name: 'site:debug',
  umbrella: false,
  granularity: 'permission',
  opens: 'access content',
  known: true,
}
const user = { name: 'editor', uid: '7', active: true, grantsCodes: true }
const good: DrushFacts = {
  versions: {},
  keys: { private: key, public: key },
  pair: true,
  consumers: [consumer],
  scopes: [scope],
  users: [user],
}

const found = (facts: Partial<DrushFacts>, requested: readonly string[] = []): string[] =>
  examineFacts({ ...good, ...facts }, requested).flatMap((one) => ('id' in one ? [`${one.state} ${one.id}`] : []))

const keys = (change: Partial<typeof key> | { valid: boolean | null; belowDocroot: string }) => ({
  keys: { private: { ...key, ...change }, public: key },
})

test('good facts have no problem, an umbrella scope and the default consumer included', () => {
  expect(found({}, ['site:debug'])).toEqual([])
  const unused = { ...consumer, clientId: 'default_consumer', grants: [] }
  expect(found({ consumers: [unused], scopes: [{ ...scope, umbrella: true, granularity: '' }] })).toEqual([])
})

test.each<[string, Partial<DrushFacts>, readonly string[]]>([
  ['problem keys-not-set', keys({ path: '' }), []],
  ['problem private-key-missing', keys({ exists: false }), []],
  ['problem private-key-unreadable', keys({ readable: false }), []],
  ['problem private-key-invalid', keys({ valid: false }), []],
  ['problem public-key-missing', { keys: { private: key, public: { ...key, exists: false } } }, []],
  ['problem public-key-invalid', { keys: { private: key, public: { ...key, valid: false } } }, []],
  ['problem keys-differ', { pair: false }, []],
  ['warning private-key-below-docroot', keys({ valid: true, belowDocroot: 'keys/private.key' }), []],
  ['warning private-key-mode', keys({ mode: '644' }), []],
  ['warning consumer-without-id', { consumers: [{ ...consumer, clientId: '' }] }, []],
  ['warning consumer-without-grants', { consumers: [{ ...consumer, grants: [] }] }, []],
  ['warning consumer-without-secret', { consumers: [{ ...consumer, confidential: true }] }, []],
  ['warning consumer-without-redirect', { consumers: [{ ...consumer, redirects: 0 }] }, []],
  ['warning scope-empty', { scopes: [{ ...scope, granularity: '' }] }, []],
  ['warning scope-empty', { scopes: [{ ...scope, opens: '' }] }, []],
  ['warning scope-empty', { scopes: [{ ...scope, known: false }] }, []],
  ['problem scope-named-by-id', {}, ['site_debug']],
  ['problem scope-named-by-id', {}, ['elsewhere']],
  ['problem user-missing', { users: [{ ...user, uid: '' }] }, []],
  ['problem user-missing', { users: [{ ...user, active: false }] }, []],
  ['problem user-is-first', { users: [{ ...user, uid: '1' }] }, []],
  ['problem role-without-permission', { users: [{ ...user, grantsCodes: false }] }, []],
])('%s', (id, facts, requested) => {
  expect(found(facts, requested)).toEqual([id])
})
