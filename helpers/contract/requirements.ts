import { clients, scopes, type ClientRole } from '../../fixtures/roles.ts'
import type { Expectation } from '../judge/expectation.ts'
import { describeExpectation } from '../judge/judge.ts'
import type { DescribeContext } from '../judge/match.ts'
import type { Outcome } from '../judge/outcome.ts'
import type { Requirement } from '../judge/requirement.ts'
import type { Step } from '../oauth/steps.ts'
import type { Check } from './case.ts'

/** What a check asks of the server, in words, from its declaration alone: of the steps that carry an expectation, then of the last one. */
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

/** `first: token.issued`: a finding of a step that carries its own expectation. */
export const findingPath = (step: Step, index: number, path: string): string =>
  `${step.as ?? `step ${String(index + 1)}`}: ${path}`

/** The suite's own names and lifetimes, whatever the site under test has. */
const contextOf = ({ given }: Check, baseUrl: string): DescribeContext => ({
  baseUrl,
  scopeName: (role) => scopes[role].name,
  accessTokenLifetime: Object.hasOwn(clients, given.client)
    ? clients[given.client as ClientRole].accessTokenLifetime
    : Number.NaN,
})

/** Which endpoint answers in the end: a grant that is not offered ends where it begins. */
const endOf = (step: Step, { expect }: Expectation): Outcome['kind'] =>
  expect === 'grantNotOffered' && step.do === 'obtain' && step.grant === 'authorization_code'
    ? 'authorize'
    : kindOf(step)

/** Which endpoint answers in the end. */
function kindOf(step: Step): Outcome['kind'] {
  switch (step.do) {
    case 'codeGrant':
    case 'exchange':
    case 'refresh':
    case 'clientCredentials':
    case 'revoke':
    case 'introspect':
    case 'deviceAuthorization':
    case 'poll':
    case 'register':
    case 'manageRegistration':
      return 'token'
    case 'obtain':
      return step.grant === 'implicit' ? 'authorize' : 'token'
    case 'offers':
    case 'metadata':
      return 'document'
    case 'decide':
    case 'verifyUserCode':
      return 'authorize'
    case 'logOut':
      return 'login'
    case 'jsonapi':
      return 'resource'
    case 'wait':
      return 'changeSite'
    default:
      return step.do
  }
}
