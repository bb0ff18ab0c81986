import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceCommand } from '@hive/events';
import { pathsBetween } from '../git/diff.ts';
import { git, gitList, gitText } from '../git/git.ts';
import type { ProofRequest } from '../port.ts';
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
  const tests = testFilesOf(await pathsBetween(gitDir, base, head), request.tests);
  const onBase: Place = { on: 'base', at: base };
  if (tests.length === 0) return { places: [onHead, onBase], tests };
  const withTests: Place = { on: 'base+tests', at: await treeWith(gitDir, home, { base, head, tests }) };
  return { places: [onHead, onBase, withTests], tests };
};

/** The base's tree with these paths as the head has them; what the head deleted or renamed away is gone. */
const treeWith = async (
  gitDir: string,
  home: string,
  { base, head, tests }: { base: string; head: string; tests: readonly string[] },
): Promise<string> => {
  await mkdir(join(home, 'run'), { recursive: true });
  const folder = await mkdtemp(join(home, 'run', 'tests-'));
  try {
    const options = { gitDir, index: join(folder, 'index') };
    await git(['read-tree', base], options);
    const gone = tests.map((path) => `0 ${'0'.repeat(base.length)}\t${path}\0`);
    const there = await gitList(['ls-tree', '-r', '-z', '--full-tree', head, '--'], { gitDir });
    const wanted = new Set(tests);
    const entries = there
      .filter((entry) => wanted.has(entry.slice(entry.indexOf('\t') + 1)))
      .map((entry) => `${entry}\0`);
    await git(['update-index', '-z', '--replace', '--index-info'], {
      ...options,
      input: [...gone, ...entries].join(''),
    });
    return await gitText(['write-tree'], options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
