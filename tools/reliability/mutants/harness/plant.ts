// Loaded before a program and all its children: puts a bug into one file while it is loaded, and `harness/vitest.ts` in the place of vitest.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Edit } from '../mutant.ts';

/** What is planted. `mark` is a file that is made when the bug is reached. */
export type Planted = { readonly path: string; readonly edits: readonly Edit[]; readonly mark: string };

declare global {
  /** Called by what a bug puts in place. */
  var reached: () => true;
}

const given = process.env['HIVE_PLANTED'];
const planted = given === undefined ? null : (JSON.parse(given) as Planted); // from the suite
const url = planted && pathToFileURL(planted.path).href;
const double = new URL('./vitest.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vitest' && context.parentURL !== double
      ? { url: double, shortCircuit: true }
      : next(specifier, context),
  load: (loaded, context, next) =>
    planted && loaded === url
      ? {
          format: 'module-typescript',
          shortCircuit: true,
          source: patched(readFileSync(fileURLToPath(loaded), 'utf8')),
        }
      : next(loaded, context),
});

const patched = (source: string): string =>
  (planted?.edits ?? []).reduce((text, [find, replace]) => text.replace(find, () => replace), source);

globalThis.reached = () => {
  if (planted) closeSync(openSync(planted.mark, 'a'));
  return true;
};

/** The way back from a statement: a function of SQLite's connections, a notice of PostgreSQL's. */
const markStatements = (path: string): void => {
  const require = createRequire(path);
  const sqlite = require('better-sqlite3') as { prototype: { prepare: Prepare } };
  const { prepare } = sqlite.prototype;
  sqlite.prototype.prepare = function (sql) {
    if (sql.includes('mutant_reached')) this.function('mutant_reached', () => Number(globalThis.reached()));
    return prepare.call(this, sql);
  };
  const { Client } = require('pg') as { Client: { prototype: { emit: Emit } } };
  const { emit } = Client.prototype;
  Client.prototype.emit = function (...told) {
    if (told[0] === 'notice' && told[1]?.message === 'mutant reached') globalThis.reached();
    return emit.apply(this, told);
  };
};
type Prepare = (this: { function(name: string, act: () => number): void }, sql: string) => unknown;
type Emit = (this: unknown, ...told: [event: string, about?: { message?: string }]) => boolean;

if (planted?.edits.some(([, replace]) => replace.includes('mutant_reached()'))) markStatements(planted.path);
