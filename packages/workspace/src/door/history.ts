import { HiveError } from '@hive/errors';
import { pathsBetween } from '../git/diff.ts';
import { git, gitList, gitText } from '../git/git.ts';
import { tooLarge } from '../git/weigh-change.ts';
import type { Repo } from '../port.ts';
import { resolve } from './repo.ts';

/** One commit of the user's history, as the branch got it: compared with its first parent. */
export type PastCommit = {
  readonly commit: string;
  /** The first parent; null for a commit that has none here. */
  readonly parent: string | null;
  readonly isMerge: boolean;
  readonly subject: string;
  /** What differs from the first parent, sorted; both sides of a rename. */
  readonly paths: readonly string[];
  /** How it is too large for Hive to take as a change, half a sentence; null when it is not. */
  readonly tooLarge: string | null;
};

/** A part of a history, newest first. */
export type History = {
  readonly commits: readonly PastCommit[];
  /** True for a clone without all of its history. */
  readonly isShallow: boolean;
};

/** How many commits are taken when nobody says. */
const usual = 10;

/**
 * The commits that are meant, along first parents: `A..B`; a branch (what it has and HEAD has not, else its last ones); a single commit;
 * nothing (the last ones of HEAD). `count` bounds them. Throws `repo.base_unknown` or `input.invalid` with one sentence.
 */
export const historyOf = async (
  repo: Repo,
  asked: { readonly range: string | undefined; readonly count: number | undefined },
): Promise<History> => {
  const { gitDir } = repo;
  const { from, to, count } = await endsOf(repo, asked);
  const limit = count === undefined ? [] : [`--max-count=${count}`];
  const without = from === null ? [] : [`^${from}`];
  const lines = await gitList(['log', '-z', '--first-parent', ...limit, '--format=%H %P%x09%s', to, ...without, '--'], {
    gitDir,
  });
  if (lines.length === 0)
    throw new HiveError(
      'input.invalid',
      `${asked.range} holds no commit; the older end of a range comes first: OLD..NEW`,
    );
  const isShallow = (await gitText(['rev-parse', '--is-shallow-repository'], { gitDir })) === 'true';
  return { commits: await Promise.all(lines.map((line) => pastCommit(gitDir, line))), isShallow };
};

const pastCommit = async (gitDir: string, line: string): Promise<PastCommit> => {
  const tab = line.indexOf('\t');
  const [commit = '', parent = null, second] = line.slice(0, tab).trim().split(' ');
  return {
    commit,
    parent,
    isMerge: second !== undefined,
    subject: line.slice(tab + 1),
    paths: parent === null ? [] : await pathsBetween(gitDir, parent, commit),
    tooLarge: parent === null ? null : await tooLarge(gitDir, { from: parent, to: commit }),
  };
};

type Ends = { readonly from: string | null; readonly to: string; readonly count: number | undefined };

const endsOf = async (
  repo: Repo,
  { range, count }: { readonly range: string | undefined; readonly count: number | undefined },
): Promise<Ends> => {
  if (range === undefined) return { from: null, to: repo.head, count: count ?? usual };
  if (range.includes('...')) throw new HiveError('input.invalid', `${range} has three dots; write OLD..NEW`);
  const [older, newer] = range.split('..');
  if (newer !== undefined)
    return { from: await named(repo, older || 'HEAD'), to: await named(repo, newer || 'HEAD'), count };
  const to = await named(repo, range);
  if (count !== undefined) return { from: null, to, count };
  if (!(await isBranch(repo.gitDir, range))) return { from: null, to, count: range === 'HEAD' ? usual : 1 };
  const since = await sinceHead(repo, to);
  return { from: since, to, count: since === null ? usual : undefined };
};

const isBranch = async (gitDir: string, name: string): Promise<boolean> => {
  const found = await git(['show-ref', '--verify', '--quiet', '--', `refs/heads/${name}`], { gitDir, ok: [0, 1, 128] });
  return found.code === 0;
};

/** Where a branch left the line of HEAD; null when HEAD has all of it, or nothing. */
const sinceHead = async (repo: Repo, tip: string): Promise<string | null> => {
  const found = await git(['merge-base', tip, repo.head], { gitDir: repo.gitDir, ok: [0, 1] });
  const base = found.stdout.toString('utf8').trim();
  return base === '' || base === tip ? null : base;
};

/** A commit by any name that git knows. One that counts back too far is told how far the history goes. */
const named = async (repo: Repo, name: string): Promise<string> => {
  const sha = await resolve(repo.gitDir, name);
  if (sha) return sha;
  const start = /^(.+?)(?:~\d*|\^)+$/.exec(name)?.[1];
  const tip = start === undefined ? null : await resolve(repo.gitDir, start);
  if (tip === null)
    throw new HiveError('repo.base_unknown', `${repo.root} has no commit named ${name}`, { details: { ref: name } });
  const length = await gitText(['rev-list', '--first-parent', '--count', tip, '--'], { gitDir: repo.gitDir });
  throw new HiveError(
    'repo.base_unknown',
    `${repo.root} has no commit ${name}: ${start} has ${length === '1' ? '1 commit' : `${length} commits`}; -n takes the last ones, as many as there are`,
    { details: { ref: name } },
  );
};
