import { authorize, consent } from './answers/authorize.ts'
import { debug, jwks, userinfoRows } from './answers/resource.ts'
import type { Row } from './answers/shape.ts'
import { code, machine, machineBasic, refresh, web } from './answers/token.ts'
import type { Answer, Base } from './replay.ts'

const of = (base: Base, rows: readonly Row[]): Answer[] =>
  rows.map(([what, changes, seen, flow = [], times = 1]) => ({ what, base, flow, changes, times, seen }))

// What Drupal 10.5.5 with Simple OAuth 6.0.9, league/oauth2-server 9.2.0 and lcobucci/jwt 5.6.0 answers to requests that no
// contract sends: plain facts, right or wrong. The clients are those of test/reference/client.ts.
export const answers: readonly Answer[] = [
  ...of('authorize', authorize),
  ...of('consent', consent),
  ...of('code', code),
  ...of('code with secret', web),
  ...of('refresh', refresh),
  ...of('client credentials', machine),
  ...of('client credentials, Basic', machineBasic),
  ...of('debug', debug),
  ...of('userinfo', userinfoRows),
  ...of('jwks', jwks),
]
