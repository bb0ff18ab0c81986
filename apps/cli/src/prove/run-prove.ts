import { resolve } from 'node:path';
import { egressFor } from '@hive/config';
import { createArtefacts } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import { assertProvable } from '@hive/front-desk';
import { assertHomeOutside, findLeftOut, historyOf, openRepo, type PastCommit } from '@hive/workspace';
import type { Cli } from '../cli.ts';
import { leftOutLines } from '../desk/left-out-lines.ts';
import { openWorkspace } from '../desk/open-workspace.ts';
import { logReader } from '../follow/log-reader.ts';
import { proofFigures } from '../follow/proof-figures.ts';
import { chooserOf, type Means } from './choose.ts';
import { proveHistory, usualJobs, type Walk } from './prove-history.ts';
import { showProgress } from './show-progress.ts';
import { endLines, headLines, layoutOf, rowLines } from './tell.ts';
import { verdicts, whySkipped, type Examined } from './verdict.ts';
import { withFailure } from './with-failure.ts';

/** What `hive prove` was asked. */
export type ProveRequest = {
  readonly range: string | undefined;
  readonly count: number | undefined;
  readonly jobs: number | undefined;
  readonly repo: string;
  readonly checks: readonly string[];
  readonly setup: string | undefined;
};

/**
 * Takes commits of the user's history through setup and proof, telling each as it is known. 0: all were examined and none is red; 1: one is red
 * or could not be tried; 130: interrupted. Wrong ranges and repositories without checks are thrown before anything runs.
 */
export const runProve = async (cli: Cli, request: ProveRequest): Promise<number> => {
  const { out, interrupted: signal } = cli;
  if (request.count === 0 || request.jobs === 0)
    throw new HiveError(
      'input.invalid',
      `${request.count === 0 ? '-n' : '--jobs'} 0 would try nothing; give 1 or more`,
    );
  const started = Date.now();
  const config = await cli.config();
  const repo = await openRepo(resolve(cli.cwd, request.repo));
  await assertHomeOutside(config.home, repo);
  const history = await historyOf(repo, request);
  const meansOf = remembered(chooserOf(config, repo, request));
  const first = await firstMeans(
    history.commits.filter((commit) => whySkipped(commit, history) === null),
    meansOf,
  );
  if (first) assertProvable(first.checks, null, repo);
  const { workspace, close } = openWorkspace(config, cli.env);
  const all = history.commits.length;
  try {
    const sandbox = await workspace.sandbox();
    const jobs = sandbox.kind === 'none' ? 1 : (request.jobs ?? usualJobs());
    const shown = { checks: first?.checks ?? [], setup: first?.headSetup ?? null };
    const notes = leftOutLines(await findLeftOut(repo, history.commits[0]?.commit ?? repo.head));
    const reach = egressFor(config, repo.root).checks;
    out.line(...headLines(out, { repo, history, ...shown, sandbox, reach, jobs, notes }));
    const walk = proveHistory(workspace, { history, repo, config, meansOf, jobs, signal });
    const examined = await tellEach(cli, walk, {
      layout: layoutOf(history, out.columns),
      started,
      artefacts: createArtefacts(config.home),
    });
    const end = { ms: Date.now() - started, ...walk.counts(), all };
    out.line(...endLines(out.colour, examined, end));
    out.document({
      repo: repo.root,
      sandbox: sandbox.kind,
      ...shown,
      commits: examined.map(({ commit, ...rest }) => ({ ...commit, ...rest })),
      counts: Object.fromEntries(
        verdicts.map((one) => [one, examined.filter(({ verdict }) => verdict === one).length]),
      ),
      interrupted: signal.aborted,
      ms: end.ms,
    });
    if (signal.aborted) return 130;
    return examined.some(({ verdict }) => verdict === 'red' || verdict === 'infra') ? 1 : 0;
  } finally {
    await close();
  }
};

/** Checks and setup of the newest commit that has any: what the head line shows. */
const firstMeans = async (
  commits: readonly PastCommit[],
  meansOf: (commit: PastCommit) => Promise<Means>,
): Promise<Means | null> => {
  let last: Means | null = null;
  for (const commit of commits) {
    last = await meansOf(commit);
    if (last.checks.length > 0) return last;
  }
  return last;
};

const remembered = (meansOf: (commit: PastCommit) => Promise<Means>) => {
  const known = new Map<string, Promise<Means>>();
  return (commit: PastCommit): Promise<Means> => {
    const before = known.get(commit.commit);
    if (before) return before;
    const means = meansOf(commit);
    known.set(commit.commit, means);
    return means;
  };
};

/** Tells each commit in its turn. What is still open when the user interrupts is waited for, so that nothing of it is left. */
const tellEach = async (
  { out, interrupted }: Cli,
  walk: Walk,
  {
    layout,
    started,
    artefacts,
  }: { layout: ReturnType<typeof layoutOf>; started: number; artefacts: ReturnType<typeof createArtefacts> },
): Promise<Examined[]> => {
  const examined: Examined[] = [];
  const stop = showProgress(out, () => ({ walk, told: examined.length, ms: Date.now() - started }));
  const artefact = async (hash: string) => (await artefacts.get(hash)) ?? Buffer.from('');
  try {
    for (const outcome of walk.outcomes) {
      const one = await withFailure(await outcome, artefact);
      const told = [...examined];
      examined.push(one);
      const counts = await logReader({ artefact }, one.evidence);
      const figures = one.verdict === 'proven' && one.evidence ? proofFigures(one.evidence, counts) : '';
      out.line(...rowLines(out.colour, one, { ...layout, figures, told }));
    }
  } catch (error) {
    await Promise.allSettled(walk.outcomes);
    if (!interrupted.aborted) throw error;
  } finally {
    stop();
  }
  return examined;
};
