import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { calm, createTestRepo, createTestWorkspace, plain, tempFolder } from '../../testing.ts';

/** Stands for srt: notes its arguments, environment and settings, and runs the command on the machine itself; of the trial it does what srt would do. */
const fake = (notes: string) => `const { spawnSync } = require('node:child_process');
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const [, , , settings, , ...argv] = process.argv;
const note = { argv: process.argv.slice(2), path: process.env.PATH, tmp: process.env.CLAUDE_CODE_TMPDIR, settings: JSON.parse(readFileSync(settings)) };
appendFileSync(${JSON.stringify(notes)}, JSON.stringify(note) + '\\n');
if (argv[5] === 'probe') writeFileSync(require('node:path').join(note.settings.filesystem.allowWrite[0], 'inside'), '');
else process.exit(spawnSync(argv[0], argv.slice(1), { stdio: 'inherit' }).status);
`;

test('srt is told what a command may read, write and reach, and looks for nothing in the worktree', async () => {
  const folder = tempFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const notes = join(folder, 'notes');
  writeFileSync(join(bin, 'srt'), fake(notes), { mode: 0o755 });
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: folder };
  const sandbox = { mode: 'required', allowUnsandboxed: false, backend: 'srt' } as const;
  const { workspace, home, incarnation } = createTestWorkspace({ sandbox, env });
  expect(await workspace.sandbox()).toMatchObject({ kind: 'srt' });
  const repo = createTestRepo({ 'a.txt': 'a\n' });
  const tree = await workspace.open({ repo: repo.root, base: repo.first, ...plain, modelAuthored: true });
  const ran = await tree.run(['sh', '-c', 'echo $PATH; exit 4'], { timeoutMs: 20_000, signal: calm });
  expect(ran).toMatchObject({ exit: 4, tail: expect.stringContaining(join(tree.dir, 'node_modules')) as string });
  const last = JSON.parse(readFileSync(notes, 'utf8').trim().split('\n').at(-1) ?? '') as {
    path: string;
    tmp: string;
    settings: { network: unknown; filesystem: { denyRead: string[]; allowRead: string[]; allowWrite: string[] } };
  };
  expect(last.path).toBe(env.PATH);
  expect(last.tmp).toBe(join(tree.dir, '..', 'tmp'));
  expect(last.settings.network).toEqual({ allowedDomains: [], deniedDomains: [] });
  const { denyRead, allowRead, allowWrite } = last.settings.filesystem;
  expect(denyRead).toEqual(expect.arrayContaining([home, folder]));
  expect(allowWrite).toEqual([tree.dir, join(tree.dir, '..', 'home'), join(tree.dir, '..', 'tmp')]);
  expect(allowRead).toEqual(expect.arrayContaining(allowWrite));
  expect(readdirSync(join(home, 'run', 'srt'))).toEqual([]);
  await workspace.cleanUp(incarnation);
});

test('without srt there is no such sandbox, and how to get it is said', async () => {
  const sandbox = { mode: 'auto', allowUnsandboxed: false, backend: 'srt' } as const;
  const { workspace } = createTestWorkspace({ sandbox, env: { PATH: '/nonexistent' } });
  expect(await workspace.sandbox()).toMatchObject({
    kind: 'none',
    note: expect.stringContaining('npm install --global') as string,
  });
});
