import { join } from 'node:path'
import type { Plugin } from 'vite'
import { packageRoot, suite } from './package.ts'

/**
 * `simple-oauth-contract`, imported by a user's contract, is this very package, wherever their folder lies: Node would look for a
 * package near it, and run no TypeScript in there.
 */
export const ownImport: Plugin = {
  name: 'own-import',
  enforce: 'pre',
  // What their editor makes of their files is no business of a run.
  config: () => ({ esbuild: { tsconfigRaw: '{}' } }),
  resolveId: (id) => (id === suite.name ? join(packageRoot, 'helpers', 'contract', 'index.ts') : null),
}
