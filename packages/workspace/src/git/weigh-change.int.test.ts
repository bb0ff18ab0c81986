import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestRepo } from '../testing.ts';
import { namesRemoved, tooLarge, weighChange } from './weigh-change.ts';

test('a change is weighed before it is read: files that are too large, and new submodules', async () => {
  const user = createTestRepo({ 'old.bin': 'x'.repeat(5000), 'a.txt': 'a\n' });
  const gitDir = join(user.root, '.git');
  const weigh = (from: string, to: string) => weighChange(gitDir, { from, to, limit: 1000 });
  const small = user.commit({ 'a.txt': 'b\n' });
  await weigh(user.first, small);
  const other = user.commit({ 'old.bin': 'y'.repeat(5) });
  await expect(weigh(small, other)).rejects.toMatchObject({
    message: 'The change is larger than 0.001 MB (with old.bin, 0.0 MB); hand it in in parts, or leave large files out',
  });
  expect(await tooLarge(gitDir, { from: small, to: other, limit: 5000 })).toBe(null);
  // What is removed is named where it is too much.
  const without = user.commit({ 'old.bin': null });
  await weigh(small, without);
  const named = (limit: number) => namesRemoved(gitDir, { from: small, to: without, limit });
  expect([await named(1000), await named(5000)]).toEqual([true, false]);
  const large = user.commit({ ':100644 160000 a b M': 'x'.repeat(1001) });
  await expect(weigh(without, large)).rejects.toMatchObject({
    code: 'input.invalid',
    message: expect.stringContaining(':100644 160000 a b M, 0.0 MB') as string,
  });
  user.git('rm', '-q', '--cached', '*');
  user.git('update-index', '--add', '--cacheinfo', `160000,${small},sub`);
  user.git('commit', '-q', '-m', 'Link');
  const linked = user.git('rev-parse', 'HEAD');
  await expect(weigh(large, linked)).rejects.toMatchObject({ code: 'policy.denied' });
  user.git('update-index', '--cacheinfo', `160000,${large},sub`);
  user.git('commit', '-q', '-m', 'Move on');
  await weigh(linked, user.git('rev-parse', 'HEAD'));
});
