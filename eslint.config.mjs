import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const onlyOn = (sourceTag, ...tags) => ({ sourceTag, onlyDependOnLibsWithTags: tags });
const layers = [
  onlyOn('layer:contract', 'layer:contract'),
  ...['platform', 'agent', 'app'].map((layer) => onlyOn(`layer:${layer}`, 'layer:contract', 'layer:platform')),
  onlyOn('runs:browser', 'layer:contract'),
];

const tests = ['**/*.test.ts', '**/testing/**', '**/testing.ts', 'e2e/**'];
const tooling = ['tools/**', '**/*.config.ts', '**/*.config.mjs', 'apps/cli/bin/**'];
const contracts = ['packages/{events,errors,llm}/src/**'];

/** What may be imported nowhere, and what else must not be imported in one place. A later block replaces an earlier one. */
const importing = (...patterns) => [
  'error',
  {
    paths: [
      ...['child_process', 'node:child_process'].map((name) => ({
        name,
        importNames: ['exec', 'execSync'],
        message: 'Start programs with spawn or execFile and a list of arguments.',
      })),
      ...['vm', 'node:vm'].map((name) => ({ name, message: 'Nothing is evaluated in this process.' })),
      ...['process', 'node:process'].map((name) => ({
        name,
        importNames: ['env'],
        message: 'Only packages/config reads the environment; take the value as an argument.',
      })),
      ...['html', 'svg', 'mathml'].map((kind) => ({
        name: `lit/directives/unsafe-${kind}.js`,
        message: 'Text is shown as text.',
      })),
    ],
    patterns,
  },
];

const dangerous = [
  {
    selector: 'Property[key.name="shell"]:not([value.value=false])',
    message: 'No shell: give the program and a list of arguments.',
  },
  {
    selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]',
    message: 'Text is shown as text.',
  },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', '.nx/**', '.hive/**', 'examples/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { depConstraints: layers }],
      'no-eval': 'error',
      'no-new-func': 'error',
      '@typescript-eslint/no-implied-eval': 'error',
      'no-restricted-imports': importing(),
      'no-restricted-syntax': ['error', ...dangerous],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only packages/config reads the environment.' },
      ],
      'no-console': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A port's in-memory adapter answers at once and still has to return a promise.
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: contracts, ignores: tests, rules: { 'no-restricted-imports': importing({ group: ['node:*'] }) } },
  { files: ['packages/config/src/**', ...tests, ...tooling], rules: { 'no-restricted-properties': 'off' } },
  { files: ['apps/cli/**', ...tests, ...tooling], rules: { 'no-console': 'off' } },
  {
    // Tests and tools look into answers whose shape is what they check.
    files: [...tests, ...tooling],
    rules: {
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
