import { isHiveError, outcomeOf, type HiveError } from '@hive/errors';
import type { Check, Evidence, PlannedTask, Setup } from '@hive/events';
import {
  compareProofs,
  findSetup,
  type MergedCommit,
  type Repo,
  type SharedRuns,
  type Workspace,
} from '@hive/workspace';

/** What came of repeating a proof: the differences, or why it could not be repeated. */
export type Repeated =
  | {
      readonly kind: 'repeated';
      readonly again: Evidence;
      readonly differences: readonly string[];
      readonly remarks: readonly string[];
    }
  | { readonly kind: 'impossible'; readonly reason: string };

/** How a proof is repeated. `spec`: what the log says of the task, where this Hive knows it. */
export type RepeatRequest = {
  readonly repo: Repo;
  readonly merged: MergedCommit;
  readonly record: Evidence;
  readonly spec: Pick<PlannedTask, 'tests' | 'timeoutS'> | null;
  /** Which files are tests, where the log does not say. */
  readonly tests: readonly string[] | undefined;
  readonly passEnv: readonly string[];
  readonly shared: SharedRuns;
  readonly signal: AbortSignal;
};

type Attempt = { readonly base: string; readonly head: string; readonly on: 'the same base' | 'another base' };

/** How long a command may take where the log does not say. */
export const usualTimeoutS = 600;

/**
 * Runs the recorded commands at the recorded places again, in worktrees of their own. A change that went in together with others was proven on
 * another base than it stands on; where that head is not here any more, it is repeated where it stands.
 */
export const repeatProof = async (workspace: Workspace, request: RepeatRequest): Promise<Repeated> => {
  const attempts = attemptsFor(request);
  for (const attempt of attempts) {
    try {
      const again = await proveAgain(workspace, request, attempt);
      const differences = compareProofs(request.record, again, attempt);
      return { kind: 'repeated', again, differences, remarks: remarksOn(request.record, again, attempt) };
    } catch (error) {
      if (!isHiveError(error)) throw error;
      if (error.code === 'repo.base_unknown' && attempt !== attempts.at(-1)) continue;
      if (!isImpossible(error)) throw error;
      return { kind: 'impossible', reason: error.message };
    }
  }
  return { kind: 'impossible', reason: 'what was checked is not here any more' };
};

/** Something is not here that a repetition needs; it says nothing about the record. */
export const isImpossible = ({ code }: HiveError): boolean =>
  ['repo.base_unknown', 'sandbox.missing'].includes(code) || outcomeOf(code) === 'infra';

const attemptsFor = ({ merged, record }: RepeatRequest): readonly Attempt[] => {
  if (!record.batch) return [{ base: record.base, head: merged.commit, on: 'the same base' }];
  const [parent = record.base] = merged.parents;
  return [
    { base: record.base, head: record.head, on: 'the same base' },
    { base: parent, head: merged.commit, on: 'another base' },
  ];
};

const remarksOn = (record: Evidence, again: Evidence, { on }: Attempt): string[] => [
  ...(on === 'another base' ? ['it went in together with others, and was repeated where it stands now'] : []),
  ...(again.sandbox === record.sandbox
    ? []
    : [`recorded with sandbox ${record.sandbox}, repeated with ${again.sandbox}`]),
];

const proveAgain = async (workspace: Workspace, request: RepeatRequest, { base, head }: Attempt): Promise<Evidence> => {
  const { repo, record, spec, passEnv, shared, signal } = request;
  const proof = await workspace.prove({
    repo: repo.root,
    base,
    head,
    author: record.author,
    checks: checksOf(record),
    setup: await setupOf(repo, record, base),
    tests: spec?.tests ?? request.tests,
    redBefore: record.redBefore === 'not_needed' ? 'not_needed' : 'needed',
    repeat: roundsOf(record),
    timeoutMs: (spec?.timeoutS ?? usualTimeoutS) * 1000,
    passEnv,
    agent: 'recheck',
    shared,
    signal,
  });
  return proof.evidence;
};

/** The commands by name, in their order. One that was left out had been found, and is left out again if it is still red on the base. */
export const checksOf = ({ commands, dropped }: Pick<Evidence, 'commands' | 'dropped'>): Check[] => [
  ...new Map(
    commands.map(({ name, argv }): [string, Check] => [
      name,
      { name, argv, source: dropped?.includes(name) ? 'found' : 'given' },
    ]),
  ).values(),
];

/** How often every check ran on the head. */
export const roundsOf = ({ commands }: Pick<Evidence, 'commands'>): number => {
  const runs = Map.groupBy(
    commands.filter(({ on }) => on === 'head'),
    ({ name }) => name,
  );
  return Math.max(1, ...[...runs.values()].map((list) => list.length));
};

/** The record has the digest of the lock file; which file that is, the repository says. */
export const setupOf = async (repo: Repo, { setup }: Evidence, base: string): Promise<Setup | null> => {
  if (!setup) return null;
  const found = setup.lockfile === null ? null : await findSetup(repo, base);
  return { argv: setup.argv, lockfile: found?.lockfile ?? null, source: 'given' };
};
