import { resolve } from 'node:path';
import { HiveError } from '@hive/errors';
import {
  assertHomeOutside,
  createSharedRuns,
  historyOf,
  notedCommits,
  openRepo,
  resolveBase,
  type Repo,
} from '@hive/workspace';
import type { Cli } from '../cli.ts';
import { openWorkspace } from '../desk/open-workspace.ts';
import { usualJobs } from '../prove/prove-history.ts';
import { readSigned } from '../statement/read-signed.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';
import { openLogRecords } from './log-records.ts';
import { recheckCommit, type Rechecked } from './recheck-commit.ts';
import { rechecked as rows, summary } from './tell.ts';

/** What `hive recheck` was asked. */
export type RecheckAsked = {
  readonly what: string | undefined;
  readonly all: boolean;
  readonly repo: string;
  readonly recordOnly: boolean;
  readonly statement: string | undefined;
  readonly publicKey: string | undefined;
};

/**
 * Repeats what merges recorded and compares. 0: all confirmed; 1: something differs, a signature included; 78: something could not be repeated
 * here; 130: interrupted. Throws for wrong usage and for a commit that nobody has a record of.
 */
export const runRecheck = async (cli: Cli, asked: RecheckAsked): Promise<number> => {
  const { out, interrupted: signal } = cli;
  const config = await cli.config();
  const repo = await openRepo(resolve(cli.cwd, asked.repo));
  await assertHomeOutside(config.home, repo);
  const signed =
    asked.statement === undefined ? null : readSigned(cli.cwd, config.home, { ...asked, statement: asked.statement });
  const commits = await commitsOf(repo, signed ? { ...asked, what: asked.what ?? signed.commit } : asked);
  if (signed) out.line(`${out.colour.green('✔ signed')}     by ${signed.keyName}, for ${signed.commit.slice(0, 8)}`);
  const witnesses = signed ? [{ name: 'the signed statement', evidence: signed.evidence }] : [];
  const log = await openLogRecords(cli);
  const own = asked.recordOnly ? null : openWorkspace(config, cli.env);
  const done: Rechecked[] = [];
  try {
    const shared = createSharedRuns({ atOnce: usualJobs() });
    const request = { repo, config, log, witnesses, workspace: own?.workspace ?? null, shared, signal };
    for (const commit of commits) {
      const text = `${commit.slice(0, 8)}, ${done.length} of ${commits.length}`;
      const one = await whileWaiting(out, text, recheckCommit(commit, request));
      if (one === null) throw noRecord(commit);
      done.push(one);
      out.line(...rows(out.colour, one, { isAlone: commits.length === 1 }));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await own?.close();
    await log.close();
  }
  out.line(...summary(out.colour, done, { all: commits.length, ran: own !== null }));
  out.document({ repo: repo.root, signedBy: signed?.keyName ?? null, commits: done, interrupted: signal.aborted });
  if (signal.aborted) return 130;
  if (done.some(({ verdict }) => verdict === 'differs')) return 1;
  return done.some(({ verdict }) => verdict === 'cannot') ? 78 : 0;
};

const noRecord = (commit: string) =>
  new HiveError(
    'input.unknown_id',
    `Nobody here has a record of ${commit.slice(0, 12)}: it has no note under refs/notes/hive, and this Hive did not merge it`,
  );

const commitsOf = async (repo: Repo, { what, all }: RecheckAsked): Promise<string[]> => {
  if ((what === undefined) !== all)
    throw new HiveError(
      'input.invalid',
      'Say which commit or range, or --all for every commit that has a note of Hive',
    );
  if (what !== undefined && !what.includes('..')) return [await resolveBase(repo, what)];
  const noted = await notedCommits(repo);
  const range = what === undefined ? null : await historyOf(repo, { range: what, count: undefined });
  const found = range ? range.commits.map(({ commit }) => commit).filter((commit) => noted.includes(commit)) : noted;
  if (found.length > 0) return found;
  throw new HiveError('input.invalid', `No commit of ${what ?? repo.root} has a note of Hive (refs/notes/hive)`);
};
