import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import tseslint from 'typescript-eslint'
import { load } from './bin/load.js'

const root = fileURLToPath(new URL('.', import.meta.url))
const [rolesFile] = await load([join(root, 'fixtures/roles.ts')])
const roles = await rolesFile()

/** Imports go one way: contract → oauth → judge, drupal → http. What stands right of a folder must not know it. */
const layers = ['command', 'report', 'contract', 'oauth', 'judge', 'drupal', 'http']
const banned = {
  contract: ['command', 'report', 'reference'],
  oauth: ['command', 'report', 'reference', 'contract'],
  judge: ['command', 'report', 'reference', 'contract', 'oauth', 'drupal'],
  drupal: ['command', 'report', 'reference', 'contract', 'oauth', 'judge'],
  http: [...layers.filter((layer) => layer !== 'http'), 'reference', 'target'],
  report: ['command', 'reference', 'contract', 'oauth', 'drupal'],
  compare: [
    'command',
    'report',
    'reference',
    'contract',
    'oauth',
    'judge',
    'drupal',
    'http',
    'plan',
    'settings',
    'targets',
  ],
  target: ['command', 'report', 'contract', 'oauth'],
}
const oneWay = Object.entries(banned).map(([folder, others]) => ({
  files: [`helpers/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: others.map((other) => ({ group: [`**/${other}/**`], message: `${folder} must not know ${other}` })) },
    ],
  },
}))

/** Every literal by which a fault could aim at one contract instead of breaking a mechanism. */
function fixtureLiterals() {
  const specs = readdirSync(join(root, 'specs'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.spec.ts'),
  )
  const ids = specs.flatMap((file) =>
    [...readFileSync(join(root, 'specs', file), 'utf8').matchAll(/contractTest\('([^']+)'/g)].map(([, id]) => id),
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
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
const fixtures = `/^(${fixtureLiterals().map(escape).join('|')})$|contract_|client\\.example/`

export default tseslint.config(
  { ignores: ['node_modules', 'results', 'types', '**/*.js'] },
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
  ...oneWay,
  {
    files: ['helpers/**/*.ts', 'specs/**/*.ts', 'fixtures/**/*.ts'],
    ignores: ['helpers/command/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'settings come from helpers/settings/settings.ts' },
      ],
    },
  },
  {
    files: ['specs/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!.*helpers/contract/index\\.ts$)', message: 'a spec imports helpers/contract/index.ts only' },
          ],
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
            ...['oauth', 'judge', 'contract', 'report', 'command', 'specs', 'observed'].map((folder) => ({
              group: [`**/${folder}/**`],
              message: 'the reference server must not share the mistakes of the suite',
            })),
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
    files: ['vitest.config.ts', 'test/**/*.ts'],
    rules: {
      'no-restricted-exports': 'off',
      // What a library marks to be noticed, like plain HTTP, is what these tests are about.
      '@typescript-eslint/no-deprecated': 'off',
    },
  },
)
