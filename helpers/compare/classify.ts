import { classRules, type ChangeClass, type ClassRule } from '../../fixtures/change-classes.ts'
import { isObject, type Json } from '../model/verdict.ts'
import { kindOfAnswer } from './answer.ts'
import type { Requirement } from './facts.ts'

/** One fact of two runs, with what is required of it. */
export interface FactChange {
  readonly fact: string
  readonly endpoint: string | null
  /** Undefined where it is absent. */
  readonly before: Json | undefined
  readonly after: Json | undefined
  readonly required: readonly [Requirement | null, Requirement | null]
}

export interface Classified {
  readonly class: ChangeClass
  readonly sentence: string
}

/** The class of a change, by the first rule of fixtures/change-classes.ts that fits. */
export function classify(change: FactChange): Classified {
  const rule = classRules.find((one) => fits(one, change))
  if (rule === undefined) throw new Error(`no rule gives the change of ${change.fact} a class`)
  return { class: rule.class, sentence: rule.sentence }
}

/** Each condition that a rule may have, with the test of it. */
const conditions: {
  readonly [name in keyof Omit<ClassRule, 'class' | 'sentence'>]-?: (
    wanted: NonNullable<ClassRule[name]>,
    change: FactChange,
  ) => boolean
} = {
  fact: (pattern, { fact }) => new RegExp(pattern, 'u').test(fact),
  endpoint: (name, { endpoint }) => endpoint === name,
  from: (kinds, { before, endpoint }) => kinds.includes(kindOfAnswer(before, endpoint)),
  to: (kinds, { after, endpoint }) => kinds.includes(kindOfAnswer(after, endpoint)),
  before: (presence, { before }) => presence === presenceOf(before),
  after: (presence, { after }) => presence === presenceOf(after),
  requirement: (turn, { required: [before, after] }) => turn === turnOf(before?.met, after?.met),
  grant: (turn, { required: [before, after] }) => turn === turnOf(before?.granted, after?.granted),
  value: (pattern, { after }) => typeof after === 'string' && new RegExp(pattern, 'u').test(after),
  statusBefore: (status, { before }) => isObject(before) && before['status'] === status,
  number: (order, { before, after }) => order === orderOf(before, after),
}

function fits(rule: ClassRule, change: FactChange): boolean {
  return Object.entries(conditions).every(([name, holds]) => {
    const wanted = rule[name as keyof typeof conditions]
    return wanted === undefined || (holds as (wanted: unknown, change: FactChange) => boolean)(wanted, change)
  })
}

const presenceOf = (value: Json | undefined): 'absent' | 'present' =>
  value === undefined || value === 'absent' ? 'absent' : 'present'

function turnOf(before = false, after = false): 'gained' | 'lost' | undefined {
  return before === after ? undefined : after ? 'gained' : 'lost'
}

function orderOf(before: Json | undefined, after: Json | undefined): 'smaller' | 'larger' | undefined {
  if (typeof before !== 'number' || typeof after !== 'number') return undefined
  return after < before ? 'smaller' : 'larger'
}
