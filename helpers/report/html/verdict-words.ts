import type { Conclusion } from '../../model/run-reason.ts'
import type { Verdict } from '../../model/verdict.ts'

/** Each verdict's sign and meaning, as in the README. */
export const verdictWords: Readonly<Record<Verdict, { readonly sign: string; readonly meaning: string }>> = {
  fail: { sign: '✗', meaning: 'The server violates the requirement, or grants what it must or should not.' },
  error: { sign: '?', meaning: 'The suite itself failed.' },
  blocked: { sign: '■', meaning: 'The positive control or the set-up failed, so nothing was proven.' },
  stale: { sign: '↺', meaning: 'A known issue of the baseline did not occur: remove its entry.' },
  warn: {
    sign: '!',
    meaning: 'The server violates a SHOULD, or a MUST of a standard outside the chosen profile.',
  },
  known: { sign: '≈', meaning: 'Every difference or weakness is a known issue, with reason and source.' },
  skipped: { sign: '–', meaning: 'The target lacks what the contract needs.' },
  pass: { sign: '✓', meaning: 'The server meets the requirement.' },
}

/** Worst first. */
export const worstFirst = Object.keys(verdictWords) as readonly Verdict[]

export type Tone = 'good' | 'look' | 'bad'

/** Each conclusion for a reader who reads nothing else. */
export const conclusionWords: Readonly<
  Record<Conclusion, { readonly title: string; readonly meaning: string; readonly tone: Tone }>
> = {
  conformant: { title: 'Conformant', meaning: 'The server meets every requirement that was tested.', tone: 'good' },
  'no failures': {
    title: 'No failures',
    meaning: 'No requirement is violated; some recommendations are not followed.',
    tone: 'good',
  },
  'no new differences': {
    title: 'No new differences',
    meaning: 'The server differs from the standards only in ways that are known of its release.',
    tone: 'good',
  },
  'outdated baseline': {
    title: 'Outdated baseline',
    meaning: 'Something that the baseline excuses no longer occurs. Remove its entry.',
    tone: 'look',
  },
  incomplete: {
    title: 'Incomplete',
    meaning: 'Nothing that was tested fails, but something could not be tested.',
    tone: 'look',
  },
  'non-conformant': {
    title: 'Non-conformant',
    meaning: 'The server violates a requirement, or grants what has to be rejected.',
    tone: 'bad',
  },
  'no verdict': { title: 'No verdict', meaning: 'The run did not get far enough to judge the server.', tone: 'bad' },
  demonstration: {
    title: 'Demonstration',
    meaning: 'The embedded reference server was tested. The verdicts say nothing about any Drupal site.',
    tone: 'look',
  },
}
