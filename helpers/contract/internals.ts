import type { HttpClient } from '../http/client.ts'
import type { Exchange } from '../model/exchange.ts'

/** Signs of server internals, which no answer may disclose (ASVS 5.0.0 16.5.1). */
const patterns: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a stack trace', /#\d+ [^\s<]+\.php\(\d+\)|(?:\\n|\n)\s+at [^\n"]{1,300}?:\d+:\d+|"trace":\s*\[\s*\{/u],
  [
    'a path',
    /\bin \S+\.(?:php|module|inc|theme) on line \d+|(?:\/[\w.-]+)*\/(?:vendor|modules\/contrib|core\/lib)\/[\w./-]+\.php\b/u,
  ],
  ['a class', /\b(?:Drupal|League|Symfony|Lcobucci|Doctrine|Laminas|Defuse)(?:\\{1,4}[A-Z]\w*){2,}|\bPDOException\b/u],
  ['SQL', /SQLSTATE\[|\bSELECT\b[^<]{1,300}\bFROM\b[^<]{1,300}\bWHERE\b|\bINSERT INTO\b[^<]{1,300}\bVALUES\b/u],
]

const most = 20

/** What an answer discloses that its request did not contain; null if nothing. */
export function internalOf({ request, response }: Exchange): string | null {
  const texts = [response.body, ...response.headers.map(([, value]) => readable(value))]
  // Nearly every answer ends here: what is not in all of it together is in no part of it.
  const all = texts.join('\n')
  if (!patterns.some(([, pattern]) => pattern.test(all))) return null
  const sent = readable(`${request.url} ${request.body ?? ''} ${request.headers.flat().join(' ')}`)
  for (const text of texts)
    for (const [what, pattern] of patterns) {
      const found = pattern.exec(text)?.[0]
      if (found !== undefined && !sent.includes(found)) return what
    }
  return null
}

/** The text, followed by its percent-decoded form. */
const readable = (text: string): string => {
  if (!/[%+]/u.test(text)) return text
  try {
    return `${text} ${decodeURIComponent(text.replaceAll('+', ' '))}`
  } catch {
    return text
  }
}

/** Examines every answer as it arrives, and keeps only what it disclosed: `POST /oauth/token: a stack trace`, each once. */
export function watchAnswers(http: HttpClient): {
  readonly http: HttpClient
  readonly internals: () => readonly string[]
} {
  const found = new Set<string>()
  return {
    http: {
      ...http,
      send: async (request, signal) => {
        const exchange = await http.send(request, signal)
        const what = internalOf(exchange)
        const { method, url } = exchange.request
        if (what !== null && found.size < most) found.add(`${method} ${new URL(url).pathname}: ${what}`)
        return exchange
      },
    },
    internals: () => [...found].sort(),
  }
}
