import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beginningOf } from '@hive/errors';
import { cleaned } from '../command/output.ts';
import type { Conflict } from '../port.ts';
import { git, gitList } from './git.ts';

const mostFiles = 5;
const longestText = 3000;
const longestSide = 512 * 1024;

/** The sides of each file that an index holds unmerged: object names of what both began with, of the branch and of the change; empty where a side has none. */
export const unmergedIn = async (options: {
  gitDir: string;
  index: string;
}): Promise<ReadonlyMap<string, readonly [string, string, string]>> => {
  const sides = new Map<string, [string, string, string]>();
  for (const line of await gitList(['ls-files', '-z', '--unmerged'], options)) {
    const tab = line.indexOf('\t');
    const [, object = '', stage] = line.slice(0, tab).split(' ');
    const file = line.slice(tab + 1);
    const known = sides.get(file) ?? ['', '', ''];
    known[Number(stage) - 1] = object;
    sides.set(file, known);
  }
  return sides;
};

/** The first files of a conflict with all three sides, without control characters, for whoever has to solve it. Binary ones are left out. */
export const conflictTexts = async (
  gitDir: string,
  folder: string,
  unmerged: ReadonlyMap<string, readonly [string, string, string]>,
): Promise<Conflict[]> => {
  const found: Conflict[] = [];
  for (const [file, [base, branch, change]] of [...unmerged].slice(0, mostFiles)) {
    const paths = await Promise.all(
      [base, branch, change].map(async (object, side) => {
        const path = join(folder, `side-${side}`);
        await writeFile(path, object === '' ? '' : await blob(gitDir, object));
        return path;
      }),
    );
    const [ofBase = '', ofBranch = '', ofChange = ''] = paths;
    const merged = await git(
      ['merge-file', '-p', '--diff3', '-L', 'branch', '-L', 'base', '-L', 'change', ofBranch, ofBase, ofChange],
      { gitDir, ok: Array.from({ length: 256 }, (_, code) => code), atMost: longestSide * 2 },
    );
    const text = hunksIn(cleaned(merged.stdout.toString('utf8')));
    if (text !== '') found.push({ file, text });
  }
  return found;
};

const blob = async (gitDir: string, object: string): Promise<Buffer> =>
  (await git(['cat-file', 'blob', object], { gitDir, atMost: longestSide })).stdout;

const hunksIn = (text: string): string => {
  const hunks = [...text.matchAll(/^<<<<<<< branch$[\s\S]*?^>>>>>>> change$/gm)].map(([hunk]) => hunk).join('\n');
  return hunks.length > longestText ? `${beginningOf(hunks, longestText)}\n[shortened]` : hunks;
};
