import { execFile } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createTestRepo, createTestWorkspace, fingerprint, plain, tempFolder } from '../testing.ts';
import { git, gitText } from './git.ts';
import { openMirror } from './mirror.ts';

const index = join(import.meta.dirname, 'mirror.ts');

test('processes that meet at one mirror all find their base in it', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const bases = [user.first, ...[1, 2, 3].map((number) => user.commit({ 'a.txt': `${number}\n` }))];
  const home = tempFolder();
  const script = `const { openMirror } = await import(process.argv[1]);
    const mirror = await openMirror(process.argv[2], process.argv[3]);
    for (const sha of process.argv.slice(4)) await mirror.bring(sha);`;
  const run = (...shas: string[]) =>
    promisify(execFile)(process.execPath, [
      '--no-warnings',
      '--input-type=module',
      '-e',
      script,
      index,
      home,
      user.root,
      ...shas,
    ]);
  await Promise.all([run(...bases), run(...bases.toReversed())]);
  const { gitDir } = await openMirror(home, user.root);
  for (const sha of bases) expect(await gitText(['rev-parse', `${sha}^{tree}`], { gitDir })).toMatch(/^[0-9a-f]{40}$/);
  expect((await git(['fsck', '--connectivity-only'], { gitDir })).code).toBe(0);
  expect(readdirSync(join(home, 'mirrors')).filter((name) => !name.endsWith('.git'))).toEqual([]);
});

test('only the commit that is needed is copied, once, and the repository is not changed by it', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n', 'big.txt': 'x'.repeat(1000) });
  const second = user.commit({ 'a.txt': 'b\n' });
  const before = fingerprint(user.root);
  const mirror = await openMirror(tempFolder(), user.root);
  await mirror.bring(second);
  expect(fingerprint(user.root)).toEqual(before);
  expect((await git(['cat-file', '-e', user.first], { gitDir: mirror.gitDir, ok: [0, 1, 128] })).code).not.toBe(0);
  const third = user.commit({ 'a.txt': 'c\n' });
  await mirror.bring(third);
  expect(await gitText(['rev-list', '--all', '--count'], { gitDir: mirror.gitDir })).toBe('2');
  rmSync(user.root, { recursive: true });
  await mirror.bring(third);
});

test('an older commit can be brought after a newer one', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const second = user.commit({ 'a.txt': 'b\n' });
  const third = user.commit({ 'a.txt': 'c\n', 'b.txt': 'b\n' });
  const mirror = await openMirror(tempFolder(), user.root);
  for (const sha of [third, user.first, second]) await mirror.bring(sha);
  expect(await gitText(['show', `${second}:a.txt`], { gitDir: mirror.gitDir })).toBe('b');
});

test('a shallow clone and a commit that no ref reaches serve as base', async () => {
  const origin = createTestRepo({ 'a.txt': 'a\n' });
  origin.commit({ 'a.txt': 'b\n' });
  const shallow = join(tempFolder(), 'shallow');
  origin.git('clone', '-q', '--depth=1', `file://${origin.root}`, shallow);
  const head = origin.git('rev-parse', 'HEAD');
  const lost = origin.commit({ 'a.txt': 'lost\n' });
  origin.git('reset', '-q', '--hard', head);
  const { workspace } = createTestWorkspace();
  for (const [repo, base] of [
    [shallow, head],
    [origin.root, lost],
  ] as const) {
    const tree = await workspace.open({ repo, base, ...plain });
    writeFileSync(join(tree.dir, 'new.txt'), 'n');
    const made = await tree.commit({ subject: 'x', trailers: {} });
    expect(made?.patch.length).toBeGreaterThan(0);
    await tree.remove();
  }
});

test('a base that the repository does not have is named', async () => {
  const user = createTestRepo();
  const { workspace } = createTestWorkspace();
  await expect(workspace.open({ repo: user.root, base: '1'.repeat(40), ...plain })).rejects.toMatchObject({
    code: 'repo.base_unknown',
  });
  await expect(workspace.open({ repo: tempFolder(), base: user.first, ...plain })).rejects.toMatchObject({
    code: 'repo.invalid',
  });
});
