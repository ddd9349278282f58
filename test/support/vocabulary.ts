import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { packageRoot } from '../../helpers/model/package.ts'

/** An exported value of the public API. */
export interface Word {
  readonly name: string
  /** Its docstring, on one line. */
  readonly meaning: string
  /** The shortest use of it in a contract of the suite, and the id of that contract; the runs of the tests run it. */
  readonly example: { readonly text: string; readonly contract: string } | null
}

const index = join(packageRoot, 'helpers', 'contract', 'index.ts')
const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)

/** Every value that `simple-oauth-contract` exports, by the file that defines it. */
export function vocabulary(): Map<string, Word[]> {
  const examples = usesInSpecs()
  const groups = new Map<string, Word[]>()
  for (const statement of parse(index).statements) {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly || !statement.moduleSpecifier) continue
    const file = join(dirname(index), (statement.moduleSpecifier as ts.StringLiteral).text)
    const names = (statement.exportClause as ts.NamedExports).elements.map(({ name }) => name.text)
    const meanings = docstrings(parse(file))
    const words = names.map((name) => ({
      name,
      meaning: meanings.get(name) ?? '',
      example: examples.get(name) ?? null,
    }))
    groups.set(file.slice(packageRoot.length + 1), words)
  }
  return groups
}

function docstrings(file: ts.SourceFile): Map<string, string> {
  const found = new Map<string, string>()
  for (const statement of file.statements) {
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map(({ name }) => name.getText())
      : ts.isFunctionDeclaration(statement) && statement.name
        ? [statement.name.text]
        : []
    const text = ts
      .getJSDocCommentsAndTags(statement)
      .filter(ts.isJSDoc)
      .map((comment) =>
        [
          ts.getTextOfJSDocComment(comment.comment) ?? '',
          ...(comment.tags ?? []).map((tag) => tag.getText().replace(/^@throws/u, 'Throws')),
        ].join(' '),
      )
      .join(' ')
    for (const name of names)
      found.set(
        name,
        text
          .replace(/\s*\n\s*\*?\s*/gu, ' ')
          .replace(/@param/gu, 'Parameter')
          .trim(),
      )
  }
  return found
}

function usesInSpecs(): Map<string, { text: string; contract: string }> {
  const uses = new Map<string, { text: string; contract: string }>()
  const folder = join(packageRoot, 'specs')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.spec.ts'))
  const visit = (node: ts.Node, contract: string): void => {
    let inside = contract
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const name = node.expression.text
      const [first] = node.arguments
      if (name === 'contractTest' && first && ts.isStringLiteral(first)) inside = first.text
      const text = node.getText().replace(/\s+/gu, ' ')
      const known = uses.get(name)
      // Preferably one with an argument.
      const better =
        !known ||
        (known.text.endsWith('()') ? !text.endsWith('()') : text.length < known.text.length && !text.endsWith('()'))
      if (inside !== '' && better) uses.set(name, { text, contract: inside })
    }
    ts.forEachChild(node, (child) => visit(child, inside))
  }
  for (const file of files.sort()) visit(parse(join(folder, file)), '')
  return uses
}

const titles: Readonly<Record<string, string>> = {
  'helpers/contract/contract-test.ts': 'Declaring',
  'helpers/oauth/steps.ts': 'Steps: `when`, `control`, `afterwards`',
  'helpers/oauth/values.ts': 'Values',
  'helpers/judge/expectation.ts': 'Expectations and matchers: `then`',
  'helpers/model/source.ts': 'Sources',
}

/** The text of `docs/vocabulary.md`. */
export function vocabularyPage(): string {
  const groups = vocabulary()
  const sections = Object.entries(titles).flatMap(([file, title]) => [
    `## ${title}`,
    ...(groups.get(file) ?? []).flatMap(({ name, meaning, example }) => [
      `### \`${name}\``,
      meaning,
      ...(example && name !== 'contractTest' ? [`\`${example.text}\` (\`${example.contract}\`)`] : []),
    ]),
  ])
  return [
    '<!-- Made by `npm run generate` from the docstrings of the public API and from the specs. -->',
    '# Vocabulary of a case',
    'What `simple-oauth-contract` exports. Each example is taken from the contract named next to it, which the tests run.',
    ...sections,
    '',
  ].join('\n\n')
}
