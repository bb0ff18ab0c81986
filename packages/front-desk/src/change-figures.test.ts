import { expect, test } from 'vitest';
import { changeFigures } from './change-figures.ts';

const patch = `diff --git a/a.txt b/a.txt
--- a/a.txt
+++ b/a.txt
@@ -1,2 +1,3 @@
 one
--- two
++++ b/no-header
+diff --git is a line of this file
\\ No newline at end of file
@@ -9 +10 @@
-nine
+ten
diff --git a/new.bin b/new.bin
new file mode 100644
index 0000000..1111111
GIT binary patch
literal 3
KcmZQzWMT#Y00jU8

diff --git a/old name.txt b/new name.txt
similarity index 100%
rename from old name.txt
rename to new name.txt
`;

test('lines that look like headers are counted as lines, and binary files have no figures', () => {
  expect(changeFigures(patch)).toEqual([
    { path: 'a.txt', added: 3, removed: 2 },
    { path: 'new.bin', added: null, removed: null },
    { path: 'new name.txt and old name.txt', added: 0, removed: 0 },
  ]);
});
