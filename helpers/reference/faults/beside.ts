import { replacing, type Fault } from './fault.ts'

/** A request may come with a token, a cookie, both or none; what one of them opens is not for the others. */
export const besideFaults: readonly Fault[] = [
  replacing(
    'page-cache-without-token',
    'cachedPage',
    { gain: "Whoever asks next sees the page of the token's user.", source: 'RFC 9111 §3.5, CWE-524', only: 'ideal' },
    // Only addresses of their own: the entry of any other would belong to whichever check comes first.
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
