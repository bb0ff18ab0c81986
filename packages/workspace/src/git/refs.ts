import { git, gitText, type GitOptions } from './git.ts';

/** Where a ref stands; null when it does not exist. */
export const readRef = async (gitDir: string, ref: string): Promise<string | null> =>
  (await readRefs(gitDir, [ref])).get(ref) ?? null;

/** Where refs stand, by full name; one that does not exist is left out. */
export const readRefs = async (gitDir: string, refs: readonly string[]): Promise<Map<string, string>> => {
  const lines = await gitText(['for-each-ref', '--format=%(objectname) %(refname)', '--', ...refs], { gitDir });
  return new Map(
    lines
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(line.indexOf(' ') + 1), line.split(' ')[0] ?? '']),
  );
};

/** True when `older` is `newer` or in its history; false also when one of them is not here. */
export const isAncestor = async (gitDir: string, older: string, newer: string): Promise<boolean> =>
  (await git(['merge-base', '--is-ancestor', older, newer], { gitDir, ok: [0, 1, 128] })).code === 0;

/** A ref that stands at `from` (null: does not exist) and shall stand at `to`. */
export type Move = { readonly ref: string; readonly to: string; readonly from: string | null };

/** Moves all of these refs or, when one is not where it should be or one of `absent` exists, none: false. No hook, no reflog of its own. */
export const swapRefs = async (
  options: GitOptions,
  moves: readonly Move[],
  absent: readonly string[] = [],
): Promise<boolean> => {
  const input = [
    ...moves.map(({ ref, to, from }) => `update ${ref}\0${to}\0${from ?? '0'.repeat(to.length)}\0`),
    ...absent.map((ref) => `verify ${ref}\0\0`),
  ].join('');
  return (await git(['update-ref', '--no-deref', '-z', '--stdin'], { ...options, input, ok: [0, 128] })).code === 0;
};
