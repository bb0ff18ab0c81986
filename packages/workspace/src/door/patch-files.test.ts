import { expect, test } from 'vitest';
import { createTestRepo } from '../testing.ts';
import { patchFiles } from './patch-files.ts';

test('both sides of renames, deletions, mode changes, empty and binary files are named', () => {
  const repo = createTestRepo({
    'old name.txt': 'one\ntwo\nthree\n',
    'gone.txt': 'x\n',
    'run.sh': 'x\n',
    'bin.dat': '\0a',
  });
  repo.git('mv', 'old name.txt', 'new name.txt');
  repo.git('rm', '-q', 'gone.txt');
  repo.write({ 'empty b/empty.txt': '', 'bin.dat': '\0b', 'ümlaut "q"\n.txt': 'u\n', 'tab\t.txt': '', 'a b/a b': '' });
  repo.git('add', '.');
  repo.git('update-index', '--chmod=+x', 'run.sh');
  const expected = [
    'a b/a b',
    'bin.dat',
    'empty b/empty.txt',
    'gone.txt',
    'new name.txt',
    'old name.txt',
    'run.sh',
    'tab\t.txt',
    'ümlaut "q"\n.txt',
  ];
  for (const more of [[], ['--binary'], ['--no-renames']]) {
    const renames = more.includes('--no-renames') ? [] : ['-M'];
    expect(patchFiles(repo.git('diff', '--cached', ...renames, ...more) + '\n')).toEqual(expected);
  }
});

test('lines of a file that look like headers are content', () => {
  const patch = [
    'diff --git a/real b/real',
    '--- a/real',
    '+++ b/real',
    '@@ -1,2 +1,2 @@',
    '--- a/fake',
    '+++ b/fake',
    ' same',
    '',
  ];
  expect(patchFiles(patch.join('\n'))).toEqual(['real']);
});

test('a plain diff without git headers is read too', () => {
  const patch =
    '--- a/src/x.c\t2026-01-01\n+++ b/src/x.c\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+n\n';
  expect(patchFiles(patch)).toEqual(['new', 'src/x.c']);
});
