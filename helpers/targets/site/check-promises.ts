import type { Guarantees } from '../../model/policy.ts'
import { promisedMethods, promisedRequest } from '../../model/promised-request.ts'
import { didYouMean, near } from '../../settings/suggest.ts'
import type { Path } from '../../settings/yaml-file.ts'
import type { LoadedSiteFile, SiteFile } from './site-file.ts'

const example = 'Write a method and a path below the base URL, for example "GET /jsonapi/node/page".'

/** What is wrong with an item of `opens` or `staysClosed`; never quotes the path, which may contain a secret. */
export function requestProblem(text: string): string | undefined {
  const request = promisedRequest(text)
  if (!('place' in request)) return undefined
  const [method = ''] = text.split(' ')
  switch (request.place) {
    case 'form':
      return `expected a method and a path. ${example}`
    case 'method': {
      const meant = near(method, promisedMethods).slice(0, 1)
      return `${JSON.stringify(method)} is not a valid method.${meant.length > 0 ? didYouMean(meant) : ` Valid methods: ${promisedMethods.join(', ')}.`}`
    }
    case 'host':
      return `a token is sent to no other host than the site. ${example}`
    case 'path':
      return `expected a path below the base URL that begins with /, without "..", "\\" and "#". ${example}`
  }
}

/**
 * Checks what the schema cannot: scopes that nothing else in the file names, a minimum lifetime above the maximum, and a request that would
 * delete what it should open.
 */
export function checkPromises({ policy = [], scopes = {} }: SiteFile, fail: LoadedSiteFile['fail']): void {
  const known = [
    ...Object.values(scopes),
    ...policy.flatMap(({ promises, requests = [] }) => [...(promises.scopes ?? []), ...requests]),
  ]
  for (const [index, { promises }] of policy.entries()) {
    const at = (...path: readonly string[]): Path => ['policy', String(index), 'promises', ...path]
    checkLifetime(promises, at('accessTokenLifetime'), fail)
    for (const member of ['opens', 'staysClosed'] as const)
      for (const [scope, requests] of Object.entries(promises[member] ?? {})) {
        checkScope(scope, known, at(member, scope), fail)
        for (const [item, text] of requests.entries()) {
          const problem = requestProblem(text) ?? (member === 'opens' ? deletion(text) : undefined)
          if (problem !== undefined) fail(at(member, scope, String(item)), problem)
        }
      }
  }
}

function checkLifetime({ accessTokenLifetime: lifetime }: Guarantees, path: Path, fail: LoadedSiteFile['fail']): void {
  if (typeof lifetime !== 'object') return
  const { min = 0, max = Infinity } = lifetime
  if (min > max) fail(path, `min (${String(min)}) is more than max (${String(max)}).`, 'key')
}

function checkScope(scope: string, known: readonly string[], path: Path, fail: LoadedSiteFile['fail']): void {
  const unknown = scope.split(' ').find((name) => !known.includes(name))
  if (unknown === undefined) return
  const meant = near(unknown, known)
  const next = meant.length > 0 ? didYouMean(meant) : ' Name it in scopes, in requests or in promises.scopes, too.'
  fail(path, `nothing else in this file names the scope ${JSON.stringify(unknown)}.${next}`, 'key')
}

const deletion = (text: string): string | undefined =>
  text.startsWith('DELETE ') ? 'the request would delete what it opens. Promise DELETE in staysClosed only.' : undefined
