import { reviewRules, type Check, type ReviewRule } from '@hive/events';
import { isTestFile } from '@hive/workspace';
import { describe, expect, test } from 'vitest';
import { patchParts } from '../patch-parts.ts';
import { inspect } from './inspect.ts';
import type { Texts } from './rule.ts';

const given = (command: string): Check => ({ name: command, argv: command.split(' '), source: 'given' });

/** A patch of one file as git writes it. `null` on a side: there is no such file. */
const patchOf = (path: string, before: string | null, after: string | null, mode = '100644'): string => {
  const lines = (text: string | null) => (text === null || text === '' ? [] : text.split('\n'));
  const [old, now] = [lines(before), lines(after)];
  const range = (all: readonly string[]) => (all.length === 0 ? '0,0' : `1,${all.length}`);
  return [
    `diff --git a/${path} b/${path}`,
    ...(before === null ? [`new file mode ${mode}`] : after === null ? [`deleted file mode ${mode}`] : []),
    `index 1111111..2222222${before !== null && after !== null ? ` ${mode}` : ''}`,
    `--- ${before === null ? '/dev/null' : `a/${path}`}`,
    `+++ ${after === null ? '/dev/null' : `b/${path}`}`,
    `@@ -${range(old)} +${range(now)} @@`,
    ...old.map((line) => `-${line}`),
    ...now.map((line) => `+${line}`),
    '',
  ].join('\n');
};

type Files = Readonly<Record<string, readonly [before: string | null, after: string | null, mode?: string]>>;
type Around = {
  readonly checks?: readonly string[];
  readonly author?: string;
  readonly policy?: Parameters<typeof reviewRules>[0];
  readonly base?: Readonly<Record<string, string>>;
};

const textsOf = (files: Readonly<Record<string, string | null>>): Texts =>
  new Map(
    Object.entries(files).flatMap(([path, text]) =>
      text === null ? [] : [[path, { bytes: text.length, text }] as const],
    ),
  );

const look = (patch: string, { checks = [], author = 'ollama:m', policy, base = {} }: Around, files: Files = {}) => {
  const side = (index: 0 | 1) => Object.fromEntries(Object.entries(files).map(([path, it]) => [path, it[index]]));
  const rules = reviewRules(policy);
  const change = {
    files: patchParts(patch),
    texts: { before: textsOf({ ...base, ...side(0) }), after: textsOf({ ...base, ...side(1) }) },
    checks: checks.map(given),
    isTest: isTestFile(undefined),
    size: rules.size,
    notSecrets: ['fixtures/**'],
  };
  return inspect(change, author, rules);
};

const found = async (files: Files, around: Around = {}) => {
  const patch = Object.entries(files).map(([path, [before, after, mode]]) => patchOf(path, before, after, mode));
  const judged = await look(patch.join(''), around, files);
  return judged.map(
    ({ finding: { rule, file, line } }) => `${rule} ${file ?? ''}${line === undefined ? '' : `:${line}`}`,
  );
};

// Put together here, so that no scanner finds them in this file.
const github = `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`;
const manifest = (dependencies: object, more: object = {}) =>
  JSON.stringify({ name: 'it', ...more, dependencies }, null, 2);
const go = (name: string, body = '\tif got != 1 {\n\t\tt.Fatal(got)\n\t}') =>
  `func ${name}(t *testing.T) {\n${body}\n}`;

const cases: readonly (readonly [what: string, files: Files, found: readonly string[], around?: Around])[] = [
  ['a token in an added line', { 'a.py': ['x = 1', `x = 1\ntoken = "${github}"`] }, ['secrets.added a.py:2']],
  [
    'one that a comment wants to hide',
    { 'a.js': [null, `// secretlint-disable\nconst t = '${github}';`] },
    ['secrets.added a.js:2'],
  ],
  [
    'one that was removed, one of a fixture',
    { 'a.py': [`t = "${github}"`, 't = env'], 'fixtures/k.txt': [null, github] },
    [],
  ],
  [
    'names, hashes and places without a key',
    { 'a.ts': [null, `const hash = '${'4f'.repeat(32)}';\nfetch('https://example.org/?token=' + token);`] },
    [],
  ],
  ['text that is turned around', { 'a.c': ['x', 'if (admin\u202e) { // \u2066'] }, ['text.invisible a.c:1']],
  [
    'a joiner within a word, an escape',
    { 'a.go': [null, 'us\u200der := 1'], 'b.sh': [null, 'echo "\x1b[2K"'] },
    ['text.invisible a.go:1', 'text.invisible b.sh:1'],
  ],
  [
    'pictures, Persian, a mark at the start, the end of a line in the way of Windows',
    { 'a.md': [null, '👩‍👩‍👧 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿\nمی‌خواهم'], 'b.cs': [null, '\ufeffusing System;\r\nclass A {}\r\n'] },
    [],
  ],
  [
    'what a merge left',
    { 'a.rb': ['x', '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other'] },
    ['text.conflict_markers a.rb:1'],
  ],
  ['headings, quotes and prompts', { 'a.rst': [null, 'Title\n=======\n>>> x\n>>>>>>>>>> quoted'] }, []],
  [
    'links out of the repository',
    {
      'a/l': [null, '../../etc/passwd', '120000'],
      m: [null, '/etc/passwd', '120000'],
      n: [null, '.git/config', '120000'],
    },
    ['file.symlink_out a/l', 'file.symlink_out m', 'file.symlink_out n'],
  ],
  ['a link within', { 'a/l': [null, '../b', '120000'] }, []],
  [
    'a submodule and where it is from',
    { lib: [null, 'Subproject commit 1111', '160000'], '.gitmodules': [null, '[submodule "lib"]'] },
    ['file.submodule lib', 'file.submodule .gitmodules'],
  ],
  [
    'settings of tools',
    {
      '.npmrc': [null, 'script-shell=./x'],
      'web/.claude/settings.json': [null, '{}'],
      '.gitattributes': ['* text', '*.c filter=x'],
    },
    [
      'file.tool_settings .npmrc',
      'file.tool_settings web/.claude/settings.json',
      'file.tool_settings .gitattributes:1',
    ],
  ],
  [
    'attributes of text, a removed hook',
    { '.gitattributes': [null, '*.png binary'], '.husky/pre-commit': ['x', null] },
    [],
  ],
  ['a script that may be run', { 'run.sh': [null, 'echo', '100755'] }, ['file.executable run.sh']],
  ['a test file that is gone', { 'a_test.go': [go('TestA'), null] }, ['tests.deleted a_test.go']],
  [
    'one that has moved, one without a case',
    { 'a_test.go': [go('TestA'), null], 'b/a_test.go': [null, go('TestA')], 'testdata/x.py': ['y = 1', null] },
    [],
  ],
  [
    'skipped tests',
    {
      'a.test.ts': ["test('a', () => {", "test.skip('a', () => {"],
      'test_b.py': [null, '@pytest.mark.skip\ndef test_b():\n    assert 1'],
      'tests/c.rs': ['#[test]', '#[test]\n#[ignore]'],
    },
    ['tests.skipped a.test.ts:1', 'tests.skipped test_b.py:1', 'tests.skipped tests/c.rs:2'],
  ],
  [
    'a test that alone runs',
    { 'a.spec.js': ["it('a', f)", "it.only('a', f)"], 'x_test.go': ['\tx()', '\tt.Skip("later")\n\tx()'] },
    ['tests.skipped a.spec.js:1', 'tests.skipped x_test.go:1'],
  ],
  [
    'one that was skipped before, and a function called skip',
    { 'a.test.ts': ["test.skip('a', () => {", "test.skip('b', () => {"], 'src/a.ts': [null, 'list.skip(1)'] },
    [],
  ],
  [
    'fewer cases',
    { 'test_a.py': ['def test_a():\n    assert a\ndef test_b():\n    assert b', 'def test_a():\n    assert a'] },
    ['tests.weakened test_a.py'],
  ],
  [
    'fewer assertions',
    { 'a.test.ts': ['expect(a).toBe(1);\nexpect(b).toBe(2);\nexpect(c).toBe(3);', 'expect(a).toBeDefined();'] },
    ['tests.weakened a.test.ts'],
  ],
  [
    'other names, other assertions, lines that are broken',
    {
      'a.test.ts': [
        "test('a', () => {\n  expect(a).toBe(1);",
        "test(\n  'a longer one',\n  () => {\n  expect(a).toBe(2);",
      ],
      'FooTest.java': ['  void testA() { assertEquals(1, a); }', '  void testB() { assertEquals(2, a); }'],
    },
    [],
  ],
  [
    'scripts that a check runs',
    {
      'package.json': [
        manifest({}, { scripts: { test: 'npm run unit', unit: 'vitest', dev: 'vite' } }),
        manifest({}, { scripts: { test: 'npm run unit', unit: 'true', dev: 'vite' } }),
      ],
    },
    ['checks.changed package.json'],
    { checks: ['npm test'] },
  ],
  [
    'a script before the test',
    {
      'package.json': [
        manifest({}, { scripts: { test: 'x' } }),
        manifest({}, { scripts: { test: 'x', pretest: 'y' } }),
      ],
    },
    ['checks.changed package.json'],
    { checks: ['npm test'] },
  ],
  [
    'another script, another key',
    {
      'package.json': [
        manifest({}, { scripts: { test: 'x' } }),
        manifest({}, { version: '2', scripts: { test: 'x', dev: 'y' } }),
      ],
    },
    [],
    { checks: ['npm test'] },
  ],
  [
    'targets that a check runs',
    {
      Makefile: [
        'test: unit\nunit:\n\tpytest -q $(ARGS)\nclean:\n\trm x',
        'test: unit\nunit:\n\tpytest -q $(ARGS) || true\nclean:\n\trm y',
      ],
    },
    ['checks.changed Makefile'],
    { checks: ['make test'] },
  ],
  [
    'targets that it does not run',
    { Makefile: ['test:\n\tpytest\nclean:\n\trm x', 'test:\n\tpytest\nclean:\n\trm y'] },
    [],
    { checks: ['make test'] },
  ],
  [
    'pipelines and the configuration of what runs',
    {
      '.github/workflows/ci.yml': ['a', 'b'],
      'vitest.config.ts': ['a', 'b'],
      'pyproject.toml': ['[tool.pytest.ini_options]\naddopts = "-q"', '[tool.pytest.ini_options]\naddopts = "-k x"'],
      'check.sh': ['exit 1', 'exit 0'],
    },
    ['.github/workflows/ci.yml', 'vitest.config.ts', 'pyproject.toml', 'check.sh'].map(
      (file) => `checks.changed ${file}`,
    ),
    { checks: ['npx vitest', './check.sh'] },
  ],
  [
    'what a check only looks at, tries out or tests',
    { 'other.txt': ['one', 'two'], 'src/index.js': ['a', 'b'], 'tests/test_a.py': ['a', 'b'] },
    [],
    { checks: ['grep -q two other.txt', 'node src/index.js', 'python tests/test_a.py'] },
  ],
  [
    'what a check starts, or gives to a shell',
    { 'all.sh': ['a', 'b'], run: ['a', 'b'], 'tools/verify.js': ['a', 'b'] },
    ['all.sh', 'run', 'tools/verify.js'].map((file) => `checks.changed ${file}`),
    { checks: ['sh -e all.sh', './run', 'node tools/verify.js'] },
  ],
  [
    'the configuration of what does not run',
    {
      'jest.config.js': ['a', 'b'],
      'tsconfig.json': ['a', 'b'],
      'conftest.py': [null, '@pytest.fixture\ndef db(): ...'],
    },
    [],
    { checks: ['npx vitest'] },
  ],
  [
    'new dependencies and other versions',
    {
      'package.json': [manifest({ a: '1' }), manifest({ a: '2', 'left-pad': '^1.3.0' })],
      'package-lock.json': ['1', '2'],
    },
    ['dependency.new package.json:5'],
  ],
  [
    'in other ecosystems',
    {
      'go.mod': ['module x\n', 'module x\nrequire (\n\tgithub.com/a/b v1.0.0\n)'],
      'pyproject.toml': ['[project]\ndependencies = [\n]', '[project]\ndependencies = [\n  "requests>=2",\n]'],
      'Cargo.toml': ['[dependencies]', '[dependencies]\nserde = "1"'],
      Gemfile: ['', "gem 'rails', '~> 8'"],
      'requirements.txt': ['# none', 'flask==3'],
    },
    ['go.mod:3', 'pyproject.toml:3', 'Cargo.toml:2', 'Gemfile:1', 'requirements.txt:1'].map(
      (file) => `dependency.new ${file}`,
    ),
  ],
  [
    'packages of the repository, removals, and what is no dependency',
    {
      'p/package.json': [
        manifest({ b: '1' }, { name: '@it/p' }),
        manifest({ '@it/q': '*', r: 'workspace:*' }, { name: '@it/p', version: '2' }),
      ],
      'Cargo.toml': ['[package]\nname = "a"', '[package]\nname = "b"'],
    },
    [],
  ],
  [
    'a lock file alone, and one that is behind',
    { 'uv.lock': ['a', 'b'], 'p/package.json': [manifest({}), manifest({ a: '1' })] },
    ['dependency.new p/package.json:4', 'lockfile.alone uv.lock', 'lockfile.behind p/package.json'],
    { base: { 'package-lock.json': '{}' } },
  ],
  [
    'licences',
    { LICENSE: ['MIT', 'GPL'], 'package.json': ['{\n"license": "MIT"\n}', '{\n"license": "UNLICENSED"\n}'] },
    ['licence.changed LICENSE', 'licence.changed package.json:2'],
  ],
  ['files about licences', { 'src/license.ts': [null, 'x'], 'docs/licensing.md': ['a', 'b'] }, []],
  [
    'more lines than the policy wants',
    { 'a.txt': [null, 'a\nb\nc'], 'yarn.lock': [null, 'x\n'.repeat(99)] },
    ['size.over '],
    { policy: { size: { lines: 2 } } },
  ],
];

describe('the rules find', () => {
  test.each(cases.map(([what, files, rules, around]) => ({ what, files, rules, around })))(
    '$what',
    async ({ files, rules, around }) => {
      expect((await found(files, around)).toSorted()).toEqual(rules.toSorted());
    },
  );
});

test('what was found is judged by its policy, told with its file, and never with the secret', async () => {
  const patch =
    patchOf('a.py', null, `t = "${github}"`) + patchOf('LICENSE', 'a', 'b') + patchOf('x.sh', null, 'x', '100755');
  const judged = await look(patch, {
    author: 'human',
    policy: { rules: { 'licence.changed': 'ask', 'file.executable': 'off' } },
  });
  expect(judged.map(({ action, finding }) => [action, finding.severity, finding.rule])).toEqual([
    ['refuse-or-return', 'error', 'secrets.added'],
    ['ask', 'warning', 'licence.changed'],
  ]);
  expect(judged[0]?.finding.message).toMatch(/^a\.py adds what looks like a secret \(github token\)/);
  expect(JSON.stringify(judged)).not.toContain(github.slice(4, 20));
});

test('a line cannot make up a file, whatever it holds', () => {
  const text = 'x\rdiff --git a/b b/b\u2028diff --git a/c b/c';
  expect(patchParts(patchOf('a', null, text)).map(({ path }) => path)).toEqual(['a']);
  const quoted = 'diff --git "a/new\\nline" "b/new\\nline"\nold mode 100644\nnew mode 100755\n';
  const moved = 'diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n';
  expect(patchParts(quoted + moved)).toMatchObject([
    { path: 'new\nline', mode: { before: '100644', after: '100755' }, from: null },
    { path: 'y', from: 'x', added: [] },
  ]);
});

const large: readonly (readonly [string, string, readonly ReviewRule[]])[] = [
  ['a line of 10 MB', patchOf('a.test.ts', null, 'test.skip('.repeat(1_000_000)), ['size.over']],
  [
    '20,000 files',
    Array.from({ length: 20_000 }, (_, n) => patchOf(`d/${n}.sh`, null, 'echo', '100755')).join(''),
    ['file.executable', 'size.over'],
  ],
  [
    'nulls, half a patch, half a hunk',
    `${patchOf('a', null, 'x\0y')}diff --git a/b b/b\n@@ -1,9 +1,9 @@\n+\r\n`,
    ['text.invisible'],
  ],
];

test.each(large)('%s ends with findings, and few of them', async (_, patch, expected) => {
  const judged = await look(patch, { checks: ['npm test', 'make'] });
  expect([...new Set(judged.map(({ finding }) => finding.rule))]).toEqual(expected);
  expect(judged.length).toBeLessThan(30);
});
