import { expect, test } from 'vitest';
import { createTestRepo } from '../testing.ts';
import { gitPipe } from './git.ts';

test('whichever end of a pipe fails, the other one is not waited for', async () => {
  const { root, first } = createTestRepo({ 'large.txt': 'x\n'.repeat(500_000) });
  const gitDir = `${root}/.git`;
  const speaks = { args: ['cat-file', 'blob', `${first}:large.txt`], options: { gitDir } };
  const listens = { args: ['hash-object', '--stdin'], options: { gitDir } };
  const fails = { args: ['no-such-command'], options: { gitDir } };
  await expect(gitPipe(speaks, fails)).rejects.toThrow('no-such-command');
  await expect(gitPipe(fails, listens)).rejects.toThrow('no-such-command');
  await expect(gitPipe(speaks, listens)).resolves.toBeUndefined();
});
