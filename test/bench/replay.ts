import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import type { UserRole } from '../../fixtures/roles.ts'
import PQueue from 'p-queue'
import { lend } from '../../helpers/contract/concurrency.ts'
import { logIn } from '../../helpers/drupal/login.ts'
import type { HttpClient } from '../../helpers/http/client.ts'
import { Cookies } from '../../helpers/http/cookies.ts'
import type { RecordedRequest, RecordedResponse } from '../../helpers/model/exchange.ts'
import type { Target, TargetInfo } from '../../helpers/model/target.ts'
import type { Deed, Recording } from './record.ts'
import { Substitution } from './substitution.ts'

export interface Replay {
  readonly requests: number
  /** Requests answered with another status than in the recording, where the server may have done other work. */
  readonly otherwise: readonly string[]
}

/**
 * Sends the requests of a recording again: undici and nothing around it.
 *
 * A code or token of the recording would be refused by another server, which is cheaper than granting it. So a check's requests keep
 * their order, and each value that the recorded answers gave (code, token, form token, cookie) is replaced by the one that the live
 * answer gives in its place; verifiers and states are sent as they were. Both servers must be copies of one installation. What is left
 * of the suite is what no client can do without: as many slots as the suite had, taken by the checks in the order they had; what a
 * check did at once is done at once; a user's one login; waits for an expiry, which hold no slot; control steps, and those that change
 * the site alone at the end.
 */
export async function replay(recording: Recording, from: TargetInfo, target: Target, to: TargetInfo): Promise<Replay> {
  const pool = new Pool(new URL(to.baseUrl).origin, { connections: to.workers, pipelining: 1 })
  const queue = new PQueue({ concurrency: to.workers })
  const roles = new Substitution()
  roles.learnDifferences(from, to)
  const logins = new Map<UserRole, Promise<string[]>>()
  const counted = { requests: 0, otherwise: [] as string[] }

  const one = (deeds: readonly Deed[]): Promise<void> =>
    queue.add(async () => {
      const values = new Substitution(roles)
      let last = performance.now()
      for (const stage of stages(deeds)) {
        await Promise.all(
          stage.map(async (deed) => {
            switch (deed.did) {
              case 'send': {
                const { request, response } = deed.exchange
                const live = await send(pool, values.request(request))
                values.learnAnswer(response, live)
                counted.requests++
                if (live.status !== response.status)
                  counted.otherwise.push(
                    `${request.method} ${new URL(request.url).pathname}: ${live.status}, not ${response.status}`,
                  )
                return
              }
              case 'log in': {
                const login = logins.get(deed.user) ?? newSession(pool, to, deed.user)
                logins.set(deed.user, login)
                for (const [index, cookie] of (await login).entries()) values.learn(deed.cookies[index] ?? '', cookie)
                return
              }
              case 'wait':
                return lend(queue, () => delay(last + sinceAnswer(deeds, deed) - performance.now()))
              case 'changeSite':
                return target.changeSite(deed.request)
            }
          }),
        )
        last = performance.now()
      }
    })

  try {
    const alone = recording.filter(changesSite)
    await Promise.all(recording.filter((deeds) => !changesSite(deeds)).map(one))
    for (const deeds of alone) await one(deeds)
    return counted
  } finally {
    await pool.destroy()
  }
}

/** What was done at the same time, one after the other. */
export function stages(deeds: readonly Deed[]): Deed[][] {
  const ordered = [...deeds].sort((one, other) => one.start - other.start)
  const all: Deed[][] = []
  let end = -Infinity
  for (const deed of ordered) {
    if (deed.start >= end) all.push([])
    all.at(-1)?.push(deed)
    end = Math.max(end, deed.end)
  }
  return all
}

/** Milliseconds from the answer before a wait to when the expiry was due. */
function sinceAnswer(deeds: readonly Deed[], wait: Deed): number {
  return wait.end - Math.max(...deeds.filter((deed) => deed.end <= wait.start).map((deed) => deed.end))
}

const changesSite = (deeds: readonly Deed[]): boolean =>
  deeds.some((deed) => deed.did === 'changeSite' && !('user' in deed.request))

async function send(pool: Pool, { method, url, headers, body }: RecordedRequest): Promise<RecordedResponse> {
  // Exactly as written: `URL` would normalise what a case may be about.
  const path = url.replace(/^https?:\/\/[^/]*/u, '').replace(/#.*/su, '')
  const answer = await pool.request({ path, method, headers: headers.flat(), body })
  const pairs = Object.entries(answer.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((single) => [name, single] as const),
  )
  return { status: answer.statusCode, headers: pairs, body: await answer.body.text(), truncated: false }
}

async function newSession(pool: Pool, { baseUrl, endpoints, users }: TargetInfo, user: UserRole): Promise<string[]> {
  const credentials = users[user]
  if (!credentials) throw new Error(`the target has no user for the role ${user}`)
  const http: Pick<HttpClient, 'send'> = {
    send: async ({ method, url, headers = [], body = null }) => {
      const request = { method, url, headers, body }
      return { request, response: await send(pool, request), milliseconds: 0 }
    },
  }
  const cookies = new Cookies()
  const { failure } = await logIn(http as HttpClient, cookies, baseUrl + endpoints.login, {
    password: '',
    ...credentials,
  })
  if (failure) throw new Error(failure.message)
  return cookies.values()
}
