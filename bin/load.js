import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const self = 'simple-oauth-contract'

// Places in stacks are those of the sources.
process.setSourceMapsEnabled(true)

/**
 * Loads TypeScript from its sources, which Node itself does not do inside node_modules: what they import of each other is
 * bundled in a temporary folder, packages stay where they are.
 *
 * @param {readonly string[]} files Absolute paths.
 * @returns {Promise<(() => Promise<object>)[]>} What imports each. Rejects with esbuild's BuildFailure.
 */
export async function load(files) {
  const folder = makeFolder()
  await build({
    entryPoints: files.map((file, index) => ({ in: file, out: String(index) })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    // What an editor makes of a user's files is no business of a run.
    tsconfigRaw: '{}',
    logLevel: 'silent',
    plugins: [packages, places],
  })
  return files.map((_, index) => () => import(pathToFileURL(join(folder, `${index}.mjs`)).href))
}

const folders = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Named so that a later start removes it, should this process be killed. */
function makeFolder() {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `${self}-run-${process.pid}-`))
  folders.push(folder)
  return folder
}

/**
 * Packages are imported by Node itself, from where the importing file would find them; our own name is this very package,
 * wherever the folder lies that imports it.
 */
const packages = {
  name: 'packages',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || pluginData === packages) return undefined
      if (path === self) return { path: fileURLToPath(new URL('../helpers/contract/index.ts', import.meta.url)) }
      if (isBuiltin(path)) return { path, external: true }
      const found = await resolve(path, { kind, resolveDir, pluginData: packages })
      return found.errors.length > 0 ? found : { path: pathToFileURL(found.path).href, external: true }
    })
  },
}

/** The bundle lies elsewhere: each source keeps its own place. */
const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.[jt]s$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
      loader: path.endsWith('.ts') ? 'ts' : 'js',
    }))
  },
}
