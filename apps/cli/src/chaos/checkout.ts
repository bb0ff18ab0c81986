import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Everything of a user's repository that Hive must leave as it is: what is there by its name, and a digest of it. */
export type Checkout = ReadonlyMap<string, string>;

/** Leaves a repository as somebody does who is in the middle of something: one file changed, another one staged, a third not known to git. */
export const makeDirty = async (repo: string): Promise<void> => {
  const { stdout } = await run('git', ['-C', repo, 'ls-files', '-z']);
  const [first = ''] = stdout.split('\0');
  await writeFile(join(repo, 'staged.txt'), 'staged\n');
  await run('git', ['-C', repo, 'add', 'staged.txt']);
  await appendFile(join(repo, first), '\nunder way\n');
  await writeFile(join(repo, 'untracked.txt'), 'not known to git\n');
};

/** Reads the working tree, and of git's folder index, HEAD, configuration, hooks, worktrees and all refs but Hive's. Changes nothing, not even the index. */
export const readCheckout = async (repo: string): Promise<Checkout> => {
  const { stdout } = await run('git', ['-C', repo, 'for-each-ref', '--format=%(refname) %(objectname)']);
  const refs = stdout.split('\n').filter((line) => !/^$|^refs\/(?:heads\/hive\/|notes\/hive )/.test(line));
  const found = new Map(refs.map((line) => line.split(' ') as [string, string])); // a name and an id
  for (const path of await readdir(repo, { recursive: true, withFileTypes: true })) {
    const name = join(path.parentPath, path.name).slice(repo.length + 1);
    if (path.isDirectory() || !isKept(name)) continue;
    const file = join(repo, name);
    found.set(name, path.isSymbolicLink() ? await readlink(file) : digest(await readFile(file)));
  }
  return found;
};

/** What of git's folder stays; the rest is objects, refs and what git leaves beside them. */
const isKept = (name: string): boolean =>
  !name.startsWith('.git/') || /^\.git\/(?:index|HEAD|config|hooks\/|worktrees\/|info\/|modules\/)/.test(name);

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What is not as it was, by name. */
export const changedIn = (before: Checkout, after: Checkout): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name)).toSorted();
