import { hostname } from 'node:os';
import { HiveError } from '@hive/errors';
import type { EvidenceCommand } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { cleaned } from '../command/output.ts';
import type { Surroundings } from '../command/runner.ts';
import { diffOf } from '../git/diff.ts';
import { gitText } from '../git/git.ts';
import type { Mirror } from '../git/mirror.ts';
import type { Proof, ProofRequest, RunResult } from '../port.ts';
import { dependencyKey, prepareSetup, type PreparedSetup } from '../setup.ts';
import { openWorktree } from '../worktree.ts';
import { judge, type Ran } from './judge.ts';
import { placesOf, type Place } from './places.ts';

/** Runs every check at every place and says what that proves. Whatever could not run is thrown and blames nobody. */
export const prove = async (
  around: Surroundings,
  home: string,
  mirror: Mirror,
  request: ProofRequest,
): Promise<Proof> => {
  const { base, head, author } = request;
  const { gitDir } = mirror;
  await mirror.bring(base);
  await mirror.bring(head);
  const [patch, tree, places] = await Promise.all([
    diffOf(gitDir, base, head).then((diff) => around.artefacts.put(diff)),
    gitText(['rev-parse', `${head}^{tree}`], { gitDir }),
    request.checks.length > 0 ? placesOf(gitDir, home, request) : [],
  ]);
  const { of, evidence: setup } = await setups(around, home, mirror, request);
  const ran = await runAll(places, around.sandbox.state.kind === 'bwrap', (place) =>
    runPlace(around, home, mirror, { request, place, setup: place.on === 'base' ? of.base : of.head }),
  );
  throwInfra(ran);
  const { code, reason, findings, redBefore, greenAfter, dropped } = judge(ran, request.redBefore);
  return {
    evidence: {
      base,
      head,
      tree,
      patch,
      author,
      ...(setup && { setup }),
      commands: ran.map(recorded),
      redBefore,
      greenAfter,
      ...(dropped.length > 0 && { dropped: [...dropped] }),
      checkedBy: { agent: request.agent, host: hostname() },
      sandbox: around.sandbox.state.kind,
      at: new Date().toISOString(),
    },
    code,
    reason,
    findings,
  };
};

/** The head gets a setup of its own only when it changes what is installed; else the base's serves all places. */
const setups = async (around: Surroundings, home: string, mirror: Mirror, request: ProofRequest) => {
  const { setup, base, head, passEnv, signal } = request;
  if (!setup || request.checks.length === 0) return { of: { base: null, head: null }, evidence: undefined };
  const keys = await Promise.all([base, head].map((at) => dependencyKey(mirror.gitDir, at, setup)));
  const prepare = (at: string) => prepareSetup(around, home, { mirror, at, setup, passEnv, signal });
  const onBase = await prepare(base);
  const onHead = keys[0] === keys[1] ? onBase : await prepare(head);
  return { of: { base: onBase, head: onHead }, evidence: onHead.evidence };
};

/** In the sandbox places cannot meet (own network, own /tmp) and run side by side; without it one after the other. */
const runAll = async (
  places: readonly Place[],
  apart: boolean,
  run: (place: Place) => Promise<Ran[]>,
): Promise<Ran[]> => {
  if (!apart) {
    const ran: Ran[] = [];
    for (const place of places) ran.push(...(await run(place)));
    return ran;
  }
  const settled = await Promise.allSettled(places.map(run));
  return settled.flatMap((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
};

const runPlace = async (
  around: Surroundings,
  home: string,
  mirror: Mirror,
  { request, place, setup }: { request: ProofRequest; place: Place; setup: PreparedSetup | null },
): Promise<Ran[]> => {
  const { passEnv, signal, timeoutMs, base } = request;
  const worktree = await openWorktree(around, home, { mirror, base, at: place.at, setup, passEnv, signal });
  try {
    const ran: Ran[] = [];
    for (const check of request.checks) {
      await failpoint('check.started');
      const result = await worktree.run(check.argv, { timeoutMs, signal });
      await failpoint('check.finished');
      ran.push({ check, on: place.on, result, output: await redOutput(around, result, worktree.dir) });
    }
    const isRed = place.on === 'head' && ran.some(({ result }) => result.exit !== 0 && result.infra === undefined);
    if (isRed && request.keepRedAs !== undefined) await worktree.keep(request.keepRedAs);
    return ran;
  } finally {
    await worktree.remove();
  }
};

/** What a red check said, with paths as the repository has them. */
const redOutput = async (around: Surroundings, result: RunResult, dir: string): Promise<string> => {
  if (result.exit === 0 || result.infra !== undefined) return '';
  const log = Buffer.from(await around.artefacts.get(result.log)).toString('utf8');
  return cleaned(log).replaceAll(`${dir}/`, '');
};

const recorded = ({ check, on, result }: Ran): EvidenceCommand => ({
  name: check.name,
  argv: check.argv,
  on,
  exit: result.exit,
  ms: result.ms,
  ...(result.infra && { infra: result.infra }),
  log: result.log,
});

const throwInfra = (ran: readonly Ran[]): void => {
  const stopped = ran.find(({ result }) => result.infra !== undefined);
  if (!stopped?.result.infra) return;
  const { check, on, result } = stopped;
  throw new HiveError(
    stopped.result.infra,
    `${check.name} could not be checked on ${on}: ${result.reason ?? result.infra}`,
    {
      remedy: 'retry',
      where: 'other',
      details: { check: check.name, on, log: result.log, commands: ran.map(recorded) },
    },
  );
};
