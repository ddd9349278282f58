// Reads subjects of commits, one a line: each in the imperative, at most 72 characters. git log --format=%s main.. | node .ci/subjects.js
import { readFileSync } from 'node:fs'

/** Verbs whose imperative looks like a past or -s form. */
const imperatives = /^(?:bring|embed|exceed|feed|focus|need|proceed|seed|speed|spread|.*ss)$/iu

/**
 * What is wrong with a subject.
 *
 * @param {string} subject
 */
function wrong(subject) {
  const [verb = ''] = subject.split(' ')
  if (subject.length > 72) return `${subject.length} characters, not 72 or fewer`
  if (!/^[A-Z][a-z-]+$/u.test(verb)) return 'begin with a verb and a capital letter, without a prefix'
  if (/(?:ed|ing|s)$/u.test(verb) && !imperatives.test(verb))
    return `"${verb}" is not an imperative: say what the commit does, as "Add"`
  if (subject.endsWith('.')) return 'no full stop at the end'
  return null
}

for (const subject of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const message = wrong(subject)
  if (message === null) continue
  console.log(`${subject}\n  ${message}`)
  process.exitCode = 1
}
