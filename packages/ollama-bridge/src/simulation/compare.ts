import { chanceOf, drawnLoad, type Load } from './load.ts';
import { leastConnections, manyRouters, predictedFinish, roundRobin } from './policies.ts';
import { simulate, type Outcome } from './simulate.ts';

/** Figures of one policy on one load, in seconds. */
export type Figures = {
  readonly p50: number;
  readonly p95: number;
  readonly longestWait: number;
  readonly medianWait: number;
  readonly loads: number;
};

export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
};

const figuresOf = ({ completions, waits, loads }: Outcome): Figures => ({
  p50: quantile(completions, 0.5),
  p95: quantile(completions, 0.95),
  longestWait: Math.max(0, ...waits),
  medianWait: quantile(waits, 0.5),
  loads,
});

/** How old the picture gets that routers look at who do not know of each other. */
const staleS = 120;

/** The policies side by side on one load. `stale*`: routers that look at an old picture. */
export const compare = (load: Load, seed = 1): Readonly<Record<PolicyName, Figures>> => {
  const stale = (pick: 'best' | 'two') => manyRouters(load, { everyS: staleS, pick, random: chanceOf(seed) });
  const play = (policy: Parameters<typeof simulate>[1]) => figuresOf(simulate(load, policy));
  return {
    roundRobin: play(roundRobin()),
    leastConnections: play(leastConnections()),
    hive: play(predictedFinish(load)),
    staleBest: play(stale('best')),
    staleTwo: play(stale('two')),
  };
};

export type PolicyName = 'roundRobin' | 'leastConnections' | 'hive' | 'staleBest' | 'staleTwo';

/** Medians over seeds of drawn loads. */
export const compareSeeds = (
  seeds: number,
  options: { readonly calls: number; readonly share?: number; readonly same?: boolean },
): Readonly<Record<PolicyName, Figures>> => {
  const runs = Array.from({ length: seeds }, (_, n) => compare(drawnLoad(n + 1, options), n + 1));
  const names = Object.keys(runs[0] ?? {}) as PolicyName[]; // the keys of a Record<PolicyName, …>
  const middle = (name: PolicyName, figure: keyof Figures) =>
    quantile(
      runs.map((run) => run[name][figure]),
      0.5,
    );
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        p50: middle(name, 'p50'),
        p95: middle(name, 'p95'),
        longestWait: middle(name, 'longestWait'),
        medianWait: middle(name, 'medianWait'),
        loads: middle(name, 'loads'),
      },
    ]),
  ) as Record<PolicyName, Figures>; // one entry for each name
};
