import { checkName } from '../model/result.ts'
import type { Progress } from '../upgrade/progress.ts'
import { writeState, type BegunUpgrade } from '../upgrade/state.ts'

/** A question that an earlier process began but did not complete is not asked again: its code or refresh token may be used up. */
export function withoutAsked({ kept, asked, answered }: BegunUpgrade): BegunUpgrade['kept'] {
  const done = new Set(answered.map(checkName))
  const blocker = {
    cause: 'asked-before',
    message:
      'an earlier "upgrade finish" was interrupted while it asked this, and codes and refresh tokens can be used once',
  }
  const checks = Object.entries(kept.checks).map(([name, check]) =>
    asked.includes(name) && !done.has(name) ? [name, { ...check, blocker }] : [name, check],
  )
  return { ...kept, checks: Object.fromEntries(checks) as BegunUpgrade['kept']['checks'] }
}

/** Records what was asked and answered, for a later `upgrade finish`. */
export function noted(state: BegunUpgrade, file: string): Pick<Progress, 'begin' | 'result'> {
  let { asked, answered } = state
  const write = (): void => {
    writeState(file, { ...state, asked, answered })
  }
  return {
    begin: (name) => {
      asked = [...asked, name]
      write()
    },
    result: (result) => {
      answered = [...answered, result]
      write()
    },
  }
}
