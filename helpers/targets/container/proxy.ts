/**
 * The environment's proxy settings as predefined build arguments: builds through the engine's API do not get them by default. They become
 * part of neither the image nor the build cache's key.
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
