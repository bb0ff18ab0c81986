/** A call that a box has ended. Times in milliseconds; null: nobody told. */
export type EndedCall = {
  readonly model: string;
  /** What the model is there, whatever it is called. */
  readonly digest: string;
  readonly isGood: boolean;
  readonly endedAt: number;
  readonly totalMs: number;
  /** Of `totalMs`, how long the model was loaded. */
  readonly loadMs: number;
  readonly firstTokenMs: number | null;
  readonly output: number;
};

/** How many calls a box takes at once, and why; `because` null: it has shown nothing yet. */
export type AtOnce = { readonly calls: number; readonly because: string | null };

/** Two calls that end within 1.6 times the time of one write 1.25 times as much together. */
const worthIt = 1.25;
const most = 4;
/** Less than this of one number of calls is no measurement. */
const leastCalls = 5;
const leastMs = 5000;

/**
 * How many calls at once a box is good for, from what it has ended: it begins with one, tries one more when it knows what it writes in a second so far,
 * and keeps that while all together write enough more. A box whose Ollama does one after the other writes no more, so it goes back. Of several models the
 * one that stands the least decides. Pure.
 */
export const atOnceOf = (calls: readonly EndedCall[]): AtOnce => {
  const verdicts = [...Map.groupBy(calls, ({ digest }) => digest).values()].map((own) => ofModel(own, calls));
  const [least] = verdicts.filter(({ because }) => because !== null).toSorted((a, b) => a.calls - b.calls);
  return least ?? { calls: 1, because: null };
};

/** What was written while so many calls ran, and whether one of them failed. */
type Level = { ms: number; tokens: number; failed: boolean; readonly calls: Set<Span> };

const ofModel = (own: readonly EndedCall[], all: readonly EndedCall[]): AtOnce => {
  const levels = levelsOf(own, all);
  const isMeasured = (n: number): boolean =>
    (levels.get(n)?.calls.size ?? 0) >= leastCalls && (levels.get(n)?.ms ?? 0) >= leastMs;
  const rate = (n: number): number => ((levels.get(n)?.tokens ?? 0) / (levels.get(n)?.ms ?? 1)) * 1000;
  const says = (n: number): string =>
    `${n === 1 ? 'one' : n} at once ${n === 1 ? 'writes' : 'write'} ${rate(n).toFixed(0)} tok/s`;
  const name = own.at(-1)?.model ?? '';
  if (!isMeasured(1)) return { calls: 1, because: null };
  for (let n = 1; n < most; n += 1) {
    if (levels.get(n + 1)?.failed === true)
      return { calls: n, because: `${name}: a call failed while ${n + 1} ran at once` };
    if (!isMeasured(n + 1)) return { calls: n + 1, because: `${name}: ${says(n)}, and ${n + 1} are tried` };
    if (rate(n + 1) < worthIt * rate(n)) return { calls: n, because: `${name}: ${says(n)}, and ${says(n + 1)}` };
  }
  return { calls: most, because: `${name}: ${says(most)}, and one ${rate(1).toFixed(0)}` };
};

/** When a call was on the box, and from when on it wrote. */
type Span = { readonly call: EndedCall; readonly from: number; readonly writes: number; readonly to: number };

const spanOf = (call: EndedCall): Span => {
  const sent = call.endedAt - call.totalMs;
  const from = sent + call.loadMs;
  return { call, from, writes: Math.max(from, sent + (call.firstTokenMs ?? call.totalMs)), to: call.endedAt };
};

/** What a model wrote by how many calls of it ran. Moments at which other models ran too say nothing of it. */
const levelsOf = (own: readonly EndedCall[], all: readonly EndedCall[]): ReadonlyMap<number, Level> => {
  const levels = new Map<number, Level>();
  const spans = all.map(spanOf);
  const mine = new Set(own);
  const edges = [...new Set(spans.flatMap(({ from, writes, to }) => [from, writes, to]))].toSorted((a, b) => a - b);
  for (const [n, begin] of edges.entries()) {
    const end = edges[n + 1];
    if (end === undefined) break;
    const running = spans.filter(({ from, to }) => from <= begin && to >= end);
    if (running.length === 0 || !running.every(({ call }) => mine.has(call))) continue;
    const level = levels.get(running.length) ?? { ms: 0, tokens: 0, failed: false, calls: new Set() };
    levels.set(running.length, level);
    level.ms += end - begin;
    for (const span of running) {
      level.calls.add(span);
      level.failed ||= !span.call.isGood;
      if (span.writes <= begin) level.tokens += (span.call.output * (end - begin)) / (span.to - span.writes);
    }
  }
  return levels;
};
