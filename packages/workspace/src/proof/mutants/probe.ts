import { lutimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, Mutants, Survivor } from '@hive/events';
import { cleaned } from '../../command/output.ts';
import type { Surroundings } from '../../command/runner.ts';
import { changedLines } from '../../git/changed-lines.ts';
import { git } from '../../git/git.ts';
import type { Mirror } from '../../git/mirror.ts';
import type { Toolchain } from '../../prepare-toolchain.ts';
import type { PreparedSetup } from '../../setup.ts';
import { openWorktree, type RestorableWorktree } from '../../worktree.ts';
import { inlineTests } from '../inline-tests.ts';
import { isBroken } from './is-broken.ts';
import { languageOf } from './language.ts';
import { makeMutants, spread, type Mutant } from './make-mutants.ts';

/** A proven change whose mutants are to be tried: with which checks, how long they took on the head at most, and for how long. */
export type Probe = {
  readonly base: string;
  readonly head: string;
  /** Where no mistakes are made: what says whether there are any. */
  readonly isTest: (path: string) => boolean;
  readonly checks: readonly Check[];
  readonly setup: PreparedSetup | null;
  readonly toolchain: Toolchain | null;
  readonly slowestMs: number;
  readonly budgetMs: number;
  readonly passEnv: readonly string[];
  readonly signal: AbortSignal;
};

const mostFiles = 200;
const longestFile = 256 * 1024;
const mostMutants = 1000;
const mostSurvivors = 20;

/**
 * Makes small mistakes in the changed lines, one at a time, and runs the checks on each until one is red. What ends at its time limit or runs out of
 * memory is rejected; what cannot be compiled is counted apart. Null when the checks were not green any more on the change as it is, after its mutants
 * had run where it lies: then nothing is known.
 */
export const probeMutants = async (
  around: Surroundings,
  home: string,
  mirror: Mirror,
  probe: Probe,
): Promise<Mutants | null> => {
  const { head, setup, toolchain, budgetMs, passEnv, signal } = probe;
  const until = performance.now() + budgetMs;
  const mutants = await mutantsOf(mirror.gitDir, probe);
  const counts = { tried: 0, rejected: 0, made: mutants.length, broken: 0 };
  const survivors: Survivor[] = [];
  if (mutants.length === 0) return { ...counts, survivors };
  const worktree = await openWorktree(around, home, {
    mirror,
    base: head,
    at: head,
    setup,
    toolchain,
    passEnv,
    signal,
  });
  try {
    const stamp = stamps(worktree);
    for (const mutant of mutants) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) break;
      await worktree.files.write(mutant.path, mutant.text);
      await stamp(mutant.path);
      const end = await runOn(around, worktree, probe, leftMs);
      await worktree.restore();
      await stamp(mutant.path);
      if (end === 'unknown') break;
      if (end === 'broken') counts.broken++;
      else counts.tried++;
      if (end === 'rejected') counts.rejected++;
      const { path: file, line, what } = mutant;
      if (end === 'survived' && survivors.length < mostSurvivors) survivors.push({ file, line, what });
    }
    const isSound = counts.rejected === 0 || (await runOn(around, worktree, probe, Infinity)) === 'survived';
    return isSound ? { ...counts, survivors } : null;
  } finally {
    await worktree.remove();
  }
};

const mutantsOf = async (gitDir: string, { base, head, isTest }: Probe): Promise<Mutant[]> => {
  const changed = await changedLines(gitDir, base, head);
  const files = changed.filter(({ path }) => languageOf(path) !== null && !isTest(path)).slice(0, mostFiles);
  const byLine: Mutant[][] = [];
  for (const { path, lines } of files) {
    const { stdout } = await git(['cat-file', 'blob', `${head}:${path}`], { gitDir, atMost: longestFile + 1 });
    const text = stdout.toString('utf8');
    if (stdout.length > longestFile || text.includes('\0') || Buffer.byteLength(text) !== stdout.length) continue;
    byLine.push(...makeMutants(path, text, outOfTests(path, text, lines)));
  }
  return spread(byLine).slice(0, mostMutants);
};

/** A mistake in a test is noticed by that test, which says nothing. */
const outOfTests = (path: string, text: string, lines: readonly number[]): readonly number[] => {
  const inTests = new Set<number>();
  let line = 1;
  let at = 0;
  for (const [from, to] of inlineTests(path, text))
    for (; at < to; at++) {
      if (at >= from) inTests.add(line);
      if (text[at] === '\n') line += 1;
    }
  return lines.filter((it) => !inTests.has(it));
};

/** How one mutant ended; `unknown` when time was up or the machine is in trouble. */
type End = 'rejected' | 'survived' | 'broken' | 'unknown';

const runOn = async (
  around: Surroundings,
  worktree: RestorableWorktree,
  { checks, slowestMs, signal }: Probe,
  leftMs: number,
): Promise<End> => {
  const started = performance.now();
  for (const check of checks) {
    const limitMs = Math.max(5000, 5 * slowestMs);
    const rest = leftMs - (performance.now() - started);
    const result = await worktree.run(check.argv, { timeoutMs: Math.max(1, Math.min(limitMs, rest)), signal });
    if (result.infra === 'check.timeout' && rest < limitMs) return 'unknown';
    if (result.infra !== undefined) return isOwnFault(result.infra) ? 'rejected' : 'unknown';
    if (result.exit === 0) continue;
    const output = cleaned(Buffer.from(await around.artefacts.get(result.log)).toString('utf8'));
    return isBroken(output) ? 'broken' : 'rejected';
  }
  return 'survived';
};

const isOwnFault = (infra: string): boolean => ['check.timeout', 'infra.oom', 'infra.limit'].includes(infra);

/** Gives what was written times that no tool has seen: some compare whole seconds and sizes to know whether to compile again. */
const stamps = (worktree: RestorableWorktree) => {
  let last = 0;
  return async (path: string): Promise<void> => {
    last = Math.max(last + 1, Math.ceil(Date.now() / 1000));
    await lutimes(join(worktree.dir, path), last, last);
  };
};
