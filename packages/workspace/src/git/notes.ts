import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { HiveError } from '@hive/errors';
import { git, gitText } from './git.ts';
import type { Mirror } from './mirror.ts';
import { readRef, swapRef } from './refs.ts';

const ref = 'refs/notes/hive';

/**
 * Writes the note of a commit on top of whatever notes the user's repository has now. Many workflows share the one ref:
 * who loses the compare-and-swap reads again and repeats.
 */
export const deliverNote = async (mirror: Mirror, commit: string, text: string): Promise<void> => {
  const { gitDir, user } = mirror;
  for (let attempt = 0; attempt < 30; attempt++) {
    const current = await readRef(user.gitDir, ref);
    const there = await git(['notes', `--ref=${ref}`, 'show', commit], { gitDir: user.gitDir, ok: [0, 1, 128] });
    if (there.code === 0 && there.stdout.toString('utf8') === text) return;
    const next = await noteOnTop(mirror, current, commit, text);
    await mirror.give(next, current);
    try {
      await swapRef({ gitDir: user.gitDir, ...(user.owner && { owner: user.owner }) }, ref, next, current);
      await git(['update-ref', ref, next], { gitDir });
      return;
    } catch {
      await delay(Math.random() * 20 * (attempt + 1));
    }
  }
  throw new HiveError('infra.git', `${ref} of ${user.root} could not be moved; another program holds it`, {
    remedy: 'retry',
  });
};

const noteOnTop = async (mirror: Mirror, current: string | null, commit: string, text: string): Promise<string> => {
  const { gitDir } = mirror;
  const own = `refs/notes/hive-${randomBytes(8).toString('hex')}`;
  try {
    if (current) {
      await mirror.bring(current);
      await git(['update-ref', own, current], { gitDir });
    }
    await git(['notes', `--ref=${own}`, 'add', '--force', '--file=-', commit], { gitDir, input: text });
    return await gitText(['rev-parse', own], { gitDir });
  } finally {
    await git(['update-ref', '-d', own], { gitDir });
  }
};
