import type { Box } from '../probe-box.ts';
import type { Shown } from './show-model.ts';
import type { BoxModel, BoxState } from '../routing/pool-state.ts';
import { fewCalls, learn, type Facts, type Measured } from '../routing/facts.ts';

/** A box as hive.yaml has it. */
export type PoolBox = {
  readonly name: string;
  readonly endpoint: string;
  /** Calls that are sent to it at once. */
  readonly maxInFlight: number;
  /** Memory for models in bytes, where somebody has said so. */
  readonly memoryBytes: number | null;
};

/** What is remembered of one box. Times in milliseconds by this process's clock. */
export type Remembered = {
  readonly box: PoolBox;
  readonly seen: Box | null;
  readonly seenAt: number | null;
  /** Probes that failed in a row, and what the last one met. */
  readonly failures: number;
  readonly trouble: string | null;
  readonly up: boolean;
  readonly shown: ReadonlyMap<string, Shown>;
  readonly facts: Readonly<Record<string, Facts>>;
  readonly unfit: ReadonlyMap<string, number>;
  readonly prefixes: readonly string[];
};

/** Of a box that was never asked. */
export const unseen = (box: PoolBox): Remembered => ({
  box,
  seen: null,
  seenAt: null,
  failures: 0,
  trouble: null,
  up: false,
  shown: new Map(),
  facts: {},
  unfit: new Map(),
  prefixes: [],
});

/** So many probes in a row must fail before a box counts as away: one may be lost while it loads a model. */
const lastStraw = 2;
const unfitMs = 10 * 60_000;
const mostPrefixes = 8;

/** The box answered. */
export const answered = (it: Remembered, seen: Box, at: number): Remembered => ({
  ...it,
  seen,
  seenAt: at,
  failures: 0,
  trouble: null,
  up: true,
});

/** The box did not answer a probe. */
export const silent = (it: Remembered, trouble: string): Remembered => {
  const failures = it.failures + 1;
  return { ...it, failures, trouble, up: it.up && failures < lastStraw };
};

/** A call could not reach the box: nobody else is sent there before it answers again. */
export const broken = (it: Remembered): Remembered => ({ ...it, up: false, failures: lastStraw });

/** The box ran out of memory with a model. */
export const overfull = (it: Remembered, digest: string, at: number): Remembered => ({
  ...it,
  unfit: new Map(it.unfit).set(digest, at + unfitMs),
});

/** What a call has shown of the speed of a model there. */
export const measuredThere = (it: Remembered, digest: string, measured: Measured): Remembered => ({
  ...it,
  facts: { ...it.facts, [digest]: learn(it.facts[digest], measured) },
});

/** A prompt with this beginning was sent there. */
export const sentThere = (it: Remembered, prefix: string): Remembered => ({
  ...it,
  prefixes: [prefix, ...it.prefixes.filter((other) => other !== prefix)].slice(0, mostPrefixes),
});

/** How contexts are chosen: by the model's name, else the default, and never more than the model can. */
export type Contexts = { readonly byModel: Readonly<Record<string, number>>; readonly fallback: number };

/** The box as routing sees it, with times moved by `skewMs` to the clock that all share. */
export const stateOf = (
  it: Remembered,
  {
    contexts,
    quietUntil,
    skewMs,
    memory,
    facts,
    maxInFlight,
  }: {
    /** What others have learnt of it; else the configured number. */
    readonly maxInFlight: number | undefined;
    /** What others have measured there, by digest or name. */
    readonly facts: BoxState['facts'];
    readonly contexts: Contexts;
    readonly quietUntil: number | null;
    readonly skewMs: number;
    readonly memory: BoxState['memory'];
  },
): BoxState => {
  const loaded = (it.seen?.loaded ?? []).map(({ digest, size, sizeVram }) => ({ digest, size, sizeVram }));
  const ours = loaded.reduce((sum, { sizeVram }) => sum + sizeVram, 0);
  return {
    name: it.box.name,
    up: it.up,
    seenAt: it.seenAt === null ? null : it.seenAt + skewMs,
    models: (it.seen?.models ?? []).map(({ name, digest, size }): BoxModel => {
      const shown = it.shown.get(digest);
      const wanted = contexts.byModel[name] ?? contexts.byModel[name.replace(/:latest$/, '')] ?? contexts.fallback;
      const unfitUntil = it.unfit.get(digest);
      return {
        name,
        digest,
        size,
        bytesPerToken: shown?.bytesPerToken ?? null,
        numCtx: Math.min(wanted, shown?.contextTokens ?? wanted),
        can: shown?.can ?? null,
        ...(unfitUntil !== undefined && { unfitUntil: unfitUntil + skewMs }),
      };
    }),
    loaded,
    memory: memory ?? (it.box.memoryBytes === null ? null : { total: it.box.memoryBytes, used: ours }),
    facts: Object.fromEntries(
      (it.seen?.models ?? []).flatMap(({ name, digest }) => {
        const known = bestKnown(it.facts[digest], facts[digest] ?? facts[name]);
        return known ? [[digest, known]] : [];
      }),
    ),
    quietUntil,
    maxInFlight: maxInFlight ?? it.box.maxInFlight,
    prefixes: it.prefixes,
  };
};

/** One's own measurements are the newest, unless there are few of them. */
const bestKnown = (own: Facts | undefined, others: Facts | undefined): Facts | undefined =>
  own && (own.calls >= fewCalls || !others) ? own : (others ?? own);
