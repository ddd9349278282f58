/**
 * The proxy of the environment, as arguments that every Dockerfile has: builds by the engine's API get none by themselves, and these
 * belong neither to the image nor to the key of the build's cache.
 */
export function proxyArguments(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name]
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
}
