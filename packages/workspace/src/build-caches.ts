import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { copyFiles } from './copy-files.ts';

/**
 * What a tool compiles once and finds again: a folder that the tool is told by a variable, and the command that fills it with what
 * the base needs, without running any of its code.
 */
export type BuildCache = {
  readonly name: string;
  readonly variable: string;
  readonly warmUp: readonly string[];
  /** Files with which `warmUp` compiles what comes with the tool, where there is no repository. */
  readonly sample: Readonly<Record<string, string>>;
};

/** What tests use as a rule, and with it most of what a standard library has. */
const imported = [
  ...['testing', 'bufio', 'bytes', 'context', 'encoding/json', 'errors', 'fmt', 'io', 'maps', 'math', 'math/rand'],
  ...['os', 'reflect', 'regexp', 'slices', 'sort', 'strconv', 'strings', 'sync', 'time', 'unicode', 'unicode/utf8'],
];

/** Go compiles its standard library for every empty cache, which takes longer than most checks. */
const go: BuildCache = {
  name: 'go-build',
  variable: 'GOCACHE',
  warmUp: ['go', 'test', '-exec', 'true', '-run', '^$', './...'],
  sample: {
    'go.mod': 'module sample\n\ngo 1.21\n',
    'sample_test.go': `package sample\n\nimport (\n${imported.map((name) => `\t_ "${name}"\n`).join('')})\n`,
  },
};

/** The caches of the tools that a setup calls, itself or through a shell. */
export const buildCachesOf = (argv: readonly string[]): readonly BuildCache[] =>
  /(?:^|[\s/&;])go (?:mod|build|test|vet|get|install)\b/.test(argv.join(' ')) ? [go] : [];

/** Where tools find their caches in `folder`. */
export const cacheEnv = (caches: readonly BuildCache[], folder: string): Record<string, string> =>
  Object.fromEntries(caches.map(({ name, variable }) => [variable, join(folder, name)]));

/** A copy of caches that may be written, so that nothing which a change compiled is ever found by another one. */
export const copyCaches = async (caches: readonly BuildCache[], from: string, to: string): Promise<void> => {
  for (const { name } of caches) {
    await mkdir(join(to, name), { recursive: true });
    // Older setups kept none.
    if (existsSync(join(from, name))) await copyFiles([join(from, name)], to);
  }
};

/**
 * Begins the caches of a setup with those of the newest earlier one of the same repository, which only bases have written to. `setups` is the
 * folder of all setups, `cachesOf` answers where one keeps its caches, `isSame` tells by its record whether it is of the repository.
 */
export const seedCaches = async (
  caches: readonly BuildCache[],
  to: string,
  setups: string,
  { cachesOf, isSame }: { readonly cachesOf: (key: string) => string; readonly isSame: (record: string) => boolean },
): Promise<void> => {
  await Promise.all(caches.map(({ name }) => mkdir(join(to, name), { recursive: true })));
  if (caches.length === 0) return;
  const earlier: { readonly key: string; readonly at: number }[] = [];
  for (const key of await readdir(setups)) {
    const record = join(setups, key, 'done.json');
    const text = await readFile(record, 'utf8').catch(() => '');
    if (text !== '' && isSame(text)) earlier.push({ key, at: (await stat(record)).mtimeMs });
  }
  const newest = earlier.toSorted((a, b) => b.at - a.at)[0];
  // It may be collected while it is copied, and a part of a cache is one, too.
  if (newest) await copyCaches(caches, cachesOf(newest.key), to).catch(() => undefined);
};
