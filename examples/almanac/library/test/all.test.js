// The one entry of the suite: a single process loads every test file, which is several times faster than one process each.

import { readdirSync } from 'node:fs';

const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.test.js'));
for (const name of files.sort()) {
  if (name !== 'all.test.js') await import(new URL(name, import.meta.url).href);
}
