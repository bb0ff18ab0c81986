import type { Load } from './load.ts';

/** What a recorded call tells: the payload of `model.called`, and when it was recorded. */
export type RecordedCall = {
  readonly at: string;
  readonly data: {
    readonly model: string;
    readonly box: string | null;
    readonly input: number | null;
    readonly cached: number | null;
    readonly output: number | null;
    readonly totalMs: number;
    readonly queuedMs?: number | undefined;
    readonly tokensPerS: number | null;
  };
};

/**
 * The load that calls of a log were: when each came in, for which model, how long prompt and answer were, and which boxes answered how fast.
 * `sizes` are the models' bytes and `memory` that of the boxes; a box counts as having the models that it answered with.
 */
export const recordedLoad = (
  calls: readonly RecordedCall[],
  {
    sizes,
    memory,
  }: { readonly sizes: Readonly<Record<string, number>>; readonly memory: Readonly<Record<string, number>> },
): Load => {
  const local = calls.filter(({ data }) => data.box !== null && data.output !== null);
  const arrivals = local.map(({ at, data }) => ({
    at: Date.parse(at) / 1000 - (data.totalMs + (data.queuedMs ?? 0)) / 1000,
    model: data.model,
    prompt: (data.input ?? 0) + (data.cached ?? 0),
    output: data.output ?? 0,
  }));
  const first = Math.min(...arrivals.map(({ at }) => at));
  const models = [...new Set(local.map(({ data }) => data.model))];
  const boxes = [...new Set(local.flatMap(({ data }) => data.box ?? []))];
  return {
    boxes: boxes.map((name) => {
      const own = local.filter(({ data }) => data.box === name);
      const speeds = own.flatMap(({ data }) => data.tokensPerS ?? []).toSorted((a, b) => a - b);
      return {
        name,
        tokensPerS: speeds[Math.floor(speeds.length / 2)] ?? 20,
        memory: memory[name] ?? 24e9,
        models: [...new Set(own.map(({ data }) => data.model))],
      };
    }),
    models: models.map((name) => ({ name, size: sizes[name] ?? 5e9 })),
    calls: arrivals.map((it) => ({ ...it, at: it.at - first })).toSorted((a, b) => a.at - b.at),
  };
};
