import { runnerImport, type Plugin } from 'vite'

/** Loads TypeScript from its sources, which Node itself does not do inside node_modules. */
export async function load<T>(entry: string, plugins: readonly Plugin[] = []): Promise<T> {
  const { module } = await runnerImport<T>(entry, {
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'silent',
    plugins: [...plugins],
  })
  return module
}
