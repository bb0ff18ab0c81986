import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceCommand } from '@hive/events';
import { pathsBetween } from '../git/diff.ts';
import { git, gitList, gitText } from '../git/git.ts';
import { readTextsAt } from '../git/read-texts-at.ts';
import type { ProofRequest, TextAt } from '../port.ts';
import { longestInline, mayHoldTests, withInlineTests } from './inline-tests.ts';
import { testFilesOf } from './test-files.ts';

/** Where a check runs, and the tree that is checked out there. */
export type Place = { readonly on: EvidenceCommand['on']; readonly at: string };

/** Where a request wants its checks to run. */
export const placesFor = async (
  gitDir: string,
  home: string,
  request: Pick<ProofRequest, 'base' | 'head' | 'tests' | 'places'>,
): Promise<{ readonly places: readonly Place[]; readonly tests: readonly string[] }> =>
  request.places === 'head'
    ? { places: [{ on: 'head', at: request.head }], tests: [] }
    : placesOf(gitDir, home, request);

/** The places of a proof: head, base, and base with the test files of the change (`tests`), when it touches any. */
const placesOf = async (
  gitDir: string,
  home: string,
  request: { base: string; head: string; tests: readonly string[] | undefined },
): Promise<{ readonly places: readonly Place[]; readonly tests: readonly string[] }> => {
  const { base, head } = request;
  const onHead: Place = { on: 'head', at: head };
  if (base === head) return { places: [onHead], tests: [] };
  const changed = await pathsBetween(gitDir, base, head);
  const files = testFilesOf(changed, request.tests);
  // Whoever names the test files says that there are no others.
  const inline =
    request.tests === undefined
      ? await inlineTestsOf(gitDir, { base, head, paths: without(changed, files) })
      : new Map();
  const tests = [...files, ...inline.keys()];
  const onBase: Place = { on: 'base', at: base };
  if (tests.length === 0) return { places: [onHead, onBase], tests };
  const at = await treeWith(gitDir, home, { base, head, files, inline });
  return { places: [onHead, onBase, { on: 'base+tests', at }], tests };
};

const without = (paths: readonly string[], some: readonly string[]): string[] => {
  const known = new Set(some);
  return paths.filter((path) => !known.has(path));
};

/** Files of the base with the tests that the head keeps among their code, where these are others. */
const inlineTestsOf = async (
  gitDir: string,
  { base, head, paths }: { base: string; head: string; paths: readonly string[] },
): Promise<ReadonlyMap<string, string>> => {
  const asked = paths.filter(mayHoldTests);
  const textsAt = (commit: string) => readTextsAt({ gitDir }, { commit, paths: asked, mostBytes: longestInline });
  const [before, after] = await Promise.all([textsAt(base), textsAt(head)]);
  return new Map(
    asked.flatMap((path) => {
      const [old, now] = [textOf(before.get(path)), textOf(after.get(path))];
      const text = old === null || now === null ? null : withInlineTests(path, old, now);
      return text === null ? [] : [[path, text] as const];
    }),
  );
};

/** Null where there is none, or none that is text. */
const textOf = (file: TextAt | undefined): string | null =>
  file?.text != null && Buffer.byteLength(file.text) === file.bytes ? file.text : null;

/** The base's tree with these files as the head has them, and with these texts; what the head deleted or renamed away is gone. */
const treeWith = async (
  gitDir: string,
  home: string,
  of: {
    readonly base: string;
    readonly head: string;
    readonly files: readonly string[];
    readonly inline: ReadonlyMap<string, string>;
  },
): Promise<string> => {
  const { base, head, files, inline } = of;
  await mkdir(join(home, 'run'), { recursive: true });
  const folder = await mkdtemp(join(home, 'run', 'tests-'));
  try {
    const options = { gitDir, index: join(folder, 'index') };
    await git(['read-tree', base], options);
    const gone = files.map((path) => `0 ${'0'.repeat(base.length)}\t${path}\0`);
    const there = await gitList(['ls-tree', '-r', '-z', '--full-tree', head, '--'], { gitDir });
    const wanted = new Set(files);
    const entries = there
      .filter((entry) => wanted.has(entry.slice(entry.indexOf('\t') + 1)))
      .map((entry) => `${entry}\0`);
    for (const [path, input] of inline) {
      const sha = await gitText(['hash-object', '-w', '--stdin'], { gitDir, input });
      entries.push(`100644 ${sha}\t${path}\0`);
    }
    await git(['update-index', '-z', '--replace', '--index-info'], {
      ...options,
      input: [...gone, ...entries].join(''),
    });
    return await gitText(['write-tree'], options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
