import { readFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** @typedef {{ readonly folder: string, readonly holds: string, readonly imports: readonly string[] }} Folder */

/** @type {unknown} */
const list = JSON.parse(readFileSync(resolve(root, 'docs/folders.json'), 'utf8'))

/** Every folder, what it holds, and which others it may import ("*": all). */
export const folders = /** @type {readonly Folder[]} */ (list)

/**
 * The listed folder that a file belongs to: the innermost one.
 *
 * @param {string} file A path from the root of the repository.
 */
export const folderOf = (file) =>
  folders
    .filter(({ folder }) => file.startsWith(`${folder}/`))
    .sort((one, other) => other.folder.length - one.folder.length)[0]

/**
 * What is wrong with an import; undefined where nothing is.
 *
 * @param {string} file The importing file, from the root of the repository.
 * @param {string} specifier
 */
export function wrongImport(file, specifier) {
  if (!specifier.startsWith('.')) return undefined
  const imported = relative(root, resolve(root, dirname(file), specifier))
    .split(sep)
    .join('/')
  const [from, to] = [folderOf(file), folderOf(imported)]
  // Files in the root configure tools.
  if (!file.includes('/') || !imported.includes('/')) return undefined
  if (!from || !to) return `${from ? imported : file} is in no folder that docs/folders.json lists`
  const allowed = from === to || from.imports.includes('*') || from.imports.includes(to.folder)
  return allowed ? undefined : `${from.folder} must not import ${to.folder}: see docs/folders.json`
}

/**
 * The rule of ESLint by which imports go one way.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const listedImports = {
  create(context) {
    const file = relative(root, context.filename).split(sep).join('/')
    /** @param {import('estree').Node & { source?: import('estree').Node | null | undefined }} node */
    const look = (node) => {
      const source = node.source?.type === 'Literal' ? node.source.value : undefined
      const wrong = typeof source === 'string' ? wrongImport(file, source) : undefined
      if (wrong !== undefined) context.report({ node, message: wrong })
    }
    return {
      ImportDeclaration: look,
      ExportNamedDeclaration: look,
      ExportAllDeclaration: look,
      ImportExpression: look,
      TSImportType: look,
    }
  },
}

/** The list as a table in Markdown. */
export const foldersTable = () => {
  /** @param {readonly string[]} imports */
  const shown = (imports) => {
    if (imports.length === 0) return '–'
    return imports[0] === '*' ? 'all' : imports.map((folder) => `\`${folder.replace(/^helpers\//u, '')}\``).join(', ')
  }
  const rows = folders.map(({ folder, holds, imports }) => `| \`${folder}/\` | ${holds} | ${shown(imports)} |`)
  return ['| folder | what | imports |', '|---|---|---|', ...rows].join('\n')
}
