import { expect, test } from 'vitest';
import { patchFigures } from './patch-figures.ts';

test('files and lines are counted, and lines that look like headers are lines', () => {
  const diff = [
    'diff --git a/a.txt b/a.txt',
    '--- a/a.txt',
    '+++ b/a.txt',
    '@@ -1,3 +1,2 @@',
    ' one',
    '--- two',
    '-diff --git a/x b/x',
    '+++ three',
    '\\ No newline at end of file',
    'diff --git a/b.txt b/b.txt',
    'new file mode 100644',
    '--- /dev/null',
    '+++ b/b.txt',
    '@@ -0,0 +1 @@',
    '+b',
    '',
  ].join('\n');
  expect(patchFigures(diff)).toEqual({ files: 2, added: 2, removed: 2 });
  expect(patchFigures('')).toEqual({ files: 0, added: 0, removed: 0 });
});
