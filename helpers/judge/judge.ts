import type { UserRole } from '../../fixtures/roles.ts'
import type { Finding, Json, Severity } from '../model/verdict.ts'
import { aboutUser, describeAboutUser, type Identity } from './about-user.ts'
import {
  codeIssued,
  describeCodeIssued,
  describeNotGranted,
  describeRefusedAtAuthorize,
  describeResponseTypeNotOffered,
  notGranted,
  refusedAtAuthorize,
  responseTypeNotOffered,
} from './authorization-response.ts'
import type { Expectation, Matcher } from './expectation.ts'
import { fact } from './facts.ts'
import { describeMatcher, match, type DescribeContext, type MatchContext } from './match.ts'
import type { Outcome } from './outcome.ts'
import type { Judging, Requirement } from './requirement.ts'
import { describeForbidden, describePermitted, forbidden, permitted } from './permission.ts'
import { denied, describeDenied, describeNotOpened, describeOpened, notOpened, opened } from './resource-response.ts'
import { describeSigned, signedBy } from './signature.ts'
import {
  describeGranted,
  describeRefused,
  describeTokenGrantNotOffered,
  describeWithheld,
  granted,
  refused,
  tokenGrantNotOffered,
  withheld,
} from './token-response.ts'

export interface JudgeContext extends MatchContext {
  /** Of the contract. */
  readonly severity: Severity
  /** An account of the target (by default the case's) and all others. */
  accounts(user: UserRole | undefined): { readonly user: Identity; readonly others: readonly Identity[] }
  /** The JSON Web Key Set an earlier step stored under this name. */
  keys(name: string): Json | undefined
}

const judgings: {
  readonly [E in Expectation['expect']]: Judging<Extract<Expectation, { expect: E }>, JudgeContext>
} = {
  refused: {
    check: ({ errors }, outcome) => refused(errors, outcome),
    describe: ({ errors, note }) => describeRefused(errors, note),
  },
  refusedAtAuthorize: {
    check: ({ errors, delivery }, outcome) => refusedAtAuthorize(errors, delivery, outcome),
    describe: ({ errors, delivery }) => describeRefusedAtAuthorize(errors, delivery),
  },
  notGranted: {
    check: (_, outcome) => [outcome.kind === 'token' ? withheld(outcome) : notGranted(outcome)],
    describe: (_, __, kind) => [kind === 'token' ? describeWithheld() : describeNotGranted()],
  },
  grantNotOffered: {
    check: (_, outcome) => (outcome.kind === 'token' ? tokenGrantNotOffered(outcome) : responseTypeNotOffered(outcome)),
    describe: (_, __, kind) => (kind === 'token' ? describeTokenGrantNotOffered() : describeResponseTypeNotOffered()),
  },
  code: { check: (_, outcome) => codeIssued(outcome), describe: () => describeCodeIssued() },
  granted: { check: (_, outcome) => [granted(outcome)], describe: () => [describeGranted()] },
  opened: { check: (_, outcome) => [opened(outcome)], describe: () => [describeOpened()] },
  denied: {
    check: ({ error }, outcome) => denied(error, outcome),
    describe: ({ error }) => describeDenied(error),
  },
  notOpened: { check: (_, outcome) => [notOpened(outcome)], describe: () => describeNotOpened() },
  permitted: { check: (_, outcome) => [permitted(outcome)], describe: () => [describePermitted()] },
  forbidden: { check: (_, outcome) => [forbidden(outcome)], describe: () => [describeForbidden()] },
  aboutUser: {
    check: ({ user: role }, outcome, context) => {
      const { user, others } = context.accounts(role)
      return [aboutUser(outcome, user, others)]
    },
    describe: () => [describeAboutUser()],
  },
  holds: {
    check: ({ facts, ifPresent }, outcome, context) =>
      ifPresent !== undefined && fact(outcome, ifPresent) === undefined
        ? []
        : Object.entries(facts).map(([path, matcher]) => {
            const found = match(fact(outcome, path), matcher, context)
            return { path, ...found, ...(!found.ok && givesAway(path, matcher) ? { granted: true } : {}) }
          }),
    describe: ({ facts, ifPresent }, context) =>
      Object.entries(facts).map(([path, matcher]) => ({
        path,
        expected: `${describeMatcher(matcher, context)}${ifPresent === undefined ? '' : `, if there is ${ifPresent}`}`,
      })),
  },
  signedBy: {
    check: async ({ keys, token }, outcome, context) => [await signedBy(token, context.keys(keys), outcome)],
    describe: ({ token }) => [describeSigned(token)],
  },
}

const secrets: ReadonlySet<string> = new Set(
  ['access_token', 'refresh_token', 'id_token', 'code'].flatMap((name) => [`json.${name}`, `callback.${name}`]),
)

/**
 * Whether a wrong fact means that something was granted or disclosed: a token that must be absent, a login, a value that must be concealed.
 */
const givesAway = (path: string, matcher: Matcher): boolean =>
  (matcher.is === 'absent' && secrets.has(path)) ||
  matcher.is === 'concealing' ||
  matcher.is === 'concealing-text' ||
  (path === 'login.accepted' && matcher.is === 'equal' && matcher.to === false)

const judgingOf = (expectation: Expectation): Judging<Expectation, JudgeContext> => judgings[expectation.expect]

/** Compares one outcome with one expectation. Pure: no I/O, and nothing the server sent makes it throw. */
export async function judge(expectation: Expectation, outcome: Outcome, context: JudgeContext): Promise<Finding[]> {
  const observations = await judgingOf(expectation).check(expectation, outcome, context)
  if (observations.length === 0) return []
  const { source } = expectation
  const requirements = describeExpectation(expectation, context, outcome.kind)
  return observations.map((observation) => {
    const requirement = requirements.find(({ path }) => path === observation.path)
    if (!requirement) throw new Error(`no requirement describes the finding ${observation.path}`)
    return { severity: context.severity, ...requirement, ...observation, ...(source === undefined ? {} : { source }) }
  })
}

/** What an expectation requires of a step's outcome, in words, before anything has happened. */
export const describeExpectation = (
  expectation: Expectation,
  context: DescribeContext,
  kind: Outcome['kind'],
): readonly Requirement[] => judgingOf(expectation).describe(expectation, context, kind)
