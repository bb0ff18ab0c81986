import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { changeOf } from './door/change-of.ts';
import { checkPatch } from './door/check-patch.ts';
import { assertWritable, openRepo } from './door/repo.ts';
import { createTestRepo, createTestWorkspace, fingerprint, plain, tempFolder } from './testing.ts';

/** Writes down that it was started. */
const createCanary = () => {
  const ran = join(tempFolder(), 'ran');
  const program = join(tempFolder(), 'program');
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${ran}'\ncat\n`, { mode: 0o755 });
  return { program, ran: () => (existsSync(ran) ? readFileSync(ran, 'utf8') : '') };
};

/** A change of this repository on its way: the door, a worktree with an edit, a commit. */
const through = async (root: string, path = 'new.txt') => {
  const { workspace, home } = createTestWorkspace();
  const repo = await openRepo(root);
  const tree = await workspace.open({ repo: repo.root, base: repo.head, ...plain });
  const clean = await tree.changedPaths();
  writeFileSync(join(tree.dir, path), 'n\n');
  const made = await tree.commit({ subject: 'Change', trailers: {} });
  const patch = Buffer.from(made?.patch ?? []);
  await checkPatch({ home, repo, base: repo.head, patch });
  return { workspace, repo, tree, clean, made, patch: patch.toString() };
};

test('names that hurt, links that lead out, submodules and LFS pointers are what they are, and start nothing', async () => {
  const canary = createCanary();
  const outside = tempFolder();
  writeFileSync(join(outside, 'secret.txt'), 'secret\n');
  const names = ['-rf', 'a\nb', 'evil\u202egnp.txt', 'Case.txt', 'case.txt', '.npmrc', '.gitattributes', 'big.psd'];
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
  const user = createTestRepo(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
  user.write({ '.gitattributes': '*.psd filter=lfs diff=lfs merge=lfs -text\n* ident\n', 'big.psd': pointer });
  for (const [path, target] of [
    ['out', join(outside, 'secret.txt')],
    ['up', '../../../../etc'],
  ] as const) {
    const blob = execFileSync('git', ['hash-object', '-w', '--stdin'], {
      cwd: user.root,
      input: target,
      encoding: 'utf8',
    });
    user.git('update-index', '--add', '--cacheinfo', `120000,${blob.trim()},${path}`);
  }
  user.git('update-index', '--add', '--cacheinfo', `160000,${user.first},vendor/lib`);
  user.git('add', '.gitattributes', 'big.psd');
  user.git('commit', '-q', '-m', 'Traps');
  user.git('checkout', '-q', '--detach');
  user.write({ 'dirty.txt': 'mine\n' });
  // Last: the user's own git runs them whenever a file is as young as the index.
  for (const key of [
    'filter.lfs.smudge',
    'filter.lfs.clean',
    'filter.lfs.process',
    'diff.lfs.textconv',
    'diff.lfs.command',
  ])
    user.git('config', key, canary.program);
  const before = fingerprint(user.root);
  const { tree, clean, patch } = await through(user.root);
  expect(clean).toEqual([]);
  expect(names.filter((name) => !existsSync(join(tree.dir, name)))).toEqual([]);
  expect(readFileSync(join(tree.dir, 'big.psd'), 'utf8')).toBe(pointer);
  expect(readlinkSync(join(tree.dir, 'out'))).toBe(join(outside, 'secret.txt'));
  expect(lstatSync(join(tree.dir, 'vendor', 'lib')).isDirectory()).toBe(true);
  expect(patch).not.toContain('secret');
  await tree.remove();
  expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('secret\n');
  expect(fingerprint(user.root)).toEqual(before);
  expect(canary.ran()).toBe('');
});

test('a signed commit is handed in without asking the program that the repository names for signatures', async () => {
  const canary = createCanary();
  const user = createTestRepo();
  const signed = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    cwd: user.root,
    encoding: 'utf8',
    input: `tree ${user.git('rev-parse', `${user.commit({ 'a.txt': 'a\n' })}^{tree}`)}\nparent ${user.first}\nauthor A <a@b.c> 1700000000 +0000\ncommitter A <a@b.c> 1700000000 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\n\nSigned\n`,
  }).trim();
  user.git('config', 'log.showSignature', 'true');
  user.git('config', 'gpg.program', canary.program);
  const change = await changeOf(await openRepo(user.root), { kind: 'rev', name: signed });
  expect(change.title).toBe('Signed');
  expect(canary.ran()).toBe('');
});

test('replaced and grafted history is not believed', async () => {
  const user = createTestRepo({ 'a.txt': 'one\n' });
  const second = user.commit({ 'a.txt': 'two\n' }, 'Second');
  const fake = user.commit({ 'a.txt': 'fake\n' }, 'Fake');
  user.git('reset', '-q', '--hard', second);
  user.git('replace', second, fake);
  writeFileSync(join(user.root, '.git', 'info', 'grafts'), `${second} ${fake}\n`);
  const { tree, patch } = await through(user.root);
  expect(readFileSync(join(tree.dir, 'a.txt'), 'utf8')).toBe('two\n');
  expect(patch).toContain('new.txt');
  expect((await changeOf(await openRepo(user.root), { kind: 'rev', name: 'HEAD' })).base).toBe(user.first);
});

test('repositories of every make are worked on: sha256, shallow, borrowed objects, odd paths, a working tree elsewhere', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  user.commit({ 'a.txt': 'b\n' });
  const folder = tempFolder();
  const make = (name: string, ...args: string[]) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    execFileSync('git', ['clone', '-q', ...args, user.root, path], { stdio: 'pipe' });
    return path;
  };
  const modern = join(folder, 'modern');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', modern, '-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args]);
  execFileSync('git', ['init', '-q', '--object-format=sha256', modern]);
  git('commit', '-q', '--allow-empty', '-m', 'Begin');
  const elsewhere = make('elsewhere');
  execFileSync('git', ['-C', elsewhere, 'config', 'core.worktree', tempFolder()]);
  const bare = make('bare.git', '--bare');
  for (const root of [
    modern,
    make('shallow', '--depth=1', '--no-local'),
    make('borrowed', '--shared'),
    make('-rf'),
    make('a\nb/"#c'),
    elsewhere,
    bare,
  ])
    expect((await through(root)).patch, root).toContain('+++ b/new.txt');
});

test('a repository that git cannot read is told as that, and not as an empty one', async () => {
  const user = createTestRepo();
  const opened = () =>
    openRepo(user.root).then(
      () => 'opened',
      (error: Error & { code: string }) => `${error.code} ${error.message}`,
    );
  const config = join(user.root, '.git', 'config');
  const good = readFileSync(config);
  appendFileSync(config, '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tunheardOf = true\n');
  expect(await opened()).toMatch(/^repo.invalid git cannot read .*unheardof/i);
  writeFileSync(config, '[core\n');
  expect(await opened()).toMatch(/^repo.invalid git cannot read .*bad config/);
  writeFileSync(config, good);
  renameSync(join(user.root, '.git', 'refs', 'heads', 'main'), join(user.root, 'ref'));
  expect(await opened()).toMatch(/^repo.no_commits/);
});

test('a repository that cannot be written is refused before any work', async ({ skip }) => {
  const user = createTestRepo();
  const repo = await openRepo(user.root);
  await assertWritable(repo);
  if (process.getuid?.() === 0) skip('root may write everywhere');
  const heads = join(user.root, '.git', 'refs', 'heads');
  chmodSync(heads, 0o500);
  const refused = assertWritable(repo).finally(() => chmodSync(heads, 0o700));
  await expect(refused).rejects.toMatchObject({ code: 'repo.invalid' });
});

test('a partial clone that lacks files of the base says so, and fetches nothing', async () => {
  const canary = createCanary();
  const user = createTestRepo({ 'a.txt': 'one\n' });
  user.commit({ 'a.txt': 'two\n' });
  user.git('config', 'uploadpack.allowFilter', 'true');
  const clone = join(tempFolder(), 'clone');
  execFileSync('git', ['clone', '-q', '--no-local', '--filter=blob:none', user.root, clone], { stdio: 'pipe' });
  execFileSync('git', ['-C', clone, 'config', 'remote.origin.uploadpack', canary.program]);
  expect((await through(clone)).patch).toContain('new.txt');
  const { workspace } = createTestWorkspace();
  await expect(workspace.open({ repo: clone, base: user.first, ...plain })).rejects.toMatchObject({
    code: 'repo.invalid',
    message: expect.stringMatching(/partial clone .* lacks .*git -C .* fetch --refetch --no-filter/) as string,
  });
  expect(canary.ran()).toBe('');
});
