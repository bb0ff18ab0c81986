import { tagged } from '../routing/pool-state.ts';
import type { Load } from './load.ts';
import type { KnownBox } from './read-recording.ts';

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
    /** How long it waited for a place; recordings of before do not tell, and then it came when it was sent. */
    readonly queuedMs?: number | undefined;
    readonly tokensPerS: number | null;
  };
};

/**
 * The load that calls of a log were: when each came in, for which model, how long prompt and answer were, and which boxes answered how fast. What `known`
 * does not tell of a box (see {@link boxesIn}) is guessed: it has the models that it answered with, of 5 GB each, and memory of 24 GB.
 */
export const recordedLoad = (calls: readonly RecordedCall[], known: readonly KnownBox[] = []): Load => {
  const local = calls.filter(({ data }) => data.box !== null && data.output !== null);
  const arrivals = local.map(({ at, data }) => ({
    at: (Date.parse(at) - data.totalMs - (data.queuedMs ?? 0)) / 1000,
    model: tagged(data.model),
    prompt: (data.input ?? 0) + (data.cached ?? 0),
    output: data.output ?? 0,
  }));
  const first = Math.min(...arrivals.map(({ at }) => at));
  const asked = new Set(arrivals.map(({ model }) => model));
  const sizes = new Map(known.flatMap(({ models }) => models.map(({ name, size }) => [tagged(name), size] as const)));
  const names = new Set([...local.flatMap(({ data }) => data.box ?? []), ...known.map(({ name }) => name)]);
  const boxes = [...names].map((name) => {
    const own = local.filter(({ data }) => data.box === name);
    const told = known.find((box) => box.name === name);
    const has = [...own.map(({ data }) => data.model), ...(told?.models ?? []).map((model) => model.name)].map(tagged);
    const speeds =
      own.length > 0 ? own.map(({ data }) => data.tokensPerS) : (told?.models ?? []).map((it) => it.tokensPerS);
    return {
      name,
      tokensPerS: middleOf(speeds.filter((speed) => speed !== null)) ?? 20,
      memory: told?.memory?.total ?? 24e9,
      models: [...new Set(has)].filter((model) => asked.has(model)),
    };
  });
  return {
    boxes: boxes.filter(({ models }) => models.length > 0),
    models: [...asked].map((name) => ({ name, size: sizes.get(name) ?? 5e9 })),
    calls: arrivals.map((it) => ({ ...it, at: it.at - first })).toSorted((a, b) => a.at - b.at),
  };
};

const middleOf = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
