import type { Expectation } from '../judge/expectation.ts'
import { canonical } from '../judge/canonical.ts'
import type { Json } from '../model/verdict.ts'
import { users, type ClientRole, type UserRole } from '../../fixtures/roles.ts'
import type { ExchangeStep, ResourceStep, Step } from '../oauth/steps.ts'
import { defaultUser } from './infer.ts'

const refusals: ReadonlySet<Expectation['expect']> = new Set([
  'refused',
  'refusedAtAuthorize',
  'notGranted',
  'grantNotOffered',
  'denied',
  'notOpened',
  'forbidden',
])
const successes: ReadonlySet<Expectation['expect']> = new Set(['code', 'granted', 'opened', 'permitted'])

/** Whether something has to be refused, so that a control must show that the flow works otherwise. */
export const expectsRefusal = (then: readonly Expectation[]): boolean =>
  then.some((one) => refusals.has(one.expect) || (one.expect === 'holds' && holdsRefusal(one.facts)))

/** A client error or a failed login, stated as a fact. */
function holdsRefusal({
  status,
  'login.accepted': accepted,
}: Extract<Expectation, { expect: 'holds' }>['facts']): boolean {
  return (status?.is === 'between' && status.least >= 400) || (accepted?.is === 'equal' && accepted.to === false)
}

/** What a case has besides the steps that are judged. */
interface Circumstances {
  /** Its steps before the upgrade. */
  readonly before?: readonly Step[]
  readonly user?: UserRole | undefined
}

/**
 * The control of a refusal: the same steps without their differences, those before an upgrade included. Steps that have to succeed stay as
 * they are; the judged step loses its changes, and earlier steps that have to be refused are left out. Empty if an earlier step already is
 * that control. If nothing differs but the user, who lacks a permission (`fixtures/roles.ts`), the default user takes the steps.
 * @returns null if nothing is changed, or no correct step can be made of the last one.
 */
export function deriveControl(
  when: readonly Step[],
  { before = [], user }: Circumstances = {},
): readonly Step[] | null {
  const steps = [...before, ...when]
  const last = when.at(-1)
  const correct = last && withoutDifference(last, steps)
  if (!last || !correct) return null
  const earlier = when.slice(0, -1)
  if (earlier.some((step) => mustSucceed(step) && equal(sameActor(step, withoutDifference(step, steps)), correct)))
    return []
  const way = leadingThere([...before, ...earlier], steps)
  const control = needed(correct.do === 'exchange' ? asCodeGrant(way, correct) : [...way, correct])
  // If no step was left out, equal steps are the case itself.
  const isCase = leadingThere(earlier, steps).length === earlier.length && equal(control, needed(when))
  return isCase ? byDefaultUser(control, user) : control
}

/** The steps that lead to the judged one, as a correct client would take them. */
function leadingThere(earlier: readonly Step[], all: readonly Step[]): readonly Step[] {
  return earlier.flatMap((step): Step[] => {
    if (withoutRequest.has(step.do) || step.do === 'revoke') return []
    if (step.expect === undefined) return [step]
    return expectsRefusal([step.expect]) ? [] : [withoutDifference(step, all) ?? []].flat()
  })
}

/** The steps of a user who lacks a permission, taken by one who has it; null if the user lacks none, or no step takes a user. */
function byDefaultUser(steps: readonly Step[], user: UserRole | undefined): readonly Step[] | null {
  if (user === undefined || users[user].lacks === undefined) return null
  const others = steps.map((step) => (takesUser(step) ? { user: defaultUser, ...step } : step))
  return equal(others, steps) ? null : others
}

/** Whether a step may name the user who logs in or consents. */
const takesUser = (step: Step): step is Extract<Step, { do: 'authorize' | 'codeGrant' | 'login' | 'verifyUserCode' }> =>
  ['authorize', 'codeGrant', 'login', 'verifyUserCode'].includes(step.do)

/** Whether a stated control repeats the request that has to be refused. After a change or an expiry, the same request is legitimate. */
export const isCaseItself = (control: readonly Step[], steps: readonly Step[]): boolean =>
  !steps.some((step) => withoutRequest.has(step.do)) && equal(numbered(needed(control)), numbered(needed(steps)))

/** The steps with numbers instead of names, because names make no difference. */
function numbered(steps: readonly Step[]): readonly Step[] {
  const names = steps.flatMap((step) => step.as ?? [])
  const rename = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(rename)
    return Object.fromEntries(
      Object.entries(value).map(([member, part]: [string, unknown]) => [
        member,
        isReference(member, part) ? numberOf(part) : rename(part),
      ]),
    )
  }
  const numberOf = (reference: string): string => {
    const [name = '', ...rest] = reference.split('.')
    return [String(names.indexOf(name)), ...rest].join('.')
  }
  return rename(steps) as readonly Step[]
}

const isReference = (member: string, value: unknown): value is string =>
  ['as', 'of', 'keys'].includes(member) && typeof value === 'string'

/** Steps in which no client sends a request. */
export const withoutRequest: ReadonlySet<Step['do']> = new Set(['wait', 'changeSite', 'changeUser', 'changeConsumer'])

const mustSucceed = ({ expect }: Step): boolean => expect === undefined || successes.has(expect.expect)

/** A step as a correct client would take it; null if there is none. */
function withoutDifference(step: Step, all: readonly Step[]): Step | null {
  const name = step.as === undefined ? {} : { as: step.as }
  switch (step.do) {
    case 'authorize':
      return { do: 'authorize', ...name }
    case 'codeGrant':
      return { do: 'codeGrant', ...name }
    case 'clientCredentials':
      return { do: 'clientCredentials', ...name }
    case 'obtain':
      return { do: 'obtain', ...name }
    case 'login':
      return { do: 'login', ...name }
    case 'exchange':
      return { do: 'exchange', of: step.of, ...name }
    case 'refresh':
      return { do: 'refresh', of: step.of, ...name }
    case 'race':
      return withoutDifference(step.step, all)
    case 'introspect':
      return { do: 'introspect', token: step.token, caller: step.caller, ...name }
    case 'resource':
      return withGoodToken(step, all)
    default:
      return null
  }
}

/** The resource with the case's access token: the one named, or that of the last step that received one. */
function withGoodToken({ token, at, as }: ResourceStep, all: readonly Step[]): ResourceStep | null {
  const issuing: ReadonlySet<Step['do']> = new Set(['codeGrant', 'exchange', 'refresh', 'clientCredentials', 'obtain'])
  const source = all.findLast((step) => step.as !== undefined && issuing.has(step.do))?.as
  const named = typeof token === 'object' && token?.$ === 'ref' && token.of.endsWith('.access_token') ? token.of : null
  const of = named ?? (source === undefined ? null : `${source}.access_token`)
  if (of === null) return null
  return { do: 'resource', token: { $: 'ref', of }, ...(at ? { at } : {}), ...(as === undefined ? {} : { as }) }
}

/** An authorization request whose code is exchanged is the whole grant, in one step or in two. */
function asCodeGrant(way: readonly Step[], exchange: ExchangeStep): Step[] {
  const flow = way.find((step) => step.as === exchange.of)
  if (!flow) return [...way, exchange]
  const others = way.filter((step) => step !== flow)
  if (flow.do !== 'authorize') return [...others, flow]
  const { do: _, params, method: __, headers: ___, ...options } = flow
  return [...others, { do: 'codeGrant', ...options, ...(params ? { authorize: params } : {}) }]
}

/** The last step and those whose results it needs, named only if the name is used. */
function needed(steps: readonly Step[]): Step[] {
  const names = new Set<string>()
  return steps
    .toReversed()
    .flatMap((step, index): Step[] => {
      const used = step.as !== undefined && names.has(step.as)
      if (index > 0 && !used) return []
      for (const name of namesIn(step)) names.add(name)
      const { as: _, ...unnamed } = step
      return [used ? step : unnamed]
    })
    .toReversed()
}

/** The names of the steps that a step refers to: `of: 'flow'`, `ref('flow.code')`, `keys: 'keys'`. */
function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([member, part]: [string, unknown]) =>
    member !== 'as' && isReference(member, part) ? [part.split('.')[0] ?? ''] : namesIn(part),
  )
}

/** Whether the same client and user act: that is part of what a step proves. */
function sameActor(step: Step, correct: Step | null): Step | null {
  if (correct === null) return null
  const { client, user } = step as { readonly client?: ClientRole; readonly user?: UserRole }
  return { ...correct, ...(client === undefined ? {} : { client }), ...(user === undefined ? {} : { user }) }
}

const equal = (one: Step | readonly Step[] | null, other: Step | readonly Step[]): boolean =>
  unnamed(one) === unnamed(other)
const unnamed = (steps: Step | readonly Step[] | null): string =>
  canonical([steps].flat().map((step) => ({ ...step, as: null })) as unknown as Json)
