import { expect, test } from 'vitest'
import type { DrushFacts } from '../../../helpers/drupal/drush-facts.ts'
import { unusedOffers } from '../../../helpers/model/offers.ts'
import { offersLines } from '../../../helpers/report/offers-lines.ts'
import { grantsOf } from '../../../helpers/targets/site/offered-grants.ts'

const consumer = (clientId: string, ...grants: string[]) => ({
  ...{ id: '7', clientId, confidential: true, hasSecret: true, grants, redirects: 0 },
})
const facts = (consumers: DrushFacts['consumers'], grants: readonly string[]): DrushFacts => {
  const key = { path: '', exists: false, readable: false, valid: null, mode: '', belowDocroot: null }
  return { versions: {}, grants, keys: { private: key, public: key }, pair: null, consumers, scopes: [], users: [] }
}

test('grants are those of consumers, each with its consumers', () => {
  const consumers = [consumer('app', 'authorization_code', 'firebase_otp'), consumer('', 'firebase_otp')]
  expect(grantsOf(facts(consumers, ['authorization_code', 'password']))).toEqual({
    authorization_code: ['app'],
    firebase_otp: ['app', 'consumer 7'],
  })
})

test('where consumers have no grants of their own, as in 5.2, each plugin is offered', () => {
  expect(grantsOf(facts([consumer('app')], ['authorization_code', 'password']))).toEqual({
    authorization_code: [],
    password: [],
  })
})

test('what no client of the suite uses is said in one line, and nothing where there is nothing', () => {
  const grants = { authorization_code: ['app'], firebase_otp: ['app', 'shop'], password: [] }
  expect(unusedOffers({ grants, endpoints: ['registration'] })).toEqual([
    'the grant firebase_otp (app, shop)',
    'the grant password',
    'registration',
  ])
  const target = { label: 'a site', baseUrl: 'https://site.example', versions: {}, demonstration: false }
  expect(offersLines({ ...target, offers: { grants, endpoints: ['registration'] } })).toEqual([
    'offers      besides: the grant firebase_otp (app, shop), the grant password, registration. The promises grantsOffered and endpoints of a policy can forbid them.',
  ])
  expect(offersLines({ ...target, offers: { grants: { refresh_token: ['app'] }, endpoints: [] } })).toEqual([])
})
