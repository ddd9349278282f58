import { replacing, type Fault } from './fault.ts'

/** Faults that mix up requests with a token, a cookie, both or neither. */
export const besideFaults: readonly Fault[] = [
  replacing(
    'page-cache-without-token',
    'cachedPage',
    { gain: "Whoever asks next sees the page of the token's user.", source: 'RFC 9111 §3.5, CWE-524', only: 'ideal' },
    // Only addresses unique to a check: the cache entry of any other address would belong to whichever check comes first.
    () =>
      async (cache, { target }, make) => {
        if (!target.includes('?')) return make()
        const found = cache.get(target) ?? (await make())
        cache.set(target, found)
        return found
      },
  ),
  replacing(
    'session-before-token',
    'sessionBesideToken',
    { gain: "An app acts with all permissions of the browser's user.", source: 'RFC 6749 §7, CWE-863' },
    () => () => true,
  ),
  replacing(
    'session-after-bad-token',
    'sessionBesideToken',
    { gain: 'An expired or forged token is not noticed.', source: 'RFC 6750 §3.1' },
    () => (token) => token === 'bad',
  ),
]
