import { git, type GitOptions } from './git.ts';

/** Where a ref stands; null when it does not exist. */
export const readRef = async (gitDir: string, ref: string): Promise<string | null> => {
  const found = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', ref], { gitDir, ok: [0, 1, 128] });
  return found.code === 0 ? found.stdout.toString('utf8').trim() : null;
};

/** True when `older` is `newer` or in its history; false also when one of them is not here. */
export const isAncestor = async (gitDir: string, older: string, newer: string): Promise<boolean> =>
  (await git(['merge-base', '--is-ancestor', older, newer], { gitDir, ok: [0, 1, 128] })).code === 0;

/** Moves a ref that still holds `current` (null: does not exist). Throws `infra.git` when somebody was faster. */
export const swapRef = async (options: GitOptions, ref: string, to: string, current: string | null): Promise<void> => {
  await git(['update-ref', '--no-deref', ref, to, current ?? '0'.repeat(to.length)], options);
};
