import { repoConfigOf, type HiveConfig } from '@hive/config';
import type { Evidence } from '@hive/events';
import { againstGit, readMerged, type Repo, type SharedRuns, type Workspace } from '@hive/workspace';
import type { LogRecords } from './log-records.ts';
import { repeatBatch } from './repeat-batch.ts';
import { repeatProof } from './repeat.ts';
import { vouch, type Witness } from './vouch.ts';

/** What came of one commit: `confirmed`, `differs`, or `cannot` when it could not be repeated here. */
export type Rechecked = {
  readonly commit: string;
  readonly subject: string;
  readonly verdict: 'confirmed' | 'differs' | 'cannot';
  readonly differences: readonly string[];
  readonly remarks: readonly string[];
  /** Why it could not be repeated. */
  readonly reason: string | null;
  readonly record: Evidence | null;
  readonly again: Evidence | null;
};

/** With what commits are checked again. `workspace` is null when only the records are compared. */
export type RecheckRequest = {
  readonly repo: Repo;
  readonly config: HiveConfig;
  readonly log: LogRecords;
  readonly witnesses: readonly Witness[];
  readonly workspace: Workspace | null;
  readonly shared: SharedRuns;
  readonly signal: AbortSignal;
};

/** Compares the records of a commit with each other and with git, and repeats the proof. Null when nobody has a record of it. */
export const recheckCommit = async (commit: string, request: RecheckRequest): Promise<Rechecked | null> => {
  const { repo, config, log, workspace, shared, signal } = request;
  const [merged, known] = await Promise.all([readMerged(repo, commit), log.whyOf(commit)]);
  const logged = known?.evidence ? [{ name: 'the log of this Hive', evidence: known.evidence }] : [];
  const witnesses = [...logged, ...request.witnesses];
  if (merged.note === null && witnesses.length === 0) return null;
  const { record, differences, remarks } = vouch(merged, witnesses);
  const told = record === null ? differences : [...differences, ...(await againstGit(repo, merged, record))];
  const about = { commit, subject: merged.subject, record, remarks, reason: null, again: null };
  const judge = (
    all: readonly string[],
    otherwise: 'confirmed' | 'cannot',
  ): Pick<Rechecked, 'verdict' | 'differences'> => ({
    verdict: all.length > 0 ? 'differs' : otherwise,
    differences: [...new Set(all)],
  });
  if (record === null || workspace === null) return { ...about, ...judge(told, 'confirmed') };
  const asked = {
    repo,
    merged,
    record,
    spec: known?.task.spec ?? null,
    tests: repoConfigOf(config, repo.root)?.tests,
    passEnv: config.sandbox.passEnv,
    shared,
    signal,
  };
  const repeated = await repeatProof(workspace, asked);
  if (repeated.kind === 'impossible') return { ...about, ...judge(told, 'cannot'), reason: repeated.reason };
  const together = record.batch ? await repeatBatch(workspace, asked, record.batch) : null;
  const all = [...told, ...repeated.differences, ...(together?.differences ?? [])];
  return {
    ...about,
    ...judge(all, together?.reason ? 'cannot' : 'confirmed'),
    remarks: [...remarks, ...repeated.remarks, ...(together?.remarks ?? [])],
    reason: together?.reason ?? null,
    again: repeated.again,
  };
};
