import { clients, scopes, type ClientRole } from '../../fixtures/roles.ts'
import type { Expectation } from '../judge/expectation.ts'
import { describeExpectation } from '../judge/judge.ts'
import type { DescribeContext } from '../judge/match.ts'
import type { Outcome } from '../judge/outcome.ts'
import type { Requirement } from '../judge/requirement.ts'
import type { Step } from '../oauth/steps.ts'
import type { Check } from './case.ts'

/**
 * What a check requires of the server, in words, from its declaration alone: for the steps with an expectation of their own, then for the
 * last one.
 */
export function requirementsOf(check: Check, baseUrl: string): Requirement[] {
  const context = contextOf(check, baseUrl)
  const last = check.when.at(-1)
  return [
    ...check.when.flatMap((step, index) =>
      step.expect === undefined
        ? []
        : describeExpectation(step.expect, context, kindOf(step)).map((requirement) => ({
            ...requirement,
            path: findingPath(step, index, requirement.path),
          })),
    ),
    ...check.then.flatMap((expectation) =>
      describeExpectation(expectation, context, last ? endOf(last, expectation) : 'token'),
    ),
  ]
}

/** `first: token.issued`: a finding of a step with an expectation of its own. */
export const findingPath = (step: Step, index: number, path: string): string =>
  `${step.as ?? `step ${String(index + 1)}`}: ${path}`

/** The suite's own names and lifetimes, not those of the site under test. */
const contextOf = ({ given }: Check, baseUrl: string): DescribeContext => ({
  baseUrl,
  scopeName: (role) => scopes[role].name,
  accessTokenLifetime: Object.hasOwn(clients, given.client)
    ? clients[given.client as ClientRole].accessTokenLifetime
    : Number.NaN,
})

/** Which endpoint answers last: a grant that is not offered ends where it begins. */
const endOf = (step: Step, { expect }: Expectation): Outcome['kind'] =>
  expect === 'grantNotOffered' && step.do === 'obtain' && step.grant === 'authorization_code'
    ? 'authorize'
    : kindOf(step)

/** The endpoint that answers last, if it is not named like the step. */
const endpoints: Readonly<Partial<Record<Step['do'], Outcome['kind']>>> = {
  codeGrant: 'token',
  exchange: 'token',
  refresh: 'token',
  clientCredentials: 'token',
  obtain: 'token',
  revoke: 'token',
  introspect: 'token',
  deviceAuthorization: 'token',
  poll: 'token',
  register: 'token',
  manageRegistration: 'token',
  offers: 'document',
  metadata: 'document',
  decide: 'authorize',
  verifyUserCode: 'authorize',
  logOut: 'login',
  jsonapi: 'resource',
  wait: 'changeSite',
  changeUser: 'changeSite',
  changeConsumer: 'changeSite',
}

const kindOf = (step: Step): Outcome['kind'] =>
  step.do === 'obtain' && step.grant === 'implicit' ? 'authorize' : (endpoints[step.do] ?? (step.do as Outcome['kind']))
