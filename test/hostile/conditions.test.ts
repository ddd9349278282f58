import { expect } from 'vitest'
import { conditions } from '../support/conditions.ts'
import { hostile, type Behaviour } from './run.ts'

const code = 'pkce.verifier-mismatch'
const bearer = 'bearer.forged [expiry changed]'

/** The verdict names the condition, and so does the message of the check that meets it. */
hostile(
  'conditions of real sites are named with their cause and remedy',
  Object.fromEntries(
    Object.entries(conditions).map(([name, { breaks, id, says, blocks }]): [string, Behaviour] => [
      name,
      {
        breaks: breaks(),
        checks: [code, bearer],
        verdicts: {
          ...(blocks?.code === false ? {} : { [code]: `blocked ${id}` }),
          ...(blocks?.bearer === false ? {} : { [bearer]: `blocked ${id}` }),
        },
        also: (results) => {
          for (const { blocker } of results) if (blocker !== null) expect(blocker.message).toContain(says)
        },
      },
    ]),
  ),
)
