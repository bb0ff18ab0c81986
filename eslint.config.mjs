import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const onlyOn = (sourceTag, ...tags) => ({ sourceTag, onlyDependOnLibsWithTags: tags });
const layers = [
  onlyOn('layer:contract', 'layer:contract'),
  ...['platform', 'agent', 'app'].map((layer) => onlyOn(`layer:${layer}`, 'layer:contract', 'layer:platform')),
  onlyOn('layer:tools', 'layer:contract', 'layer:platform'),
  onlyOn('runs:browser', 'layer:contract'),
];
// A test may be driven by a tool, such as the double of a model server. It runs in Node, also beside what is made for a browser;
// its other tests, which run there, are held by the rule that each import is declared.
const layersOfTests = layers
  .filter(({ sourceTag }) => !sourceTag.startsWith('runs:'))
  .map(({ sourceTag, onlyDependOnLibsWithTags }) => onlyOn(sourceTag, ...onlyDependOnLibsWithTags, 'layer:tools'));
const boundaries = (depConstraints) => ({ '@nx/enforce-module-boundaries': ['error', { depConstraints }] });

const tests = ['**/*.test.ts', '**/testing/**', '**/testing.ts', 'e2e/**'];
// A room's sources are in src/; what lies beside them builds, tests or measures.
const tooling = ['tools/**', '*.{ts,mjs}', '{packages,apps}/*/*.{ts,mjs}', '{packages,apps}/*/!(src)/**'];
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
      ...boundaries(layers),
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
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
      // Ports are objects of functions that use no `this`; taking one apart is fine.
      '@typescript-eslint/unbound-method': 'off',
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
      ...boundaries(layersOfTests),
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['**/*.{js,mjs}'], ...tseslint.configs.disableTypeChecked },
);
