import { availableParallelism } from 'node:os';
import { policyFor, repoConfigOf, type HiveConfig } from '@hive/config';
import { isHiveError, outcomeOf } from '@hive/errors';
import { proofRules } from '@hive/events';
import {
  createSharedRuns,
  type History,
  type PastCommit,
  type Repo,
  type SharedRuns,
  type Workspace,
} from '@hive/workspace';
import type { Means } from './choose.ts';
import { judged, whySkipped, type Examined } from './verdict.ts';

const timeoutMs = 600_000;

/** Half of the processors and one more: test runners want some of them for themselves. */
export const usualJobs = (processors = availableParallelism()): number =>
  Math.max(1, Math.min(6, Math.floor(processors / 2) + 1));

/** What a history is proven with. `jobs`: how many checkouts are checked at once; without a sandbox they would meet, so it is one. */
export type HistoryRequest = {
  readonly history: History;
  readonly repo: Repo;
  readonly config: HiveConfig;
  readonly meansOf: (commit: PastCommit) => Promise<Means>;
  readonly jobs: number;
  readonly signal: AbortSignal;
};

/** A history in the making: outcomes in order, and what is in hand. */
export type Walk = {
  readonly outcomes: readonly Promise<Examined>[];
  readonly inHand: () => readonly PastCommit[];
  readonly counts: SharedRuns['counts'];
};

/**
 * Proves commits side by side, the first ones first. What cannot be run is an outcome (`infra`); an interruption rejects all that is open.
 * Nothing is delivered and nothing is recorded.
 */
export const proveHistory = (workspace: Workspace, request: HistoryRequest): Walk => {
  const { history, jobs } = request;
  const shared = createSharedRuns({ atOnce: jobs });
  const inHand = new Set<PastCommit>();
  const waiting = history.commits.map((commit) => ({ commit, ...Promise.withResolvers<Examined>() }));
  // Told in order, so a later one may fail while an earlier one is waited for.
  for (const { promise } of waiting) promise.catch(() => undefined);
  const next = async (): Promise<void> => {
    const one = queue.shift();
    if (!one) return;
    inHand.add(one.commit);
    await examine(one.commit).then(one.resolve, one.reject);
    inHand.delete(one.commit);
    return next();
  };
  const examine = async (commit: PastCommit): Promise<Examined> => {
    const { repo, config, signal } = request;
    signal.throwIfAborted();
    const { checks, setup, headSetup } = await request.meansOf(commit);
    const skipped = whySkipped(commit, history) ?? (checks.length === 0 ? 'no check was known before it' : null);
    if (skipped !== null || commit.parent === null)
      return { commit, verdict: 'skipped', code: null, reason: skipped, failure: null, evidence: null };
    try {
      const proof = await workspace.prove({
        repo: repo.root,
        base: commit.parent,
        head: commit.commit,
        author: 'human',
        checks,
        setup,
        headSetup,
        tests: repoConfigOf(config, repo.root)?.tests,
        redBefore: 'needed',
        repeat: proofRules(policyFor(config, repo.root).proof).repeat,
        timeoutMs,
        passEnv: config.sandbox.passEnv,
        agent: 'cli',
        shared,
        signal,
      });
      return judged(commit, proof);
    } catch (error) {
      if (!isHiveError(error) || outcomeOf(error.code) !== 'infra') throw error;
      return {
        commit,
        verdict: 'infra',
        code: error.code,
        reason: 'could not be tried',
        failure: error.message,
        evidence: null,
      };
    }
  };
  const queue = [...waiting];
  // One more than there are places, so that a place that becomes free has somebody waiting for it.
  for (let lane = 0; lane <= jobs; lane++) void next();
  return { outcomes: waiting.map(({ promise }) => promise), inHand: () => [...inHand], counts: shared.counts };
};
