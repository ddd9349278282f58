import { createHash } from 'node:crypto'
import type { Change } from './change.ts'
import type { Answer, Base } from './replay.ts'

/** A changed request without an answer. */
export type Request = Pick<Answer, 'base' | 'changes'>

// The endpoints where more can go wrong get more requests.
const shares: readonly (readonly [Base, number, readonly string[]])[] = [
  [
    'authorize',
    6,
    ['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'code_challenge', 'code_challenge_method'],
  ],
  ['consent', 2, ['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'form_token', 'form_id', 'op']],
  ['code', 4, ['grant_type', 'code', 'redirect_uri', 'client_id', 'code_verifier']],
  ['code with secret', 2, ['grant_type', 'code', 'redirect_uri', 'client_id', 'client_secret', 'code_verifier']],
  ['refresh', 3, ['grant_type', 'refresh_token', 'client_id', 'scope']],
  ['client credentials', 3, ['grant_type', 'client_id', 'client_secret', 'scope']],
  ['client credentials, Basic', 1, ['grant_type', 'scope']],
  ['debug', 2, ['_format', 'access_token']],
  ['userinfo', 1, ['_format', 'access_token']],
  ['jwks', 1, ['_format', 'kid']],
]
const unknownParameters = ['audience', 'nonce', 'prompt', 'resource', 'request', 'x']
const values = [
  '',
  ' ',
  '0',
  'null',
  '[]',
  'a b',
  '%00',
  'ü',
  '..',
  '*',
  '<i>x</i>',
  'S256',
  'plain',
  'token',
  '{state}',
]
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD']
const headers: readonly (readonly [string, readonly (string | null)[]])[] = [
  ['authorization', [null, 'Bearer', 'Bearer x.y.z', 'Basic eA==', 'Digest x', 'bearer {access_token}']],
  ['accept', ['text/html', 'application/json', '*/*', 'x']],
  ['accept-language', ['de', 'en;q=0.1']],
  ['origin', ['null', 'https://elsewhere.example']],
  ['cookie', [null, 'SESSx=1']],
]
const paths = ['/oauth/token/', '/oauth/authorize/', '/oauth/debug/', '/oauth/userinfo/', '/oauth/jwks/']

/**
 * Correct requests with one or two random changes, none twice: the same for the same seed, and others for every other, so
 * that a sample made with a new seed has been seen by nobody who worked on the reference server.
 */
export function generate(seed: string, count: number): Request[] {
  const random = new Random(seed)
  const bases = shares.flatMap(([base, share, names]) => Array.from({ length: share }, () => [base, names] as const))
  const requests = new Map<string, Request>()
  while (requests.size < count) {
    const [base, names] = random.of(bases)
    const changes = Array.from({ length: random.below(4) === 0 ? 2 : 1 }, () => change(random, names))
    requests.set(JSON.stringify([base, changes]), { base, changes })
  }
  return [...requests.values()]
}

function change(random: Random, names: readonly string[]): Change {
  const name = random.below(6) === 0 ? random.of(unknownParameters) : random.of(names)
  const value = random.of(values)
  const kinds: readonly (() => Change)[] = [
    () => ({ leaveOut: name }),
    () => ({ set: name, value }),
    () => ({ set: name, value: random.of(values) + value }),
    () => ({ double: name, value, ...(random.below(2) === 0 ? { first: true } : {}) }),
    () => ({ rename: name, to: random.of([`${name}[]`, `${name}[x]`, name.toUpperCase(), `${name}.`]) }),
    () => ({ fill: name, with: random.of(['a', '0', '~', '.']), times: random.of([1, 42, 43, 128, 129, 4_000]) }),
    () => ({ around: name, before: random.of(['', ' ', '+', '"']), behind: random.of(['x', ' ', '\n', '"', '/']) }),
    () => ({ cut: name, to: random.of([1, 4, 12, 42]) }),
    () => ({ capitals: name }),
    () => ({ method: random.of(methods) }),
    () => ({ place: random.of(['query', 'body'] as const) }),
    () => ({ encoding: random.of(['json', 'multipart', 'text'] as const) }),
    () => ({ path: random.of(paths) }),
    () => {
      const [header, choice] = random.of(headers)
      return { header, value: random.of(choice) }
    },
  ]
  return random.of(kinds)()
}

/** Numbers that follow from a seed alone. */
class Random {
  readonly #seed: string
  #drawn = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  below(limit: number): number {
    const hash = createHash('sha256').update(`${this.#seed} ${String(this.#drawn++)}`)
    return hash.digest().readUInt32BE() % limit
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}
