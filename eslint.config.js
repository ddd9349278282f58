import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import tseslint from 'typescript-eslint'
import { buildIfStale } from './bin/build.js'
import { listedImports } from './.ci/folders.js'

const root = fileURLToPath(new URL('.', import.meta.url))
buildIfStale()
const roles = /** @type {typeof import('./fixtures/roles.ts')} */ (
  await import(new URL('dist/fixtures/roles.js', import.meta.url).href)
)

/** Every literal by which a fault could aim at one contract instead of breaking a mechanism. */
function fixtureLiterals() {
  const specs = readdirSync(join(root, 'specs'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.spec.ts'),
  )
  const ids = specs.flatMap((file) =>
    [...readFileSync(join(root, 'specs', file), 'utf8').matchAll(/contractTest\('([^']+)'/g)].map(([, id = '']) => id),
  )
  const clients = Object.values(roles.clients)
  return [
    ...ids,
    ...[roles.clients, roles.users, roles.scopes].flatMap(Object.keys),
    ...Object.values(roles.scopes).flatMap((scope) => [scope.name, scope.permission ?? []].flat()),
    ...clients.flatMap((client) => client.redirectUris),
    'contract_',
  ]
}
/** @param {string} text */
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
const fixtures = `/^(${fixtureLiterals().map(escape).join('|')})$|contract_|client\\.example/`

export default tseslint.config(
  { ignores: ['node_modules', 'results', 'dist'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Node's own types give numbers and errors where a text is wanted, and both print well.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': { descriptionFormat: '^ .+$' }, minimumDescriptionLength: 3 },
      ],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  { files: ['helpers/**/*.{ts,tsx}'], rules: { complexity: ['error', 20], 'max-lines': ['error', 250] } },
  {
    files: ['**/*.{ts,tsx,js}'],
    plugins: { folders: { rules: { 'listed-imports': listedImports } } },
    rules: { 'folders/listed-imports': 'error' },
  },
  {
    files: ['helpers/**/*.{ts,tsx}', 'specs/**/*.ts', 'fixtures/**/*.ts'],
    ignores: ['helpers/command/**', 'helpers/vitest/**', 'helpers/testcontainers/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'settings come from helpers/settings/settings.ts' },
      ],
    },
  },
  {
    files: ['specs/**/*.ts', 'examples/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ regex: '^(?!simple-oauth-contract$)', message: 'a spec imports simple-oauth-contract only' }],
        },
      ],
      'no-restricted-syntax': [
        'error',
        ...[
          'AwaitExpression',
          'IfStatement',
          'ConditionalExpression',
          'ForStatement',
          'ForOfStatement',
          'ForInStatement',
          'WhileStatement',
          'FunctionDeclaration',
          'FunctionExpression',
        ].map((selector) => ({ selector, message: 'a case is data' })),
        { selector: 'CallExpression[callee.name!="describe"] > ArrowFunctionExpression', message: 'a case is data' },
        {
          selector:
            'CallExpression[callee.name="contractTest"] > ObjectExpression > Property[key.name="title"] > Literal[value=/^[a-z][a-z ]|\\bshould\\b|\\.$/]',
          message: 'a title states what the server does, in sentence case and without a full stop',
        },
      ],
    },
  },
  {
    files: ['helpers/reference/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/fixtures/roles.ts'],
              allowTypeImports: true,
              message: 'the reference server is given its fixtures',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['helpers/reference/faults/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: `Literal[value=${fixtures}]`,
          message: 'a fault breaks a mechanism; it must not name a contract, role, client or fixture',
        },
      ],
    },
  },
  {
    files: ['eslint.config.js', '**/vitest.config.ts', 'test/**/*.ts'],
    rules: {
      'no-restricted-exports': 'off',
      // What a library marks to be noticed, like plain HTTP, is what these tests are about.
      '@typescript-eslint/no-deprecated': 'off',
    },
  },
  {
    // TypeScript checks the types of plain JavaScript (checkJs); most of what it loads at run time has none.
    files: ['**/*.js'],
    rules: Object.fromEntries(
      ['argument', 'assignment', 'call', 'member-access', 'return'].map((name) => [
        `@typescript-eslint/no-unsafe-${name}`,
        'off',
      ]),
    ),
  },
)
