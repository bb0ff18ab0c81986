import { HiveError, beginningOf } from '@hive/errors';
import { git, gitText } from '../git/git.ts';
import { diffOf } from '../git/diff.ts';
import { weighChange } from '../git/weigh-change.ts';
import type { Repo } from '../port.ts';
import { resolve, resolveBase } from './repo.ts';

/** What `hive submit` was given: the bytes of a patch, or the name of a commit or branch. */
export type Submitted =
  { readonly kind: 'patch'; readonly bytes: Uint8Array } | { readonly kind: 'rev'; readonly name: string };

/** A change as a patch on a base, with a title for people; `tip` where it was a commit, the last of several. */
export type Change = {
  readonly base: string;
  readonly patch: Uint8Array;
  readonly title: string;
  readonly tip?: string;
};

/**
 * Decides base and patch of a submitted change. A patch applies to HEAD; a commit means itself alone, on its first parent;
 * a local branch means all since its merge base with HEAD, or its last commit when HEAD has all of it. `base` overrides.
 */
export const changeOf = async (repo: Repo, what: Submitted, base?: string): Promise<Change> => {
  if (what.kind === 'patch')
    return { base: await resolveBase(repo, base), patch: what.bytes, title: titleOf(what.bytes) };
  const { name } = what;
  const tip = await resolve(repo.gitDir, name);
  if (!tip)
    throw new HiveError('input.invalid', `${name} is neither a file nor a commit or branch of ${repo.root}`, {
      details: { name },
    });
  const from = base === undefined ? await naturalBase(repo, name, tip) : await resolveBase(repo, base);
  await weighChange(repo.gitDir, { from, to: tip });
  const title = await gitText(['log', '-1', '--format=%s', tip, '--'], { gitDir: repo.gitDir });
  return { base: from, patch: await diffOf(repo.gitDir, from, tip), title: title || name, tip };
};

const naturalBase = async (repo: Repo, name: string, tip: string): Promise<string> => {
  const { gitDir } = repo;
  const branch = await git(['show-ref', '--verify', '--quiet', '--', `refs/heads/${name}`], {
    gitDir,
    ok: [0, 1, 128],
  });
  if (branch.code === 0) {
    const merged = await git(['merge-base', tip, repo.head], { gitDir, ok: [0, 1] });
    const base = merged.stdout.toString('utf8').trim();
    if (base && base !== tip) return base;
  }
  const parent = await resolve(gitDir, `${tip}^1`);
  if (parent) return parent;
  const isShallow = (await gitText(['rev-parse', '--is-shallow-repository'], { gitDir })) === 'true';
  throw new HiveError(
    'input.invalid',
    isShallow
      ? `What came before ${name} (${tip.slice(0, 8)}) is not in this shallow clone; get it with: git -C ${repo.root} fetch --deepen=1`
      : `${name} (${tip.slice(0, 8)}) has no parent here to compare with; name one with --base`,
    { details: { name, tip } },
  );
};

/** The subject of a mailed patch, else the files that it names. */
const titleOf = (bytes: Uint8Array): string => {
  const head = Buffer.from(bytes.subarray(0, 20_000)).toString('utf8');
  const subject = /^Subject: ((?:.+)(?:\r?\n[ \t].+)*)/m.exec(head.split(/^diff --git /m)[0] ?? '')?.[1];
  if (subject)
    return beginningOf(
      subject
        .replace(/\r?\n[ \t]+/g, ' ')
        .replace(/^\[PATCH[^\]]*\]\s*/, '')
        .trim(),
      300,
    );
  const file = /^\+\+\+ (?:b\/)?(.+?)\s*$/m.exec(head)?.[1];
  return file && file !== '/dev/null' ? beginningOf(`Change ${file}`, 300) : 'Change from a patch';
};
