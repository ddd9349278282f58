import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import type { ClientInfo, TargetInfo } from '../../helpers/model/target.ts'
import { callback, start } from '../support/reference-client.ts'
import { answers } from './answers.ts'
import { Replay, type Answer, type Place } from './replay.ts'

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

/** Requests changed at random, sent once to a real Drupal 10.5.5 with Simple OAuth 6.0.9, and its answers. */
const mutations = read('mutations.json') as readonly Answer[]
const committed = read('figure.json') as { readonly agreements: number }

const scope = 'debug content:read'
const clients = {
  user: { name: 'alice', password: 'pw alice' },
  app: { client_id: 'spa', redirect_uri: callback, scope },
  web: { client_id: 'web', client_secret: 'secret-web', redirect_uri: callback, scope },
  machine: { client_id: 'cc', client_secret: 'secret-cc', scope: 'debug' },
}

/** The same clients that the changed requests were sent for to the real server. */
function placeOf({ baseUrl, clients: { publicPkce, confidential, machine }, users: { editor } }: TargetInfo): Place {
  if (!publicPkce || !confidential || !machine || !editor) throw new Error('the target lacks a role')
  const client = (
    { client_id, client_secret, redirectUris: [redirect_uri] }: ClientInfo,
    scopes: readonly string[],
  ) => ({
    client_id,
    ...(client_secret === undefined ? {} : { client_secret }),
    ...(redirect_uri === undefined ? {} : { redirect_uri }),
    scope: scopes.join(' '),
  })
  return {
    url: baseUrl,
    user: { name: editor.name, password: editor.password ?? '' },
    app: client(publicPkce, publicPkce.requests),
    web: client(confidential, confidential.requests),
    machine: client(machine, machine.scopes),
  }
}

/** One line for each answer that differs. */
async function disagreements(place: Place, expected: readonly Answer[]): Promise<string[]> {
  const replay = new Replay(place)
  const lines: string[] = []
  for (const { seen, ...sent } of expected) {
    const now = await replay.send(sent).catch((error: unknown) => String(error))
    if (!isDeepStrictEqual(now, seen)) lines.push(JSON.stringify({ ...sent, real: seen, reference: now }))
  }
  return lines
}

test(
  'the reference server answers as the real one, to at least as many requests as before',
  { timeout: 60_000 },
  async () => {
    const server = await start({ profile: 'simple-oauth-6.0' })
    const target = referenceTarget({ profile: 'simple-oauth-6.0' })
    const info = await target.start(() => undefined)
    try {
      const different = [
        ...(await disagreements({ ...clients, url: server.url }, answers)),
        ...(await disagreements(placeOf(info), mutations)),
      ]
      const all = answers.length + mutations.length
      const agreements = all - different.length
      console.log(`fidelity: ${agreements} of ${all} answers agree`)
      const what =
        agreements < committed.agreements
          ? 'the reference server has moved away from the real one'
          : 'write the new figure into test/fidelity/figure.json, so that it cannot fall again'
      expect(agreements, [what, ...different].join('\n')).toBe(committed.agreements)
    } finally {
      target.stop()
      await server.close()
    }
  },
)

test('at least 100 answers are no part of any contract, and 200 requests were changed at random', () => {
  expect(answers.length).toBeGreaterThanOrEqual(100)
  expect(mutations.length).toBeGreaterThanOrEqual(200)
})

test('every request is tried once', () => {
  for (const list of [answers, mutations]) {
    const sent = list.map(({ base, flow, changes, times }) => JSON.stringify([base, flow, changes, times]))
    expect(sent.filter((text, index) => sent.indexOf(text) !== index)).toEqual([])
  }
})
