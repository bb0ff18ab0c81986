import { expect, test } from 'vitest';
import { rowsOf } from './diff-rows.ts';
import { parsePatch } from './patch.ts';
import { quoteOf } from './quote.ts';
import { wordMarks } from './word-marks.ts';

const patch = `Some words before.
diff --git a/src/sum.ts b/src/sum.ts
index 111..222 100644
--- a/src/sum.ts
+++ b/src/sum.ts
@@ -1,4 +1,4 @@ export const
 // adds
-export const sum = (a, b) => a - b;
--- a line that looks like a header
+export const sum = (a, b) => a + b;
+++ another
 
@@ -20 +20 @@
-last
\\ No newline at end of file
+last
diff --git a/old name.txt b/new name.txt
similarity index 100%
rename from old name.txt
rename to new name.txt
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/logo.png b/logo.png
new file mode 100644
index 000..333
GIT binary patch
literal 4
zcmZQzU|?ckU|

literal 0
HcmV?d00001

diff --git "a/gr\\303\\266\\303\\237e.txt" "b/gr\\303\\266\\303\\237e.txt"
deleted file mode 100644
--- "a/gr\\303\\266\\303\\237e.txt"
+++ /dev/null
@@ -1 +0,0 @@
-eins
`;

test('a patch is read as git means it: renames, modes, binary files, quoted names, lines that look like headers', () => {
  const files = parsePatch(patch).map(({ hunks, ...file }) => ({ ...file, hunks: hunks.length }));
  const plain = { from: null, modes: null, isBinary: false, added: 0, removed: 0, hunks: 0 };
  expect(files).toEqual([
    { ...plain, path: 'src/sum.ts', change: 'changed', added: 3, removed: 3, hunks: 2 },
    { ...plain, path: 'new name.txt', from: 'old name.txt', change: 'renamed' },
    { ...plain, path: 'run.sh', change: 'changed', modes: { before: '100644', after: '100755' } },
    { ...plain, path: 'logo.png', change: 'added', isBinary: true },
    { ...plain, path: 'größe.txt', change: 'deleted', removed: 1, hunks: 1 },
  ]);
});

test('lines keep their numbers, and what git says about a line is no line', () => {
  const [file] = parsePatch(patch);
  expect(file?.hunks[0]?.lines.map(({ before, after }) => [before, after])).toEqual([
    [1, 1],
    [2, null],
    [3, null],
    [null, 2],
    [null, 3],
    [4, 4],
  ]);
  expect(file?.hunks[1]?.lines.map(({ kind }) => kind)).toEqual(['removed', 'note', 'added']);
});

test('of a line that became another one the words that differ are marked, and nothing of lines that are not alike', () => {
  const [file] = parsePatch(patch);
  const lines = file?.hunks[0]?.lines ?? [];
  const marks = wordMarks(lines, 100);
  const marked = (index: number) => marks.get(index)?.map(([from, to]) => lines[index]?.text.slice(from, to));
  expect(marked(1)).toEqual(['-']);
  expect(marked(3)).toEqual(['+']);
  expect(marks.has(2)).toBe(false);
  expect(wordMarks(lines, 0).size).toBe(0);
});

test('of several lines at one place those that are alike belong together', () => {
  const line = (kind: 'added' | 'removed', text: string) => ({ kind, text, before: null, after: null });
  const lines = [
    line('removed', '  return new Date(year, month - 1, day);'),
    line('added', '  if (day > lastDayOf(month)) throw new RangeError(text);'),
    line('added', '  return new Date(Date.UTC(year, month - 1, day));'),
  ];
  expect([...wordMarks(lines, 100).keys()].sort()).toEqual([0, 2]);
});

test('of a large file the first rows are made, and it is said how many there are', () => {
  const [file] = parsePatch(patch);
  if (!file) throw new Error('no file');
  expect(rowsOf(file, 3)).toMatchObject({ of: 11, rows: [{ kind: 'hunk' }, { kind: 'context' }, { kind: 'removed' }] });
  expect(rowsOf(file, 100).rows).toHaveLength(11);
});

test('lines are quoted with their place', () => {
  const [file] = parsePatch(patch);
  if (!file) throw new Error('no file');
  const { rows } = rowsOf(file, 100);
  expect(quoteOf('src/sum.ts', rows.slice(2, 5))).toBe(
    'src/sum.ts:2\n> -export const sum = (a, b) => a - b;\n> --- a line that looks like a header\n> +export const sum = (a, b) => a + b;\n',
  );
  expect(quoteOf('src/sum.ts', rows.slice(1, 6))).toMatch(/^src\/sum\.ts:1-3\n/);
});

test('what is no patch has no files, and is no error', () => {
  for (const text of ['', 'diff --git', 'hello\n@@ -1 +1 @@\n-a\n+b', '\u0000\uffff'.repeat(100)])
    expect(parsePatch(text)).toEqual([]);
});
