import { expect, test } from 'vitest';
import { hasCode } from '@hive/errors';
import { ModelChange, authorPrompt, changeToEdits } from './model-author.ts';
import { repositoryPath } from '@hive/workspace';
import { pathsOfDiff } from './paths-of-diff.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return hasCode(error, 'paths.outside') || hasCode(error, 'model.bad_output') ? error.code : String(error);
  }
  return 'fine';
};

test('the second attempt repeats the first up to what was found', () => {
  const context = {
    repo: '/r',
    goal: 'g',
    task: { title: 't', paths: ['src/**'] },
    files: [{ path: 'src/a.js', text: 'let a;' }],
    said: { findings: [], note: null },
  };
  const texts = (findings: readonly string[]) =>
    authorPrompt({ ...context, said: { findings, note: null } }).messages.flatMap((message) =>
      message.parts.map((part) => part.text),
    );
  const second = texts(['checks.red: 3 tests fail']);
  expect(second.slice(0, -1)).toEqual(texts([]));
  expect(second.at(-1)).toContain('3 tests fail');
});

test('whole files become writes, and null deletes', () => {
  const change = {
    files: [
      { path: './src/a.js', content: 'a' },
      { path: 'b.js', content: null },
    ],
    diff: '',
    summary: 's',
  };
  expect(changeToEdits(change)).toEqual({
    writes: [
      { path: 'src/a.js', content: 'a' },
      { path: 'b.js', content: null },
    ],
  });
});

test('a diff becomes a patch that ends with a line', () => {
  const diff = '--- a/x.js\n+++ b/x.js\n@@ -1 +1 @@\n-a\n+b';
  expect(changeToEdits({ diff, files: [], summary: '' })).toEqual({ patch: `${diff}\n` });
});

test.each([
  ['nothing', { summary: '' }],
  ['empty forms', { files: [], diff: ' \n', summary: '' }],
  ['both forms', { files: [{ path: 'a', content: '' }], diff: '--- a/a\n+++ b/a', summary: '' }],
  [
    'a file twice',
    {
      files: [
        { path: 'a', content: '1' },
        { path: './a', content: '2' },
      ],
      summary: '',
    },
  ],
  ['a diff of prose', { diff: 'I would change a.js', summary: '' }],
])('%s is bad output', (_, change) => {
  expect(codeOf(() => changeToEdits(change))).toBe('model.bad_output');
});

test('the schema asks for one form, so that a wrong answer is repaired', () => {
  expect(ModelChange.safeParse({ summary: '' }).success).toBe(false);
  expect(ModelChange.safeParse({ summary: '', files: [{ path: 'a', content: 'x' }], diff: '' }).success).toBe(true);
});

test.each([
  '/etc/passwd',
  '../x',
  'a/../../x',
  'a/..',
  '..\\x',
  'C:\\x',
  '\\\\host\\x',
  '~/x',
  '',
  ' ',
  '.',
  'a//b',
  'a/',
  'a\0b',
  'a\nb',
  '.git/config',
  '.GIT/hooks/pre-commit',
  'sub/.Git/x',
  '.git',
  '.git./config',
  '.git /config',
  '.g\u200cit/config',
  'git~1/config',
  '.git::$INDEX_ALLOCATION/x',
  '．git/config',
])('%j leaves the repository', (path) => {
  expect(codeOf(() => repositoryPath(path))).toBe('paths.outside');
  expect(codeOf(() => changeToEdits({ files: [{ path, content: '' }], summary: '' }))).toBe('paths.outside');
});

test.each(['a.js', '.gitignore', '.github/workflows/x.yml', 'a/.gitkeep', 'src/ü b.js', 'git/x', '..a/b', 'my.git/x'])(
  '%j is a file of the repository',
  (path) => {
    expect(repositoryPath(path)).toBe(path);
  },
);

test.each([
  ['a header', '--- /dev/null\n+++ b/../x\n@@ -0,0 +1 @@\n+a\n', ['../x']],
  ['a git line alone', 'diff --git a/.git/config b/.git/config\nnew file mode 100644\n', ['.git/config']],
  ['a rename', 'rename from a.js\nrename to ../b.js\n', ['a.js', '../b.js']],
  ['quotes and octal bytes', '--- "a/\\303\\274.js"\n+++ "b/\\303\\274.js"\t2026-01-01\n', ['ü.js']],
  ['a removed line that looks like a header', '--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n--- a/../y\n \n', ['x']],
  ['a second file after a hunk', '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n--- a/y\n+++ b/y\n', ['x', 'y']],
])('the paths of a diff: %s', (_, diff, paths) => {
  expect(pathsOfDiff(diff)).toEqual(paths);
});

test('a diff that leaves the repository is refused', () => {
  expect(
    codeOf(() => changeToEdits({ diff: '--- /dev/null\n+++ b/.Git/hooks/x\n@@ -0,0 +1 @@\n+a\n', summary: '' })),
  ).toBe('paths.outside');
});
