// Makes the next migration of both databases after a change of src/schema, and writes into the new files what drizzle-kit cannot say:
// strict tables on SQLite, key order by bytes on PostgreSQL. Usage: npm run migrations -w @hive/core-db -- --name what-changed
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const kit = join(createRequire(import.meta.url).resolve('drizzle-kit'), '..', 'bin.cjs');
const finish = {
  sqlite: (sql) => sql.replace(/^\);$/gm, ') STRICT;'),
  postgres: (sql) =>
    sql
      .replace(/^(\t"\w+" text)(?! COLLATE)/gm, '$1 COLLATE "C"')
      .replace(/( ADD COLUMN "\w+" text)(?! COLLATE)/g, '$1 COLLATE "C"'),
};

for (const [database, finished] of Object.entries(finish)) {
  const folder = join(import.meta.dirname, 'migrations', database);
  const files = () =>
    readdirSync(folder, { withFileTypes: true })
      .filter((it) => it.name.endsWith('.sql'))
      .map((it) => it.name);
  let before = [];
  try {
    before = files();
  } catch {
    // The first migration makes the folder.
  }
  const made = spawnSync(
    process.execPath,
    [kit, 'generate', `--config=drizzle.${database}.config.ts`, ...process.argv.slice(2)],
    {
      cwd: import.meta.dirname,
      stdio: 'inherit',
    },
  );
  if (made.status !== 0) process.exit(made.status ?? 1);
  for (const file of files().filter((it) => !before.includes(it))) {
    const path = join(folder, file);
    writeFileSync(path, finished(readFileSync(path, 'utf8')));
  }
}
