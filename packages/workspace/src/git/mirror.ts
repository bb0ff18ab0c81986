import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HiveError } from '@hive/errors';
import { failpoint } from '@hive/failpoints';
import { reachable } from '../command/reach.ts';
import { setMark, touchMark } from '../disk/mark.ts';
import { findGitDir } from './find-git-dir.ts';
import { git, gitPipe, gitText, type GitOptions, type Owner } from './git.ts';
import { withLock } from './lock.ts';
import { mirrorName } from './mirror-name.ts';

/**
 * Hive's own bare repository for one repository of the user: bases (one commit deep), Hive's commits, branches and notes.
 * All processes of one HIVE_HOME share it.
 */
export type Mirror = {
  readonly gitDir: string;
  /** Tells this mirror from one that was made later in its place. */
  readonly id: string;
  readonly user: User;
  /** Makes sure that a commit and its tree are here; copies them from the user's repository if not. Throws `repo.base_unknown`. */
  bring(sha: string): Promise<void>;
  /** Copies what the user's repository lacks of these commits into it, as objects only. `have` may be there already. */
  give(shas: readonly string[], have: readonly string[]): Promise<void>;
};

/** The user's repository as the target of git calls. */
export type User = {
  readonly root: string;
  readonly gitDir: string;
  /** Who the repository belongs to, when that is not who Hive runs as. */
  readonly owner?: Owner;
};

/** How git is called to write there. */
export const writingTo = ({ gitDir, owner }: User): GitOptions => ({ gitDir, ...(owner && { owner }) });

/** One ref per base, named as the commit; the mirror's refs are loose files, so listing them takes no process. */
const baseRefs = 'refs/hive/bases';

/** Opens (and makes, the first time) the mirror of the repository that `dir` is in. */
export const openMirror = async (home: string, dir: string): Promise<Mirror> => {
  const found = await findGitDir(dir);
  if (!found) throw new HiveError('repo.invalid', `${dir} is not a git repository any more`);
  const gitDir = join(home, 'mirrors', `${mirrorName(found.root)}.git`);
  const user = { ...found, ...(await ownerOf(found.gitDir)) };
  const id = (await useMirror(gitDir)) ?? (await withLock(`${gitDir}.lock`, () => create(gitDir, user)));
  const here = new Set<string>();
  return {
    gitDir,
    id,
    user,
    bring: async (sha) => {
      if (here.has(sha)) return;
      await bring(gitDir, user, sha);
      here.add(sha);
    },
    give: (shas, have) => give(gitDir, user, shas, have),
  };
};

/** The mark of a mirror: touched by each use, and taken away before the mirror is removed. */
export const mirrorMark = (gitDir: string): string => join(gitDir, 'hive-used');

/** Says that a mirror is used, so that it is not removed now. Answers its id; null when it has to be made (again). */
export const useMirror = (gitDir: string): Promise<string | null> => touchMark(mirrorMark(gitDir));

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

const ownerOf = async (gitDir: string): Promise<{ owner?: Owner }> => {
  const { uid, gid } = await stat(gitDir);
  const isOther = process.getuid?.() === 0 && uid !== 0;
  return isOther && (await reachable(gitDir, { uid, gid })) ? { owner: { uid, gid } } : {};
};

const create = async (gitDir: string, user: User): Promise<string> => {
  const known = await useMirror(gitDir);
  if (known !== null) return known;
  const id = randomUUID();
  if (await exists(gitDir)) {
    await setMark(mirrorMark(gitDir), id);
    return id;
  }
  const format = await gitText(['rev-parse', '--show-object-format'], { gitDir: user.gitDir });
  const fresh = `${gitDir}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  await git(['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, '--', fresh], {
    env: { GIT_DEFAULT_REF_FORMAT: 'files' },
  });
  await setMark(mirrorMark(fresh), id);
  await rename(fresh, gitDir);
  await failpoint('mirror.made');
  return id;
};

const has = async (gitDir: string, sha: string) =>
  (await git(['cat-file', '-e', `${sha}^{commit}`], { gitDir, ok: [0, 1, 128] })).code === 0;

const bring = async (gitDir: string, user: User, sha: string): Promise<void> => {
  if (await has(gitDir, sha)) return;
  await withLock(`${gitDir}.lock`, async () => {
    if (await has(gitDir, sha)) return;
    if (!(await has(user.gitDir, sha)))
      throw new HiveError('repo.base_unknown', `${user.root} has no commit ${sha}`, { details: { sha } });
    const bases = await shared(gitDir, user);
    // Before the objects: a commit that is here is always known to end here. A line without its commit does no harm.
    await appendFile(join(gitDir, 'shallow'), `${sha}\n`);
    // The bases are cut off from their history too: the mirror has nothing of it, although the user's repository does.
    const cut = [sha, ...bases].map((base) => `--shallow ${base}\n`).join('');
    await gitPipe(
      pack(user.gitDir, `${cut}${sha}\n${bases.map((base) => `^${base}\n`).join('')}`),
      // One pack, moved into place when it is whole: after a kill the commit is here with its tree, or not at all.
      { args: ['index-pack', '--stdin', '--fix-thin'], options: { gitDir } },
    ).catch((error: unknown) => lacking(user, sha, error));
    await failpoint('mirror.brought');
    await git(['update-ref', `${baseRefs}/${sha}`, sha], { gitDir });
  });
};

/** A partial clone has not all that its commits name, and Hive fetches nothing: that is for its owner to do. */
const lacking = async (user: User, sha: string, error: unknown): Promise<never> => {
  const partial = ['config', '--get-regexp', '^remote\\..*\\.promisor$'];
  const found = await git(partial, { gitDir: user.gitDir, ok: [0, 1, 128] });
  const [, remote] = /^remote\.(.*)\.promisor true$/m.exec(found.stdout.toString('utf8')) ?? [];
  if (remote === undefined) throw error;
  throw new HiveError(
    'repo.invalid',
    `${user.root} is a partial clone and lacks files of ${sha.slice(0, 12)}; get them with: git -C ${user.root} fetch --refetch --no-filter ${remote}`,
    { details: { sha }, cause: error },
  );
};

const pack = (gitDir: string, input: string): { args: string[]; options: GitOptions } => ({
  args: ['pack-objects', '--quiet', '--revs', '--thin', '--shallow', '--stdout'],
  options: { gitDir, input },
});

const give = async (gitDir: string, user: User, shas: readonly string[], have: readonly string[]): Promise<void> => {
  const known = await shared(gitDir, user, have);
  const input = [...shas.map((sha) => `${sha}\n`), ...known.map((sha) => `^${sha}\n`)].join('');
  await gitPipe(pack(gitDir, input), {
    args: ['unpack-objects', '-q'],
    options: { gitDir: user.gitDir, ...(user.owner && { owner: user.owner }) },
  });
};

/** What need not be sent, because both repositories hold it: bases that the user's has not pruned, and `more`. */
const shared = async (gitDir: string, user: User, more: readonly string[] = []): Promise<string[]> => {
  const bases = await readdir(join(gitDir, baseRefs)).catch(() => []);
  const shas = [...new Set([...bases, ...more])];
  if (shas.length === 0) return [];
  const there = await present(user.gitDir, shas.map((sha) => `${sha}\n`).join(''));
  return shas.filter((sha) => there.has(sha));
};

const present = async (gitDir: string, input: string): Promise<Set<string>> => {
  const lines = await gitText(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { gitDir, input });
  return new Set(
    lines
      .split('\n')
      .filter((line) => line.endsWith(' commit'))
      .map((line) => line.split(' ')[0] ?? ''),
  );
};
