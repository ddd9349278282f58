import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import { callback, start } from '../support/reference-client.ts'
import { answers } from './answers.ts'
import { generate } from './generate.ts'
import { placeOf } from './place.ts'
import { Replay, type Answer, type Place } from './replay.ts'

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

/** Requests changed at random, sent once to a real Drupal 10.5.5 with Simple OAuth 6.0.9, and its answers. */
const mutations = read('mutations.json') as readonly Answer[]
const committed = read('figure.json') as {
  /** The number of these answers that the reference server gives: it was built to match them. */
  readonly fitted: number
  /** The same for each sample of requests that nobody had seen when it was built. */
  readonly unseen: Readonly<Record<string, number>>
}

interface Sample {
  readonly seed: string
  readonly answers: readonly Answer[]
}

const samples = readdirSync(new URL('samples', import.meta.url))

const scope = 'debug content:read'
const clients = {
  user: { name: 'alice', password: 'pw alice' },
  app: { client_id: 'spa', redirect_uri: callback, scope },
  web: { client_id: 'web', client_secret: 'secret-web', redirect_uri: callback, scope },
  machine: { client_id: 'cc', client_secret: 'secret-cc', scope: 'debug' },
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
      console.log(`fidelity, fitted: ${agreements} of ${all} answers agree`)
      const what =
        agreements < committed.fitted
          ? 'the reference server has moved away from the real one'
          : 'write the new figure into test/fidelity/figure.json, so that it cannot fall again'
      expect(agreements, [what, ...different].join('\n')).toBe(committed.fitted)
    } finally {
      target.stop()
      await server.close()
    }
  },
)

test.each(samples)('%s: as many answers to unseen requests agree as before', { timeout: 60_000 }, async (name) => {
  const { answers: sample, seed } = read(`samples/${name}`) as Sample
  const sent = sample.map(({ base, changes }) => JSON.stringify({ base, changes }))
  expect(sent, 'the sample is not what its seed gives').toEqual(
    generate(seed, sample.length).map((request) => JSON.stringify(request)),
  )
  const target = referenceTarget({ profile: 'simple-oauth-6.0' })
  const info = await target.start(() => undefined)
  try {
    const different = await disagreements(placeOf(info), sample)
    const agreements = sample.length - different.length
    console.log(`fidelity, unseen: ${agreements} of ${sample.length} answers agree with ${name}`)
    const what = 'the reference server has changed; never make it answer a sample, take a new one with another seed'
    expect(agreements, [what, ...different].join('\n')).toBe(committed.unseen[name])
  } finally {
    target.stop()
  }
})

test('every figure belongs to a sample', () => {
  expect(Object.keys(committed.unseen).sort()).toEqual(samples.sort())
})

test('at least 100 answers belong to no contract, and 200 requests were changed at random', () => {
  expect(answers.length).toBeGreaterThanOrEqual(100)
  expect(mutations.length).toBeGreaterThanOrEqual(200)
})

test('every request is tried once', () => {
  for (const list of [answers, mutations]) {
    const sent = list.map(({ base, flow, changes, times }) => JSON.stringify([base, flow, changes, times]))
    expect(sent.filter((text, index) => sent.indexOf(text) !== index)).toEqual([])
  }
})
