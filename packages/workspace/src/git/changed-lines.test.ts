import { expect, test } from 'vitest';
import { linesOfDiff } from './changed-lines.ts';

test('the lines of a patch are those that the head has, whatever they look like', () => {
  const diff = [
    'diff --git a/x.py b/x.py',
    '--- a/x.py',
    '+++ b/x.py',
    '@@ -1 +1,2 @@ def f():',
    '-a',
    '+++ b/trap.py',
    '+@@ -1 +7 @@',
    '@@ -9,2 +10,0 @@',
    '-b',
    '-c',
    'diff --git a/gone.py b/gone.py',
    '--- a/gone.py',
    '+++ /dev/null',
    '@@ -1 +0,0 @@',
    '-x',
    'diff --git a/with space.py b/with space.py',
    '--- /dev/null',
    '+++ b/with space.py\t',
    '@@ -0,0 +1 @@',
    '+y',
    '\\ No newline at end of file',
    '',
  ].join('\n');
  expect(linesOfDiff(diff)).toEqual([
    { path: 'x.py', lines: [1, 2] },
    { path: 'with space.py', lines: [1] },
  ]);
});
