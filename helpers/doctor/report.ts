import { layers, type Layer } from '../../fixtures/diagnoses.ts'
import { inline } from '../report/text.ts'

/** A condition of `fixtures/diagnoses.ts`, or a failure whose message says what to do. */
interface Problem {
  /** Stable. */
  readonly id: string
  readonly cause: string
  /** '' if the cause says what to do. */
  readonly remedy: string
}

/** The finding about one layer. */
export type Examined =
  | { readonly layer: Layer; readonly state: 'ok'; readonly text: string }
  /** Not wrong yet, or only for some clients. */
  | ({ readonly layer: Layer; readonly state: 'problem' | 'warning' } & Problem)
  | { readonly layer: Layer; readonly state: 'not checked'; readonly text: string }

/** All layers in order, and the first problem, which is the one to solve first. */
export interface DoctorReport {
  readonly subject: string
  readonly layers: readonly Examined[]
  /** Null if nothing is wrong. */
  readonly first: (Problem & { readonly layer: Layer }) | null
}

/** Sorts what was found by layer, keeping the order within one. */
export function doctorReport(subject: string, found: readonly Examined[]): DoctorReport {
  const order = Object.keys(layers)
  // Two clients may show the same condition.
  const unique = [...new Map(found.map((one) => [JSON.stringify(one), one])).values()]
  const sorted = unique.sort((one, other) => order.indexOf(one.layer) - order.indexOf(other.layer))
  const first = sorted.find((one): one is Extract<Examined, { cause: string }> => one.state === 'problem')
  if (!first) return { subject, layers: sorted, first: null }
  const { layer, id, cause, remedy } = first
  return { subject, layers: sorted, first: { layer, id, cause, remedy } }
}

const width = Math.max(...Object.values(layers).map(({ length }) => length))

/** What the command prints; the last line is the conclusion. */
export function doctorText({ subject, layers: examined, first }: DoctorReport): string {
  const lines = examined.flatMap((one) => {
    const head = `${one.state.padEnd('not checked'.length)}  ${layers[one.layer].padEnd(width)}  `
    if ('text' in one) return [head + inline(one.text)]
    const indent = ' '.repeat(head.length)
    return [head + inline(one.cause), ...(one.remedy === '' ? [] : [`${indent}remedy: ${inline(one.remedy)}`])]
  })
  const unchecked = examined.filter(({ state }) => state === 'not checked').length
  const rest = unchecked === 0 ? '' : ` (${String(unchecked)} of ${String(examined.length)} not checked)`
  const conclusion =
    first === null ? `no problem found${rest}` : `problem in ${layers[first.layer]}: ${inline(first.cause)}`
  return [`doctor  ${inline(subject)}`, '', ...lines, '', `result  ${conclusion}`].join('\n')
}

/** 0 if nothing is wrong, else 1. If nothing could be examined, an error is thrown instead. */
export const exitCodeOf = ({ first }: DoctorReport): number => (first === null ? 0 : 1)
