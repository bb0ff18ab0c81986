import { HiveError } from '@hive/errors';
import type { EvidenceCommand, Setup } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { cleaned } from '../command/output.ts';
import { wantsAfter } from '../egress/wants.ts';
import { buildCachesOf } from '../build-caches.ts';
import type { Surroundings } from '../command/runner.ts';
import { diffOf } from '../git/diff.ts';
import { gitText } from '../git/git.ts';
import type { Mirror } from '../git/mirror.ts';
import type { Proof, ProofRequest, RunResult } from '../port.ts';
import { dependencyKey, prepareSetup, type PreparedSetup } from '../setup.ts';
import { prepareToolchain, type Toolchain } from '../prepare-toolchain.ts';
import { openWorktree } from '../worktree.ts';
import { flakyOf, madeFlaky } from './flaky.ts';
import { judge, type Ran } from './judge.ts';
import { judgeMutants } from './mutants/judge-mutants.ts';
import { probeMutants } from './mutants/probe.ts';
import { placesFor, type Place } from './places.ts';
import { settle } from './settle.ts';
import { isTestFile } from './test-files.ts';

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
  const [patch, tree, { places, tests }] = await Promise.all([
    diffOf(gitDir, base, head).then((diff) => around.artefacts.put(diff)),
    gitText(['rev-parse', `${head}^{tree}`], { gitDir }),
    request.checks.length > 0 ? placesFor(gitDir, home, request) : { places: [], tests: [] },
  ]);
  const { of, evidence: setup } = await setups(around, home, mirror, request);
  const toolchain = await toolchainFor(around, home, request);
  const isApart = around.sandbox.inside !== null;
  const runRounds = (where: readonly Place[], rounds: readonly number[]) =>
    runAll(where, isApart, async (place) => {
      const setup = place.on === 'base' ? of.base : of.head;
      const ran: Ran[] = [];
      for (const round of rounds)
        ran.push(...(await runOnce(around, home, mirror, { request, place, setup, toolchain, round })));
      return ran;
    });
  const repeat = request.repeat ?? 1;
  const first = settled(await runRounds(places, [...Array(repeat).keys()]), around.asks);
  const onBase = places.filter(({ on }) => on === 'base');
  const ran = await withLooksBefore(first, onBase.length > 0 ? repeat : lastLook, (round) =>
    runRounds(onBase, [round]),
  );
  const judged = judge(ran, request.redBefore);
  if (judged.code === 'checks.red') assertNothingWanted(ran, around.asks);
  const { redBefore, greenAfter, dropped, flaky } = judged;
  const mutants =
    judged.code === null
      ? await tryMutants(around, home, mirror, { request, ran, flaky, dropped, setup: of.head, toolchain })
      : undefined;
  const { code, reason, findings } =
    judged.code === null ? judgeMutants(mutants, request.mutants?.atLeast ?? 0) : judged;
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
      ...(flaky.length > 0 && { flaky: [...flaky] }),
      ...(dropped.length > 0 && { dropped: [...dropped] }),
      ...(tests.length > 0 && { tests: { count: tests.length, files: tests.slice(0, 20) } }),
      ...(mutants && { mutants }),
      checkedBy: { agent: request.agent, host: around.host },
      sandbox: around.sandbox.state.kind,
      at: new Date().toISOString(),
    },
    code,
    reason,
    findings,
  };
};

/** The mutants of a change that is proven, when there is time for them; null when nothing became known. */
const tryMutants = async (
  around: Surroundings,
  home: string,
  mirror: Mirror,
  of: {
    readonly request: ProofRequest;
    readonly ran: readonly Ran[];
    readonly flaky: readonly string[];
    readonly dropped: readonly string[];
    readonly setup: PreparedSetup | null;
    readonly toolchain: Toolchain | null;
  },
) => {
  const { base, head, checks, tests, mutants, passEnv, signal } = of.request;
  if (!mutants || mutants.budgetS === 0 || base === head) return undefined;
  return probeMutants(around, home, mirror, {
    base,
    head,
    isTest: isTestFile(tests),
    checks: checks.filter(({ name }) => !of.flaky.includes(name) && !of.dropped.includes(name)),
    setup: of.setup,
    toolchain: of.toolchain,
    slowestMs: Math.max(...of.ran.filter(({ on }) => on === 'head').map(({ result }) => result.ms)),
    budgetMs: mutants.budgetS * 1000,
    passEnv,
    signal,
  });
};

/** The head gets a setup of its own only when it changes what is installed; else the base's serves all places. */
const setups = async (around: Surroundings, home: string, mirror: Mirror, request: ProofRequest) => {
  const { base, head, passEnv, signal, shared, checks } = request;
  const wanted = { base: request.setup, head: request.headSetup === undefined ? request.setup : request.headSetup };
  if (checks.length === 0) return { of: { base: null, head: null }, evidence: undefined };
  const keyOf = async (at: string, setup: Setup | null) =>
    setup && JSON.stringify([setup.argv, await dependencyKey(mirror.gitDir, at, setup)]);
  const [ofBase, ofHead] = await Promise.all([keyOf(base, wanted.base), keyOf(head, wanted.head)]);
  const prepare = async (commit: string, setup: Setup | null, key: string | null) => {
    if (!setup || key === null) return null;
    const prepareAt = (at: string) => prepareSetup(around, home, { mirror, at, setup, passEnv, signal });
    return shared ? shared.setup(key, commit, prepareAt) : prepareAt(commit);
  };
  const onBase = await prepare(base, wanted.base, ofBase);
  const onHead = ofBase === ofHead ? onBase : await prepare(head, wanted.head, ofHead);
  return { of: { base: onBase, head: onHead }, evidence: onHead?.evidence };
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

/** What the tools of the checks have compiled, where the setup is none that brings it along. */
const toolchainFor = async (around: Surroundings, home: string, { setup, checks, signal }: ProofRequest) =>
  buildCachesOf(setup?.argv ?? []).length > 0
    ? null
    : prepareToolchain(around, home, { argvs: checks.map(({ argv }) => argv), signal });

type PlaceRequest = {
  request: ProofRequest;
  place: Place;
  setup: PreparedSetup | null;
  toolchain: Toolchain | null;
  round: number;
};

/** Where proofs share their runs, a tree that was checked already is not checked again. */
const runOnce = async (around: Surroundings, home: string, mirror: Mirror, of: PlaceRequest): Promise<Ran[]> => {
  const { request, place, setup, round } = of;
  const { shared, checks, passEnv, timeoutMs } = request;
  if (!shared) return runPlace(around, home, mirror, of);
  const tree = await gitText(['rev-parse', `${place.at}^{tree}`], { gitDir: mirror.gitDir });
  const key = JSON.stringify([tree, checks, setup?.key, passEnv, timeoutMs, round]);
  const ran = await shared.once(key, () => runPlace(around, home, mirror, of));
  return ran.map((one) => ({ ...one, on: place.on }));
};

const runPlace = async (
  around: Surroundings,
  home: string,
  mirror: Mirror,
  { request, place, setup, toolchain }: PlaceRequest,
): Promise<Ran[]> => {
  const { passEnv, signal, timeoutMs, base } = request;
  const worktree = await openWorktree(around, home, { mirror, base, at: place.at, setup, toolchain, passEnv, signal });
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
  ...(result.egress?.length && { egress: [...result.egress] }),
  log: result.log,
});

/** A change whose checks miss a host is not red before somebody was asked about that host. */
const assertNothingWanted = (ran: readonly Ran[], asks: Surroundings['asks']): void => {
  const onHead = ran.filter(({ on }) => on === 'head');
  const wants = wantsAfter(
    'checks',
    onHead.map(({ result }) => result),
    asks,
  );
  const spoiled = wants && onHead.find(({ result }) => result.exit !== 0);
  if (!spoiled) return;
  const { check, on, result } = spoiled;
  throw new HiveError('infra.network', `${check.name} asked for ${wants.hosts.join(', ')} on ${on}`, {
    remedy: 'fix_config',
    details: { check: check.name, on, log: result.log, commands: ran.map(recorded), wants },
  });
};

/** All runs as {@link settle} understands them; throws what the environment spoiled. */
const settled = (all: readonly Ran[], asks?: Surroundings['asks']): readonly Ran[] => {
  const { ran, stopped } = settle(all);
  const infra = stopped?.result.infra;
  if (!infra) return ran;
  const { check, on, result } = stopped;
  const wants =
    infra === 'infra.network'
      ? wantsAfter(
          'checks',
          all.map((one) => one.result),
          asks,
        )
      : null;
  throw new HiveError(infra, `${check.name} could not be checked on ${on}: ${result.reason ?? infra}`, {
    // Where Hive holds the network it does so everywhere.
    ...(infra === 'infra.network' && result.egress ? { remedy: 'fix_config' } : { remedy: 'retry', where: 'other' }),
    details: { check: check.name, on, log: result.log, commands: ran.map(recorded), ...(wants && { wants }) },
  });
};

/** Up to this round a check that is uncertain with the change is run without it, to see whether it always was. */
const lastLook = 8;

/** With these runs, and those on the base that tell whether the change is what made a check uncertain. */
const withLooksBefore = async (
  first: readonly Ran[],
  rounds: number,
  look: (round: number) => Promise<readonly Ran[]>,
): Promise<readonly Ran[]> => {
  let ran = first;
  for (let round = rounds; round < lastLook && madeFlaky(flakyOf(ran)).length > 0; round++)
    ran = settled([...ran, ...(await look(round))]);
  return ran;
};
