// How much JavaScript a browser fetches, from the built app. `node apps/pwa/bench/size.ts` prints it.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tellRow, type Row } from './rows.ts';

/** One measured figure; `budget` is what it has to stay within, null where there is none. */
export type SizeRow = {
  readonly what: string;
  readonly value: number;
  readonly unit: 'kB gzip';
  readonly budget: number | null;
};

const dist = join(import.meta.dirname, '../dist');
const homePage = /^hive-home-page-/;

type Chunk = { readonly bytes: number; readonly needs: readonly string[]; readonly lazy: readonly string[] };

const named = (code: string, pattern: RegExp): readonly string[] => [
  ...new Set([...code.matchAll(pattern)].map((match) => match[1] ?? '')),
];

/** The chunk, and what it imports at once and later. Minified code keeps these forms; a name that is no file is left out by the reader. */
const chunkOf = (code: Buffer): Chunk => {
  const text = code.toString();
  return {
    bytes: gzipSync(code, { level: 9 }).length,
    needs: named(text, /(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g),
    lazy: named(text, /import\(\s*["'`]\.\/([\w.-]+\.js)["'`]/g),
  };
};

const readChunks = async (): Promise<ReadonlyMap<string, Chunk>> => {
  const folder = join(dist, 'assets');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.js'));
  return new Map(
    await Promise.all(files.map(async (file) => [file, chunkOf(await readFile(join(folder, file)))] as const)),
  );
};

/** What is fetched when these are asked for: they and all that they need. */
const closure = (chunks: ReadonlyMap<string, Chunk>, roots: readonly string[]): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (file: string) => {
    const chunk = chunks.get(file);
    if (!chunk || found.has(file)) return;
    found.add(file);
    chunk.needs.forEach(visit);
  };
  roots.forEach(visit);
  return found;
};

/**
 * Measures the built app: what Home's first load fetches, and what the shell and every page take together; what a page fetches only
 * when it is used (charts, graph layout, diff) is a lazy part. Throws when nothing was built.
 */
export const measureSize = async (): Promise<readonly SizeRow[]> => {
  const chunks = await readChunks();
  const page = await readFile(join(dist, 'index.html'), 'utf8');
  const entry = named(page, /<script[^>]+src="\/assets\/([\w.-]+\.js)"/g);
  const shell = closure(chunks, entry);
  // The modules that the shell loads when they are needed: pages, and what stands over them.
  const pages = [...shell].flatMap((file) => chunks.get(file)?.lazy ?? []);
  const guard = gzipSync(await readFile(join(dist, 'boot-guard.js')), { level: 9 }).length;
  const kB = (files: Iterable<string>) =>
    Number(([...files].reduce((sum, file) => sum + (chunks.get(file)?.bytes ?? 0), guard) / 1000).toFixed(2));
  const home = closure(chunks, [...entry, ...pages.filter((file) => homePage.test(file))]);
  const all = closure(chunks, [...entry, ...pages]);
  const worker = gzipSync(await readFile(join(dist, 'sw.js')), { level: 9 }).length / 1000;
  const row = (what: string, value: number, budget: number | null): SizeRow => ({
    what,
    value: Number(value.toFixed(2)),
    unit: 'kB gzip',
    budget,
  });
  return [
    row('JavaScript of the first load of Home', kB(home), 30),
    row('JavaScript of the shell and every page, without lazy parts', kB(all), 120),
    row('JavaScript in all', kB(chunks.keys()), null),
    row('service worker', worker, 10),
  ];
};

/** As lines among those of other measurements. */
export const asRows = (rows: readonly SizeRow[]): readonly Row[] =>
  rows.map(({ what, value, unit, budget }) => ({
    what,
    measured: `${value} ${unit}`,
    budget: budget === null ? '' : `<= ${budget}`,
    holds: budget === null ? null : value <= budget,
  }));

if (import.meta.main) for (const row of asRows(await measureSize())) console.log(tellRow(row));
